"""The ledger of some manifests: which one that is, whether it was lost, and what it knows."""

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from runner.base.clock import CancelToken
from runner.base.destination import Destination
from runner.base.errors import DecisionError, LedgerError, UsageError
from runner.base.files import open_regular
from runner.base.wording import for_shell
from runner.flow.project import only_project, sitewalk_folder
from runner.ledger.claim import read_claims
from runner.ledger.events import Event, Kind
from runner.ledger.lines import begins_an_export
from runner.ledger.lock import Holder, hold_lock
from runner.ledger.state import (
    NO_STATES,
    NOTHING_KNOWN,
    Phase,
    States,
    WalkthroughState,
    fold,
    usable_at,
)
from runner.ledger.store import Ledger, LedgerAddress
from runner.manifest.model import Manifest
from runner.settings import Settings

if TYPE_CHECKING:  # it loads what reads recordings, which `status` does without
    from runner.plan.planner import Source


def ledger_address(paths: Sequence[Path], settings: Settings) -> LedgerAddress:
    """The ledger that belongs to the manifests: the one that is set, or the one beside them.

    Raises UsageError when they have several, or when what is set leads nowhere, and
    InvalidManifestError for a project file with errors.
    """
    if settings.ledger:
        return _set_address(settings.ledger, settings.sources.get("ledger", "SITEWALK_LEDGER"))
    project = only_project(paths)
    if project is not None and project.ledger_url is not None:
        return _set_address(_unarmed(project.ledger_url), project.path.as_posix())
    places = sorted({str(sitewalk_folder(path) / "ledger.db") for path in paths})
    if len(places) > 1:
        message = f"these manifests keep separate ledgers: {', '.join(places)}"
        raise UsageError(message, "run them folder by folder, or set SITEWALK_LEDGER for all")
    return LedgerAddress(places[0])


def _unarmed(url: str) -> str:
    """The address of a server that only a project file names, so that it gets no PGPASSWORD.

    A pull request may name any server. What ~/.pgpass keeps for a host goes to that host only.
    """
    return f"{url}{'&' if '?' in url else '?'}password="


def _set_address(text: str, source: str) -> LedgerAddress:
    """A mistyped path must not begin an empty ledger, with which everything is sent twice."""
    address = LedgerAddress(text)
    if address.path is None:
        return _server_address(address)
    file = address.path
    if file.is_dir():
        help_ = f"name a file, for example {file / 'ledger.db'}"
        raise UsageError(f"{source} names {text}, which is a folder", help_)
    if not file.parent.is_dir():
        message = f"{source} names {text}, and the folder {file.parent} is not there"
        raise UsageError(message, "correct the path; for a new ledger, make its folder first")
    return address


def _server_address(address: LedgerAddress) -> LedgerAddress:
    """A ledger on a server is made by `ledger init`, so that a mistyped one is an error."""
    _ = address.url
    return address


