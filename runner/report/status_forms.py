"""The status in forms: text for people, with commands that can be copied, and JSON."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from runner.base.wording import counted, for_shell, local_moment, printable
from runner.ledger.lock import Holder
from runner.ledger.next_steps import out_of_adoption, out_of_hold
from runner.ledger.state import Phase
from runner.report.drawings import drawing_lines, drawings_json
from runner.report.status import Known, Run, Status

if TYPE_CHECKING:  # only a shared ledger has claims
    from runner.ledger.claim import Claim

STATUS_VERSION = "1.2"


RUNS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Here:
    """What a command has to name, where the status is read, to mean what the status is about.

    `ingest` is the address that commands use; `manifests` are those asked about, by the project and
    id of their walkthroughs.
    """

    ingest: str
    manifests: Mapping[tuple[str, str], str] = field(default_factory=dict)


def status_text(status: Status, here: Here) -> str:
    """The status for people, with commands that can be copied."""
    return "\n".join([*(printable(line) for line in _lines(status, here)), ""])


_WORDS = {
    Phase.FINISHED: "done",
    Phase.CREATED: "under way",
    Phase.NEW: "not begun",
    Phase.HELD: "held",
}
"""The phases as people say them, in the order they are shown: what is held comes last."""


FEW = 3
"""So many that are done have a line each; more would hide the others."""


def _lines(status: Status, here: Here) -> Iterator[str]:
    yield f"{'ledger:' if status.is_there else 'there is no ledger at'} {status.ledger}"
    yield ""
    yield "last runs:" if status.runs else "no runs yet"
    for run in status.runs[-RUNS_SHOWN:]:
        end = f"exit {run.exit_status}" if run.ended else "no end recorded"
        at = local_moment(run.started)
        yield f"  {at}  {run.run}  {run.user} on {run.host}: {run.command} ({end})"
    if status.holder:
        yield f"running now: {status.holder}"
    if status.live:
        yield f"             {status.live.total}"
    by_destination = {destination: list[Known]() for destination in status.done}
    for known in status.walkthroughs:
        by_destination.setdefault(known.destination, []).append(known)
    for destination, there in sorted(by_destination.items()):
        yield from ("", str(destination))
        yield from _at_one_destination(there, status.done.get(destination, 0), here, status)
    yield from drawing_lines(status.drawings, here.ingest, running=bool(status.holder))
    yield from _begun_just_now(status)


def _at_one_destination(
    there: Sequence[Known], done: int, here: Here, status: Status
) -> Iterator[str]:
    """The walkthroughs of one destination; so many more are done there."""
    groups = {phase: [known for known in there if known.state.phase is phase] for phase in _WORDS}
    count = {phase: len(group) for phase, group in groups.items()}
    count[Phase.FINISHED] += done
    for phase, group in groups.items():
        shown = group
        if phase is Phase.FINISHED and count[phase] > FEW:
            yield f"{_WORDS[phase]:<9} {counted(count[phase], 'walkthrough')}"
            shown = [known for known in group if known.state.strays]
            shown += [one for one in group if one.state.failure and not one.state.strays]
        for known in shown:
            yield from _walkthrough(known, here, status.claim(known), status.holder)
    free = [known for known in there if status.claim(known) is None]
    if free and not status.holder:
        yield from _what_to_do(free, here)
    counts = ", ".join(f"{number:,} {_WORDS[phase]}" for phase, number in count.items() if number)
    yield f"{counted(len(there) + done, 'walkthrough')}: {counts}"


def _begun_just_now(status: Status) -> Iterator[str]:
    """The claims on walkthroughs of which the ledger has no event yet."""
    known = {(walkthrough.destination, walkthrough.id) for walkthrough in status.walkthroughs}
    for claim in status.claims:
        if (claim.destination, claim.walkthrough) not in known:
            yield f"at work on {claim.walkthrough}: {claim}"


def _walkthrough(
    known: Known, here: Here, claim: "Claim | None", holder: Holder | None
) -> Iterator[str]:
    state = known.state
    name = str(state.intent.get("name", known.id))
    called = f" ({name})" if name != known.id else ""
    upload = f", upload {state.upload_id}" if state.upload_id is not None else ""
    since = f" since {local_moment(state.since)}" if state.since else ""
    yield f"{_WORDS[state.phase]:<9} {known.id}{called}{upload}{since}"
    if claim is not None:
        yield f"          at work on it: {claim}"
    running = claim is not None or holder is not None
    yield from (f"          {line}" for line in _about(known, here, running=running))


def _about(known: Known, here: Here, *, running: bool) -> Iterator[str]:
    state = known.state
    if state.failed_at:
        yield f"failed {local_moment(state.failed_at)}: {state.failure}"
    for upload_id in state.strays:
        yield f"upload {upload_id} was created for it as well, by a run that another overtook"
    if state.phase is Phase.FINISHED and not running:
        unhashed = [recording for recording in state.recordings.values() if recording.unhashed]
        yield from (f"{recording.name}: {recording.unhashed}" for recording in unhashed)
    manifest = here.manifests.get(known.key, "")
    if state.phase is Phase.HELD and running:
        yield "the run above may be creating it right now; look again when it has ended"
    elif state.phase is Phase.HELD:
        yield state.held_reason
        yield from out_of_hold(manifest, known.id, state.intent)
    elif known.is_adopted and not running:
        yield "the number was told by hand, and no finish has shown yet that it is right"
        yield from out_of_adoption(manifest, known.id, state.intent)


def _what_to_do(there: Sequence[Known], here: Here) -> Iterator[str]:
    """What goes for all walkthroughs of one destination that are not finished."""
    left = [known for known in there if known.goes_on]
    if left:
        names = {here.manifests.get(known.key, "MANIFEST") for known in left}
        manifests = " ".join(map(for_shell, sorted(names)))
        yield f"to go on with what is not finished: sitewalk apply {manifests}"
    ingest = there[0].destination.ingest
    if ingest != here.ingest and any(known.state.phase is not Phase.FINISHED for known in there):
        yield f"first set EVERCAM_INGEST_URL to {ingest}; commands use {here.ingest} now"


def status_json(status: Status) -> dict[str, Any]:
    """The status for programs, as schemas/status.schema.json describes it."""
    return {
        "sitewalk_status": STATUS_VERSION,
        "ledger": status.ledger,
        "running": asdict(status.holder) if status.holder else None,
        "claims": [_claim_json(claim) for claim in status.claims],
        "walkthroughs": [_walkthrough_json(known) for known in status.walkthroughs],
        "drawings": drawings_json(status.drawings),
        "runs": [_run_json(run) for run in status.runs],
    }


def _claim_json(claim: "Claim") -> dict[str, Any]:
    return {
        "destination": str(claim.destination),
        "id": claim.walkthrough,
        "run": claim.run,
        **asdict(claim.holder),
        "percent": claim.percent,
    }


def _walkthrough_json(known: Known) -> dict[str, Any]:
    state = known.state
    return {
        "destination": str(known.destination),
        "id": known.id,
        "phase": str(state.phase),
        "upload_id": state.upload_id,
        **{key: state.intent.get(key) for key in ("name", "date", "drawing_id")},
        "held_reason": state.held_reason,
        "since": _text_of(state.since),
        "failure": state.failure,
        "failed_at": _text_of(state.failed_at),
    }


def _run_json(run: Run) -> dict[str, Any]:
    return {**asdict(run), "started": _text_of(run.started), "ended": _text_of(run.ended)}


def _text_of(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None
