"""The drawings in the status: what the ledger knows of those that were created with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.base.destination import Destination
from runner.base.wording import for_shell, local_moment
from runner.ledger.next_steps import out_of_drawing_hold
from runner.ledger.state import Phase, WalkthroughState

_WORDS = {
    Phase.NEW: "not begun",
    Phase.HELD: "held",
    Phase.CREATED: "created",
    Phase.FINISHED: "created",
}


@dataclass(frozen=True, slots=True)
class KnownDrawing:
    """What the ledger knows of one drawing; the state's `upload_id` is its id on Evercam."""

    destination: Destination
    name: str
    state: WalkthroughState

    @property
    def needs_decision(self) -> bool:
        """Whether it is held, or was created twice."""
        return self.state.phase is Phase.HELD or bool(self.state.strays)


def drawing_lines(drawings: Sequence[KnownDrawing], ingest: str, *, running: bool) -> Iterator[str]:
    """Yield the drawings for people, if there are any; `ingest` is the address commands use."""
    for destination in dict.fromkeys(drawing.destination for drawing in drawings):
        yield from ("", f"drawings of {destination}")
        for drawing in drawings:
            if drawing.destination == destination:
                yield from _lines(drawing, running=running)
        is_open = any(drawing.state.phase is not Phase.CREATED for drawing in drawings)
        if is_open and destination.ingest != ingest:
            yield f"first set EVERCAM_INGEST_URL to {destination.ingest}; it is {ingest} now"


def _lines(drawing: KnownDrawing, *, running: bool) -> Iterator[str]:
    state, name = drawing.state, drawing.name
    id_ = f", drawing {state.upload_id}" if state.upload_id is not None else ""
    since = f" since {local_moment(state.since)}" if state.since else ""
    yield f"{_WORDS[state.phase]:<9} {name}{id_}{since}"
    if state.phase is Phase.HELD and running:
        yield "          the run above may be creating it right now; look again when it has ended"
    elif state.phase is Phase.HELD:
        yield f"          {state.held_reason}"
        yield from (f"          {step}" for step in out_of_drawing_hold(name))
    elif state.phase is Phase.NEW:
        if state.failed_at:
            yield f"          failed {local_moment(state.failed_at)}: {state.failure}"
        yield f"          to go on with it: sitewalk drawing create {for_shell(name)}"
    for stray in state.strays:
        yield f"          drawing {stray} was created for it as well, by a run that was overtaken"


def drawings_json(drawings: Sequence[KnownDrawing]) -> list[Mapping[str, Any]]:
    """The drawings for programs, as schemas/status.schema.json describes them."""
    return [
        {
            "destination": str(drawing.destination),
            "name": drawing.name,
            "phase": str(drawing.state.phase),
            "id": drawing.state.upload_id,
            "held_reason": drawing.state.held_reason,
            "since": drawing.state.since.isoformat() if drawing.state.since else None,
            "failure": drawing.state.failure if drawing.state.phase is Phase.NEW else "",
        }
        for drawing in drawings
    ]
