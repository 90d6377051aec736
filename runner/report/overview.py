"""The status of a whole ledger for people: what is unfinished, and how much is done beside it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from runner.base.destination import Destination
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.lock import current_holder
from runner.ledger.overview import (
    ends_of,
    first_walkthroughs,
    last_frames,
    read_overview,
)
from runner.ledger.store import Ledger
from runner.report.status import DECISIONS, Known, Status, apart, live_of, runs_of
from runner.report.status_forms import FEW, RUNS_SHOWN

Only = Collection[tuple[str, str]]
Keys = Collection[tuple[Destination, str]]


def overview_of(address: LedgerAddress, only: Only | None = None) -> Status:
    """Read a ledger as `status_text` shows it, however much is done in it; changes nothing.

    Of the walkthroughs in `only`, projects and ids, where that is given. Raises LedgerError.
    """
    holder = current_holder(address.path) if address.path else None
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return Status(str(address), False, holder, (), ())
    with ledger:
        places = sorted(ledger.destinations())
        events = list(ledger.all_events(*DECISIONS, Kind.STRAY))
        decisions = (event for event in events if event.kind in DECISIONS)
        runs = tuple(runs_of([*_frames(ledger, places), *decisions]))
        claims = ledger.claims()
        live = live_of(address, holder)
        if only is not None:
            wanted = (_states(ledger, place, _at(place, only)) for place in places)
            known = list(chain.from_iterable(wanted))
            return Status(str(address), True, holder, tuple(known), runs, claims, live)
        done, others = read_overview(ledger.database)
        strays = [
            (event.destination, event.walkthrough) for event in events if event.kind is Kind.STRAY
        ]
        shown = (_known(ledger, place, done.get(place, 0), others, strays) for place in places)
        known, drawings = apart(list(chain.from_iterable(shown)))
    done = _done_besides(known, done, others)
    return Status(str(address), True, holder, tuple(known), runs, claims, live, drawings, done)


def _done_besides(
    known: Sequence[Known], done: Mapping[Destination, int], others: Keys
) -> dict[Destination, int]:
    """How many more walkthroughs are done at each destination than those that are shown."""
    others = set(others)
    keys = ((walkthrough.destination, walkthrough.id) for walkthrough in known)
    shown = Counter(destination for destination, id_ in keys if (destination, id_) not in others)
    return {place: count - shown[place] for place, count in done.items()}


def _at(place: Destination, only: Only) -> list[str]:
    return [id_ for project, id_ in only if project == place.project]


def _known(
    ledger: Ledger, place: Destination, done: int, others: Keys, strays: Keys
) -> Iterator[Known]:
    """What is shown by name: the unfinished, those created twice, and the done where few are."""
    ids = [id_ for destination, id_ in others if destination == place]
    if done <= FEW:
        ids = first_walkthroughs(ledger.database, place, done + len(ids))
    twice = [id_ for destination, id_ in strays if destination == place]
    yield from _states(ledger, place, list(dict.fromkeys([*ids, *twice])))


def _states(ledger: Ledger, place: Destination, ids: Sequence[str]) -> Iterator[Known]:
    """What the ledger knows of some walkthroughs, in this order."""
    states = ledger.states_of(place, ids)
    yield from (Known(place, id_, states[id_]) for id_ in ids if id_ in states)


def _frames(ledger: Ledger, places: Sequence[Destination]) -> Iterator[Event]:
    """The frames of the last runs."""
    starts = list(last_frames(ledger, places, Kind.RUN_STARTED, RUNS_SHOWN))
    yield from reversed(starts)
    yield from ends_of(ledger, sorted({event.run for event in starts}))
