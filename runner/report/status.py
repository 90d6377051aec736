"""The status: every walkthrough as the ledger knows it, and the runs."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from runner.base.destination import Destination
from runner.base.errors import ExitStatus
from runner.base.wording import counted, for_shell, local_moment, printable
from runner.ledger.claim import Claim, read_claims
from runner.ledger.drawings import drawing_name, is_drawing
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder, current_holder
from runner.ledger.next_steps import out_of_adoption, out_of_hold
from runner.ledger.state import Phase, WalkthroughState, fold_all
from runner.ledger.store import Ledger, LedgerAddress
from runner.report.drawings import KnownDrawing, drawing_lines, drawings_json
from runner.report.progress.live import Live, read_live

STATUS_VERSION = "1.2"
RUNS_SHOWN = 5
DECISIONS = frozenset({Kind.ADOPTED, Kind.RELEASED, Kind.KEPT})
_SHOWN = ("user", "host", "command", "exit_status")
_STARTS = DECISIONS | {Kind.RUN_STARTED}
_ENDS = DECISIONS | {Kind.RUN_ENDED}
_TOLD = frozenset(Kind) - {
    Kind.TUS_CREATING,
    Kind.TUS_CREATED,
    Kind.SENT,
    Kind.UPLOADED,
    Kind.ABANDONED,
    Kind.ELSEWHERE,
}
"""The kinds that a status shows something of; how far recordings are, most of all, it does not."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of one walkthrough."""

    destination: Destination
    id: str
    state: WalkthroughState

    @property
    def key(self) -> tuple[str, str]:
        """Its project and id."""
        return self.destination.project, self.id

    @property
    def is_adopted(self) -> bool:
        """Whether a person said which upload object is its own, and may still correct that."""
        return self.state.phase is Phase.CREATED and self.state.is_adopted

    @property
    def goes_on(self) -> bool:
        """Whether an apply does what is left of it, with nothing for a person to correct first."""
        is_wrong = self.is_adopted and bool(self.state.failure)
        return self.state.phase in {Phase.NEW, Phase.CREATED} and not is_wrong


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
    """All of it; `is_there` tells whether there is a ledger, `holder` who writes it just now.

    `live` is how far that one is.

    On a server many may: `claims` tell who is at work on which walkthrough. `done` counts what is
    finished besides `walkthroughs`.
    """

    ledger: str
    is_there: bool
    holder: Holder | None
    walkthroughs: tuple[Known, ...]
    runs: tuple[Run, ...]
    claims: tuple[Claim, ...] = ()
    live: Live | None = None
    drawings: tuple[KnownDrawing, ...] = ()
    done: Mapping[Destination, int] = field(default_factory=dict)

    def claim(self, known: Known) -> Claim | None:
        """Who is at work on a walkthrough just now."""
        key = known.destination, known.id
        mine = (claim for claim in self.claims if (claim.destination, claim.walkthrough) == key)
        return next(mine, None)

    @property
    def needs_decision(self) -> bool:
        """Whether something is held, or created twice; what is at work only looks held."""
        return any(
            known.state.strays
            or (known.state.phase is Phase.HELD and not (self.holder or self.claim(known)))
            for known in self.walkthroughs
        ) or (not self.holder and any(drawing.needs_decision for drawing in self.drawings))


@dataclass(frozen=True, slots=True)
class Here:
    """What a command has to name, where the status is read, to mean what the status is about.

    `ingest` is the address that commands use; `manifests` are those asked about, by the project and
    id of their walkthroughs.
    """

    ingest: str
    manifests: Mapping[tuple[str, str], str] = field(default_factory=dict)


def read_status(address: LedgerAddress, only: Collection[tuple[str, str]] | None = None) -> Status:
    """Read a ledger, of the walkthroughs in `only` where that is given; changes nothing.

    `only` are projects and ids. Raises LedgerError.
    """
    holder = current_holder(address.path) if address.path else None
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return Status(str(address), False, holder, (), ())
    frames: list[Event] = []
    with ledger:
        events = ledger.all_events(*_TOLD) if only is None else _events_of(ledger, only)
        states = fold_all(_watched(events, frames))
        claims = read_claims(ledger.database) if address.is_shared else ()
    known = [Known(destination, id_, state) for (destination, id_), state in states.items()]
    known.sort(key=lambda one: one.destination)  # and there in the order they were begun
    known, drawings = apart(known)
    wanted = tuple(one for one in known if only is None or one.key in only)
    live = read_live(address.path, holder.pid) if holder and address.path else None
    runs = tuple(runs_of(frames))
    return Status(str(address), True, holder, wanted, runs, claims, live, drawings)