@contextlib.contextmanager
def sole_writer(
    address: LedgerAddress,
    holder: Callable[[], Holder],
    stop: CancelToken,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Be the only process that writes a ledger's file; see `hold_lock`.

    On a server many write, each to the walkthroughs it has claimed.
    """
    if address.path is None:
        yield
        return
    with hold_lock(address.path, holder, stop, on_wait):
        yield


def is_new(address: LedgerAddress) -> bool:
    """Whether there is no ledger yet. Raises LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is not None:
        ledger.close()
    return ledger is None


def open_for_reading(address: LedgerAddress) -> Ledger:
    """The ledger that is there already; raises UsageError where there is none, and LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        help_ = "name its manifest with --manifest, or set SITEWALK_LEDGER"
        raise UsageError(f"there is no ledger at {address}", help_)
    return ledger


def refuse_new_ledger_over(address: LedgerAddress) -> None:
    """Raise UsageError where a ledger shall be begun and there is one: it would be forgotten."""
    if not is_new(address):
        help_ = "leave out --new-ledger to go on with it; to begin anew all the same, move it away"
        raise UsageError(f"there is a ledger at {address} already", help_)


def open_for_writing(
    address: LedgerAddress, paths: Sequence[Path], settings: Settings, stop: CancelToken
) -> Ledger:
    """The manifests' ledger; begun where the settings say so, and nowhere else.

    A project file that names a ledger names the one that was begun from then on. Raises UsageError,
    DecisionError, LedgerError.
    """
    if not settings.new_ledger:
        if is_new(address):  # there was one a moment ago: a share that went away
            refuse_to_begin(address)
        return Ledger.open(address, stop)
    refuse_new_ledger_over(address)
    ledger, project = Ledger.open(address, stop), only_project(paths)
    if project is not None and project.ledger_id is not None:
        project.name_ledger(ledger.id)
    return ledger


def refuse_to_begin(address: LedgerAddress) -> NoReturn:
    """Raise DecisionError with the ways out of having no ledger."""
    message = f"there is no ledger at {address}: without one, nobody knows what was created before"
    raise DecisionError(message, _WAYS_OUT)


_WAYS_OUT = (
    "point to it: SITEWALK_LEDGER, or `sitewalk config set ledger PATH`, and see that its share is "
    "mounted; or share it: copy it there from the machine that has it; or, where nothing was "
    "uploaded yet, begin one on purpose: --new-ledger"
)


def refuse_another_ledger(
    address: LedgerAddress, paths: Sequence[Path], settings: Settings
) -> None:
    """Refuse to go on with another ledger than the manifests' own: all would be created twice.

    Raises DecisionError for another one than the project file names, or for none, and LedgerError
    where runs have left reports or logs and no ledger is there. Not where one is begun on purpose.
    """
    if settings.new_ledger:
        return
    project = only_project(paths)
    wanted = project.ledger_id if project is not None else None
    ledger = Ledger.open_existing(address)
    if ledger is not None:
        with ledger:
            found = ledger.id
        if project is not None and wanted is not None and found != wanted:
            message = f"the ledger {address} is another one than {project.path.as_posix()} names"
            ids = f"it is {found or 'without an id'}, not {wanted}"
            raise DecisionError(f"{message}: {ids}", _WAYS_OUT)
        return
    for runs in _runs_folders(address, paths):
        _refuse_runs_without(address, runs)
    if project is not None and wanted is not None:
        message = f"there is no ledger at {address}, and {project.path.as_posix()} names one"
        raise DecisionError(message, _WAYS_OUT)


def _runs_folders(address: LedgerAddress, paths: Sequence[Path]) -> list[Path]:
    """Where runs of these manifests, or with this ledger, have left what they did."""
    folders = {sitewalk_folder(path) / "runs" for path in paths}
    if address.path is not None:
        folders.add(address.path.parent / "runs")
    return sorted(folders)


def _refuse_runs_without(address: LedgerAddress, runs: Path) -> None:
    where = runs.as_posix()
    lost = "is its share mounted, and the path right? If it is lost,"
    anew = "or begin anew on purpose: --new-ledger"
    if any(runs.glob("*/results.json")):
        message = f"the ledger {address} is gone, but its runs have left reports in {where}"
        help_ = f"rebuild it: sitewalk ledger import {for_shell(where)}/*/results.json"
        raise LedgerError(message, f"{lost} {help_}; {anew}")
    if any(runs.glob("*/log.jsonl")):
        message = f"the ledger {address} is gone, but killed runs have left logs in {where}"
        help_ = "look for what they created on the dashboard; if there is nothing, delete the logs"
        if all(map(_holds_events, runs.glob("*/log.jsonl"))):
            help_ = f"rebuild it: sitewalk ledger import {for_shell(where)}/*/log.jsonl; {anew}"
        raise LedgerError(message, f"{lost} {help_}")


def _holds_events(log: Path) -> bool:
    """Whether a log can be imported; those of an older sitewalk tell only people."""
    with contextlib.suppress(OSError), open_regular(log) as file:
        return begins_an_export(file.readline(_LONGEST_LINE).decode("utf-8", errors="replace"))
    return False


_LONGEST_LINE = 64 * 2**20
"""Bytes; what is longer is no event."""


def read_states(
    address: LedgerAddress,
    settings: Settings,
    sources: Sequence["Source"],
    known: States = NO_STATES,
) -> dict[tuple[str, str], WalkthroughState]:
    """What the ledger knows of the manifests' walkthroughs at the configured destination.

    And of others that their recordings were sent as; how many more it holds costs nothing. What is
    `known` already is not read again. Nothing is known where a new one is begun on purpose.
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
    """What the ledger knows of some manifests' walkthroughs, as `read_states` goes on from it."""
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
    """What a ledger knows of walkthroughs, which are named by project."""
    states: dict[tuple[str, str], WalkthroughState] = {}
    for project, own in ids.items():
        destination = settings.addresses.destination(project)
        found = fold(_without_open_intents(ledger, destination, own))
        for id_, state in found.items():
            states[project, id_] = usable_at(state, settings.addresses.tus)
    return states


def _without_open_intents(
    ledger: Ledger, destination: Destination, ids: Collection[str]
) -> list[Event]:
    """The events of walkthroughs, but no intent that a worker is about to carry out.

    It is no hold while that worker has its claim; the run that waits for it looks again.
    """
    before = _at_work(ledger)
    events = list(ledger.events_of(destination, ids))
    at_work = before | _at_work(ledger)
    last = {event.walkthrough: event for event in events if event.version is not None}
    open_ = [
        event
        for event in last.values()
        if event.kind is Kind.CREATING and (destination, event.walkthrough) in at_work
    ]
    return [event for event in events if event not in open_] if open_ else events


def _at_work(ledger: Ledger) -> frozenset[tuple[Destination, str]]:
    if not ledger.address.is_shared:
        return frozenset()
    return frozenset(
        (claim.destination, claim.walkthrough) for claim in read_claims(ledger.database)
    )


def _concerned(
    ledger: Ledger, destination: Destination, sources: Sequence["Source"], known: States
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
    """What the manifests' ledger has of a project, or of all, at the configured addresses.

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
            fold(ledger.events_of(destination, ids))
            for destination, ids in ledger.touched_by(runs).items()
        ]
    return frozenset(id_ for found in states for id_, state in found.items() if state.run in runs)
