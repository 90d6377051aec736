"""What the ledger's events of a run say: its frame, the intents, and failures."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from runner.base.errors import RecordingChangedError, SitewalkError
from runner.base.version import VERSION
from runner.evercam.http.errors import RefusedError
from runner.ledger.claim import OwnedError
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder
from runner.ledger.next_steps import out_of_adoption, out_of_renaming
from runner.ledger.state import NOTHING_KNOWN, Phase, States, WalkthroughState
from runner.plan.changes import create_fields, link_fields, sent_before
from runner.plan.model import WORK, Action, Plan, PlannedRecording, PlannedWalkthrough


def create_intent(planned: PlannedWalkthrough) -> dict[str, Any]:
    """What the create request says, and what a report rebuilt from the ledger needs besides."""
    said = create_fields(planned.name, planned.date, planned.drawing_id, planned.uploaded_by)
    return {**said, "drawing": planned.drawing, "recordings": _names(planned)}


def finish_intent(planned: PlannedWalkthrough) -> dict[str, Any]:
    """What the finish request says."""
    return link_fields(
        planned.start_position,
        planned.end_position,
        planned.target_points_count,
        _names(planned),
    )


def _names(planned: PlannedWalkthrough) -> dict[str, str]:
    """The manifest's names of the recordings, by identity."""
    return {recording.identity: recording.name for recording in planned.recordings}


_AGAIN = "run the same command again; what the server has is not sent twice"
_ANEW = "run the same command again; the file is sent from its start, as it is then"
_AFTER_A_NO = "see what the server says to it; once that is settled, run the same command again"


class HeldError(SitewalkError):
    """Nobody knows whether the create request made an upload object."""


class ElsewhereError(SitewalkError):
    """Another run has the walkthrough, or had it; `outcome` is what that means for this one."""

    def __init__(self, outcome: str, message: str, *next_steps: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.next_steps = next_steps


def owned_elsewhere(planned: PlannedWalkthrough, owned: OwnedError) -> ElsewhereError:
    """What the plan would have said, had it known that another walkthrough has a recording."""
    name = _names(planned)[owned.identity]
    if owned.upload_id is None:
        reason = f"{name} is sent as `{owned.owner}` meanwhile, by {owned.claim or 'another run'}"
    else:
        reason = sent_before(name, owned.owner, owned.upload_id)
    ways_out = out_of_renaming(planned.manifest, planned.id, owned.owner)
    return ElsewhereError("changed", reason, *ways_out)


def as_it_is_now(
    planned: PlannedWalkthrough, before: WalkthroughState, now: WalkthroughState
) -> PlannedWalkthrough:
    """What is left of a plan once others have written of the walkthrough.

    Raises ElsewhereError where that is nothing, or something to plan anew.
    """
    if now.version == before.version:
        return planned
    match now.phase:
        case Phase.FINISHED:
            done = f"done as upload {now.upload_id} by run {now.run}"
            raise ElsewhereError("nothing", done)
        case Phase.HELD:
            raise ElsewhereError("held", now.held_reason)
        case Phase.NEW if planned.action is Action.CREATE:
            return replace(planned, upload_id=None)
        case Phase.CREATED if not _differs(create_intent(planned), now.intent):
            return replace(planned, action=Action.RESUME, upload_id=now.upload_id)
    message = f"run {now.run} left it otherwise than it was planned"
    raise ElsewhereError("not_started", message, _AGAIN)


def _differs(wanted: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    return any(wanted[key] != said.get(key) for key in ("name", "date", "drawing_id"))


class WrongAdoptionError(SitewalkError):
    """The upload object that a person named does not exist."""


def next_steps(planned: PlannedWalkthrough, error: SitewalkError) -> list[str]:
    """What a person can do after a walkthrough failed."""
    help_ = [error.help] if error.help else []
    if isinstance(error, WrongAdoptionError):
        return [*help_, *out_of_adoption(planned.manifest, planned.id, create_intent(planned))]
    if isinstance(error, RecordingChangedError):
        return [*help_, _ANEW]
    return [*help_, _AFTER_A_NO if isinstance(error, RefusedError) else _AGAIN]


@dataclass(frozen=True, slots=True)
class Start:
    """What the ledger keeps of a run's start: who runs it, and the digest of a saved plan."""

    holder: Holder
    saved_plan: str = ""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run as a whole ended.

    `refused` is what Evercam said when it refused the credentials; `unexpected` says that a
    walkthrough met a defect of the program.
    """

    refused: str = ""
    interrupted: bool = False
    unexpected: bool = False


def run_started(
    plan: Plan, states: States, run: str, at: dt.datetime, start: Start
) -> Iterator[Event]:
    """The first event of a run for each project: its walkthroughs with work, the others counted."""
    holder = start.holder
    about = {
        "addresses": asdict(plan.addresses),
        "plan": start.saved_plan,
        "user": holder.user,
        "host": holder.host,
        "pid": holder.pid,
        "command": holder.command,
        "version": VERSION,
    }
    kind = Kind.RUN_STARTED
    return _framed(plan, run, at, kind, lambda project: {**about, **_own(plan, states, project)})


def run_ended(plan: Plan, run: str, at: dt.datetime, data: Mapping[str, Any]) -> Iterator[Event]:
    """The last event of a run for each project."""
    return _framed(plan, run, at, Kind.RUN_ENDED, lambda _project: data)


def _framed(
    plan: Plan,
    run: str,
    at: dt.datetime,
    kind: Kind,
    data: Callable[[str], Mapping[str, Any]],
) -> Iterator[Event]:
    for project in sorted({manifest.project for manifest in plan.manifests}):
        destination = plan.addresses.destination(project)
        yield Event(at, run, destination, "", kind, "", data(project))


def _own(plan: Plan, states: States, project: str) -> dict[str, Any]:
    own = [walkthrough for walkthrough in plan.walkthroughs if walkthrough.project == project]
    others = Counter(str(planned.action) for planned in own if planned.action not in WORK)
    work = [
        _walkthrough(walkthrough, states.get((project, walkthrough.id), NOTHING_KNOWN))
        for walkthrough in own
        if walkthrough.action in WORK
    ]
    return {"walkthroughs": work, "others": dict(others)}


def _walkthrough(planned: PlannedWalkthrough, known: WalkthroughState) -> dict[str, Any]:
    return {
        "id": planned.id,
        "name": planned.name,
        "date": planned.date.isoformat(),
        "drawing": planned.drawing,
        "drawing_id": planned.drawing_id,
        "manifest": planned.manifest,
        "action": str(planned.action),
        "upload_id": planned.upload_id,
        "recordings": [_recording(recording, known) for recording in planned.recordings],
    }


def _recording(planned: PlannedRecording, known: WalkthroughState) -> dict[str, Any]:
    """What is sent, and what earlier runs have sent of it: its log alone tells a run's results."""
    before = known.recordings.get(planned.identity)
    return {
        "name": planned.name,
        "identity": planned.identity,
        "length": planned.length,
        "transfer": str(planned.transfer),
        "offset": planned.offset,
        "sha256": before.sha256 if before else None,
        "blake3": before.blake3 if before else None,
        "unhashed": before.unhashed if before else "",
    }
