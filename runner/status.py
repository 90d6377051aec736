"""Own the status: every walkthrough as the ledger knows it, and the runs."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from runner.diagnostics.printable import printable
from runner.exit_status import ExitStatus
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder, current_holder
from runner.ledger.state import Phase, WalkthroughState, fold
from runner.ledger.store import LedgerAddress, read_events
from runner.plan.ways_out import out_of_hold
from runner.units import moment

STATUS_VERSION = "1.0"
_RUNS_SHOWN = 5
_DECISIONS = frozenset({Kind.ADOPTED, Kind.RELEASED})
_STARTS = _DECISIONS | {Kind.RUN_STARTED}
_ENDS = _DECISIONS | {Kind.RUN_ENDED}


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of one walkthrough."""

    destination: str
    id: str
    state: WalkthroughState


@dataclass(frozen=True, slots=True)
class Run:
    """One run, by the ledger's frame around it; `ended` is None while it runs, or was killed."""

    run: str
    started: dt.datetime
    ended: dt.datetime | None
    user: str
    host: str
    command: str
    exit_status: int | None


@dataclass(frozen=True, slots=True)
class Status:
    """All of it; `holder` is whoever writes the ledger at this moment."""

    ledger: str
    holder: Holder | None
    walkthroughs: tuple[Known, ...]
    runs: tuple[Run, ...]


def read_status(address: LedgerAddress, only: Collection[str] | None = None) -> Status:
    """Read a ledger, of the walkthroughs in `only` where that is given; changes nothing.

    Raises LedgerError.
    """
    holder = current_holder(address.path) if address.path else None
    events = read_events(address)
    destinations = sorted({event.destination for event in events})
    known = [one for destination in destinations for one in _known(destination, events)]
    wanted = tuple(one for one in known if only is None or one.id in only)
    return Status(str(address), holder, wanted, tuple(_runs(events)))


def _known(destination: str, events: Sequence[Event]) -> Iterator[Known]:
    states = fold(event for event in events if event.destination == destination)
    for id_, state in states.items():
        yield Known(destination, id_, state)


def _runs(events: Sequence[Event]) -> Iterator[Run]:
    """Who ran what: the runs, and the decisions of people, each of which is a run of its own."""
    ends = {event.run: event for event in events if event.kind in _ENDS}
    starts = {event.run: event for event in events if event.kind in _STARTS}
    for run, start in sorted(starts.items(), key=lambda item: item[1].at):
        end = ends.get(run)
        told = start.data
        yield Run(
            run,
            start.at,
            end.at if end else None,
            str(told.get("user", "unknown")),
            str(told.get("host", "unknown")),
            str(told.get("command", "unknown")),
            int(end.data.get("exit_status", ExitStatus.DONE)) if end else None,
        )


def status_text(status: Status, manifest: str = "") -> str:
    """The status for people; `manifest` is one that keeps this ledger, if it is not here."""
    return "\n".join([*(printable(line) for line in _lines(status, manifest)), ""])


def _lines(status: Status, manifest: str) -> Iterator[str]:
    yield f"ledger: {status.ledger}"
    if status.holder:
        yield f"running now: {status.holder}"
    for destination in dict.fromkeys(known.destination for known in status.walkthroughs):
        yield ""
        yield destination
        for known in status.walkthroughs:
            if known.destination == destination:
                yield from _walkthrough(known, manifest, running=status.holder is not None)
    yield ""
    yield "last runs:" if status.runs else "no runs yet"
    for run in status.runs[-_RUNS_SHOWN:]:
        end = f"exit {run.exit_status}" if run.ended else "no end recorded"
        yield f"  {moment(run.started)}  {run.run}  {run.user} on {run.host}: {run.command} ({end})"


def _walkthrough(known: Known, manifest: str, *, running: bool) -> Iterator[str]:
    state = known.state
    upload = f", upload {state.upload_id}" if state.upload_id is not None else ""
    since = f" since {moment(state.since)}" if state.since else ""
    yield f"{state.phase:<9} {known.id}{upload}{since}"
    if state.phase is Phase.HELD and running:
        yield "          the run above may be creating it right now; look again when it has ended"
    elif state.phase is Phase.HELD:
        yield f"          {state.held_reason}"
        ways_out = out_of_hold(manifest, known.id, state.intent)
        yield from (f"          {way}" for way in ways_out)
    if state.failed_at:
        yield f"          failed {moment(state.failed_at)}: {state.failure}"


def status_json(status: Status) -> dict[str, Any]:
    """The status for programs, as schemas/status.schema.json describes it."""
    return {
        "sitewalk_status": STATUS_VERSION,
        "ledger": status.ledger,
        "running": asdict(status.holder) if status.holder else None,
        "walkthroughs": [
            {
                "destination": known.destination,
                "id": known.id,
                "phase": str(known.state.phase),
                "upload_id": known.state.upload_id,
                **{key: known.state.intent.get(key) for key in ("name", "date", "drawing_id")},
                "held_reason": known.state.held_reason,
                "since": _moment(known.state.since),
                "failure": known.state.failure,
                "failed_at": _moment(known.state.failed_at),
            }
            for known in status.walkthroughs
        ],
        "runs": [
            {
                **asdict(run),
                "started": _moment(run.started),
                "ended": _moment(run.ended),
            }
            for run in status.runs
        ],
    }


def _moment(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None
