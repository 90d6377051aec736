"""What the ledger of some manifests knows: states for planning, events, and who is at work."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runner.base.destination import Destination
from runner.flow.ledgers import ledger_address, open_for_reading, refuse_another_ledger
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.ledger.state import NO_STATES, NOTHING_KNOWN, Phase, States, WalkthroughState, usable_at
from runner.ledger.store import Ledger
from runner.manifest.model import Manifest
from runner.plan.planner import Planned, Source
from runner.settings import Settings

if TYPE_CHECKING:  # only a shared ledger has claims
    from runner.ledger.claim import Claim


def read_states(
    address: LedgerAddress,
    settings: Settings,
    sources: Sequence[Source],
    known: States = NO_STATES,
) -> dict[tuple[str, str], WalkthroughState]:
    """The states of the manifests' walkthroughs at the configured destination.

    Also of walkthroughs that their recordings were sent as; however many others the ledger holds.
    States in `known` are not read again. A ledger begun on purpose knows nothing.
    """
    if settings.new_ledger:
        return {}
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return {}
    ids: dict[str, frozenset[str]] = {}
    with ledger:
        for project in sorted({source.manifest.project for source in sources}):
            own = [source for source in sources if source.manifest.project == project]
            concerned = _concerned(ledger, settings.addresses.destination(project), own, known)
            ids[project] = frozenset(id_ for id_ in concerned if (project, id_) not in known)
        return {**known, **_states_of(ledger, settings, ids)}


def read_own_states(
    address: LedgerAddress, settings: Settings, manifests: Iterable[Manifest]
) -> dict[tuple[str, str], WalkthroughState]:
    """The states of some manifests' walkthroughs, from which `read_states` goes on."""
    ledger = None if settings.new_ledger else Ledger.open_existing(address)
    if ledger is None:
        return {}
    ids: dict[str, frozenset[str]] = {}
    for manifest in manifests:
        own = frozenset(walkthrough.id for walkthrough in manifest.walkthroughs)
        ids[manifest.project] = ids.get(manifest.project, frozenset()) | own
    with ledger:
        return _states_of(ledger, settings, ids)


def _states_of(
    ledger: Ledger, settings: Settings, ids: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str], WalkthroughState]:
    """The states of walkthroughs, whose ids are given by project."""
    states: dict[tuple[str, str], WalkthroughState] = {}
    for project, own in ids.items():
        destination = settings.addresses.destination(project)
        for id_, state in _states_at(ledger, destination, own).items():
            states[project, id_] = usable_at(state, settings.addresses.tus)
    return states


def _states_at(
    ledger: Ledger, destination: Destination, ids: Collection[str]
) -> dict[str, WalkthroughState]:
    """The states of walkthroughs, but without an intent that a worker is about to carry out.

    It is no hold while that worker has its claim; the run that waits for it looks again.
    """
    before = _at_work(ledger)
    states = ledger.states_of(destination, ids)
    at_work = before | _at_work(ledger)
    open_ = [
        id_
        for id_, state in states.items()
        if state.phase is Phase.HELD and (destination, id_) in at_work
    ]
    others = {id_: state for id_, state in states.items() if id_ not in open_}
    return others | fold(_without_open_intents(ledger.events_of(destination, open_)))


def _without_open_intents(events: Iterable[Event]) -> list[Event]:
    every = list(events)
    last = {event.walkthrough: event for event in every if event.version is not None}
    open_ = [event for event in last.values() if event.kind is Kind.CREATING]
    return [event for event in every if event not in open_]


def _at_work(ledger: Ledger) -> frozenset[tuple[Destination, str]]:
    return frozenset((claim.destination, claim.walkthrough) for claim in ledger.claims())


def _concerned(
    ledger: Ledger, destination: Destination, sources: Sequence[Source], known: States
) -> frozenset[str]:
    """The manifests' walkthroughs, and those that have sent a recording of a new one."""
    ids: set[str] = set()
    identities: set[str] = set()
    for source in sources:
        for walkthrough in source.manifest.walkthroughs:
            ids.add(walkthrough.id)
            state = known.get((source.manifest.project, walkthrough.id), NOTHING_KNOWN)
            if state.phase is Phase.NEW:
                files = (source.files.get(name) for name in walkthrough.files)
                identities.update(str(file.identity) for file in files if file)
    return ledger.senders(destination, identities) | ids


def ledger_events(
    paths: Sequence[Path], settings: Settings, project: str | None
) -> tuple[Event, ...]:
    """The events of a project, or of all projects, at the configured addresses.

    Raises LedgerError, UsageError.
    """
    address = ledger_address(paths, settings)
    refuse_another_ledger(address, paths, settings)
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return ()
    with ledger:
        if project is not None:
            return tuple(ledger.events(settings.addresses.destination(project)))
        here = settings.addresses.ingest
        return tuple(event for event in ledger.all_events() if event.destination.ingest == here)


def begun_by(saved_plan: str, address: LedgerAddress) -> frozenset[str]:
    """The walkthroughs that runs of a saved plan were the last to touch, and may go on with."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return frozenset()
    with ledger:
        runs = ledger.runs_of_plan(saved_plan)
        states = [
            ledger.states_of(destination, ids)
            for destination, ids in ledger.touched_by(runs).items()
        ]
    return frozenset(id_ for found in states for id_, state in found.items() if state.run in runs)


def claims_on(planned: Planned) -> "tuple[Claim, ...]":
    """Who is at work on walkthroughs of a plan just now, on a shared ledger. Raises LedgerError."""
    if not planned.ledger.is_shared:
        return ()
    ids = {(walkthrough.project, walkthrough.id) for walkthrough in planned.plan.walkthroughs}
    with open_for_reading(planned.ledger) as ledger:
        claims = ledger.claims()
    here = planned.plan.destinations
    return tuple(
        claim
        for claim in claims
        if claim.destination in here and (claim.destination.project, claim.walkthrough) in ids
    )