def apart(known: Sequence[Known]) -> tuple[list[Known], tuple[KnownDrawing, ...]]:
    """Walkthroughs and drawings, which the ledger keeps alike, each for themselves."""
    drawings = tuple(
        KnownDrawing(one.destination, drawing_name(one.id), one.state)
        for one in known
        if is_drawing(one.id)
    )
    return [one for one in known if not is_drawing(one.id)], drawings


def _events_of(ledger: Ledger, only: Collection[tuple[str, str]]) -> Iterator[Event]:
    """The events of some walkthroughs and those that tell of runs, whatever else there is."""
    for destination in sorted(ledger.destinations()):
        ids = {id_ for project, id_ in only if project == destination.project}
        yield from ledger.events_of(destination, ids)
    # Decisions of people come twice where they are about one of these: not into the states.
    for event in ledger.all_events(*_STARTS, *_ENDS):
        yield replace(event, walkthrough="")


def _watched(events: Iterable[Event], frames: list[Event]) -> Iterator[Event]:
    """The events in one pass, of which those that tell of runs are kept."""
    for event in events:
        if event.kind in _STARTS or event.kind in _ENDS:
            frames.append(replace(event, data={key: event.data.get(key) for key in _SHOWN}))
        yield event


def runs_of(frames: Sequence[Event]) -> Iterator[Run]:
    """Who ran what: the runs, and the decisions of people, each of which is a run of its own."""
    ends = {event.run: event for event in frames if event.kind in _ENDS}
    starts = {event.run: event for event in frames if event.kind in _STARTS}
    for run, start in sorted(starts.items(), key=lambda item: item[1].at):
        end = ends.get(run)
        told = start.data
        yield Run(
            run,
            start.at,
            end.at if end else None,
            str(told.get("user") or "unknown"),
            str(told.get("host") or "unknown"),
            str(told.get("command") or "unknown"),
            int(end.data.get("exit_status") or ExitStatus.DONE) if end else None,
        )


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
    by_destination: dict[Destination, list[Known]] = {place: [] for place in status.done}
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
        for known in shown:
            yield from _walkthrough(known, here, status.claim(known) or status.holder)
    free = [known for known in there if status.claim(known) is None]
    if free and not status.holder:
        yield from _what_to_do(free, here)
    counts = ", ".join(f"{number:,} {_WORDS[phase]}" for phase, number in count.items() if number)
    yield f"{counted(len(there) + done, 'walkthrough')}: {counts}"


def _begun_just_now(status: Status) -> Iterator[str]:
    """The claims on walkthroughs of which the ledger has no event yet."""
    known = {(one.destination, one.id) for one in status.walkthroughs}
    for claim in status.claims:
        if (claim.destination, claim.walkthrough) not in known:
            yield f"at work on {claim.walkthrough}: {claim}"


def _walkthrough(known: Known, here: Here, at_work: Claim | Holder | None) -> Iterator[str]:
    state = known.state
    name = str(state.intent.get("name", known.id))
    called = f" ({name})" if name != known.id else ""
    upload = f", upload {state.upload_id}" if state.upload_id is not None else ""
    since = f" since {local_moment(state.since)}" if state.since else ""
    yield f"{_WORDS[state.phase]:<9} {known.id}{called}{upload}{since}"
    if isinstance(at_work, Claim):
        yield f"          at work on it: {at_work}"
    running = at_work is not None
    yield from (f"          {line}" for line in _about(known, here, running=running))


def _about(known: Known, here: Here, *, running: bool) -> Iterator[str]:
    state = known.state
    if state.failed_at:
        yield f"failed {local_moment(state.failed_at)}: {state.failure}"
    for upload_id in state.strays:
        yield f"upload {upload_id} was created for it as well, by a run that another overtook"
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
        told = {here.manifests.get(known.key, "MANIFEST") for known in left}
        manifests = " ".join(map(for_shell, sorted(told)))
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
        "claims": [
            {
                "destination": str(claim.destination),
                "id": claim.walkthrough,
                "run": claim.run,
                **asdict(claim.holder),
                "percent": claim.percent,
            }
            for claim in status.claims
        ],
        "walkthroughs": [
            {
                "destination": str(known.destination),
                "id": known.id,
                "phase": str(known.state.phase),
                "upload_id": known.state.upload_id,
                **{key: known.state.intent.get(key) for key in ("name", "date", "drawing_id")},
                "held_reason": known.state.held_reason,
                "since": _local_moment(known.state.since),
                "failure": known.state.failure,
                "failed_at": _local_moment(known.state.failed_at),
            }
            for known in status.walkthroughs
        ],
        "drawings": drawings_json(status.drawings),
        "runs": [
            {
                **asdict(run),
                "started": _local_moment(run.started),
                "ended": _local_moment(run.ended),
            }
            for run in status.runs
        ],
    }


def _local_moment(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None
