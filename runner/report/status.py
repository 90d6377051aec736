"""The status: every walkthrough as the ledger knows it, and the runs."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from runner.base.destination import Destination
from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.ledger.drawings import drawing_name, is_drawing
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold_all
from runner.ledger.lock import Holder, current_holder
from runner.ledger.state import Phase, WalkthroughState
from runner.ledger.store import Ledger
from runner.report.drawings import KnownDrawing

if TYPE_CHECKING:  # seldom is a run at work, or the ledger shared
    from runner.ledger.claim import Claim
    from runner.report.progress.live import Live

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
    claims: "tuple[Claim, ...]" = ()
    live: "Live | None" = None
    drawings: tuple[KnownDrawing, ...] = ()
    done: Mapping[Destination, int] = field(default_factory=dict)

    def claim(self, known: Known) -> "Claim | None":
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
        claims = ledger.claims()
    known = [Known(destination, id_, state) for (destination, id_), state in states.items()]
    known.sort(
        key=lambda walkthrough: walkthrough.destination
    )  # and there in the order they were begun
    known, drawings = apart(known)
    wanted = tuple(walkthrough for walkthrough in known if only is None or walkthrough.key in only)
    live = live_of(address, holder)
    runs = tuple(runs_of(frames))
    return Status(str(address), True, holder, wanted, runs, claims, live, drawings)


def live_of(address: LedgerAddress, holder: Holder | None) -> "Live | None":
    """How far the run is that writes a ledger's file just now."""
    if holder is None or address.path is None:
        return None
    from runner.report.progress.live import read_live  # noqa: PLC0415 - seldom is a run at work

    return read_live(address.path, holder.pid)


def apart(known: Sequence[Known]) -> tuple[list[Known], tuple[KnownDrawing, ...]]:
    """Walkthroughs and drawings, which the ledger keeps alike, each for themselves."""
    drawings = tuple(
        KnownDrawing(entry.destination, drawing_name(entry.id), entry.state)
        for entry in known
        if is_drawing(entry.id)
    )
    return [walkthrough for walkthrough in known if not is_drawing(walkthrough.id)], drawings


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
        data = start.data
        yield Run(
            run,
            start.at,
            end.at if end else None,
            str(data.get("user") or "unknown"),
            str(data.get("host") or "unknown"),
            str(data.get("command") or "unknown"),
            int(end.data.get("exit_status") or ExitStatus.DONE) if end else None,
        )
