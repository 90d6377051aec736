"""Own the ledger of some manifests: which one that is, whether it was lost, and what it knows."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from runner.destination import Destination
from runner.errors import LedgerError, UsageError
from runner.ledger.events import Event, Kind
from runner.ledger.state import WalkthroughState, fold
from runner.ledger.store import Ledger, LedgerAddress
from runner.plan.expectation import Expectation, last_speed
from runner.plan.planner import Source
from runner.settings import Settings
from runner.shell import for_shell


def ledger_address(paths: Sequence[Path], settings: Settings) -> LedgerAddress:
    """The ledger that belongs to the manifests.

    Raises UsageError when they have several, or when SITEWALK_LEDGER leads to no file.
    """
    if settings.ledger:
        return _told_address(settings.ledger)
    places = sorted({str(path.parent / ".sitewalk" / "ledger.db") for path in paths})
    if len(places) > 1:
        message = f"these manifests keep separate ledgers: {', '.join(places)}"
        raise UsageError(message, "run them folder by folder, or set SITEWALK_LEDGER for all")
    return LedgerAddress(places[0])


def _told_address(text: str) -> LedgerAddress:
    """A mistyped path must not begin an empty ledger, with which everything is sent twice."""
    address = LedgerAddress(text)
    if address.path is None:
        _refuse_sqlite_url(address)
    elif address.path.is_dir():
        help_ = f"name a file, for example {address.path / 'ledger.db'}"
        raise UsageError(f"SITEWALK_LEDGER names {text}, which is a folder", help_)
    elif not address.path.parent.is_dir():
        message = f"SITEWALK_LEDGER names {text}, and the folder {address.path.parent} is not there"
        raise UsageError(message, "correct the path; for a new ledger, make its folder first")
    return address


def _refuse_sqlite_url(address: LedgerAddress) -> None:
    """One in memory is lost with its run; of a file by URL nobody sees that it was emptied."""
    if re.match(r"sqlite\b", address.text, re.IGNORECASE):
        message = "SITEWALK_LEDGER names a SQLite ledger by a URL"
        raise UsageError(message, "name the file itself, for example ledger.db")


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


def refuse_a_lost_ledger(address: LedgerAddress) -> None:
    """Raise LedgerError for reports or logs without a ledger: a new one would create all twice."""
    if address.path is None or address.path.exists():
        return
    runs = address.path.parent / "runs"
    where = runs.as_posix()
    if any(runs.glob("*/results.json")):
        message = f"the ledger {address} is gone, but its runs have left reports in {where}"
        reports = f"{for_shell(where)}/*/results.json"
        help_ = f"rebuild it: sitewalk ledger import {reports}; or delete the reports"
        raise LedgerError(message, help_)
    if any(runs.glob("*/log.jsonl")):
        message = f"the ledger {address} is gone, but killed runs have left logs in {where}"
        help_ = "look for what they created on the dashboard; if there is nothing, delete the logs"
        raise LedgerError(message, help_)


def read_states(
    address: LedgerAddress, settings: Settings, sources: Sequence[Source]
) -> dict[tuple[str, str], WalkthroughState]:
    """What the ledger knows of the manifests' walkthroughs at the configured destination."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return {}
    states: dict[tuple[str, str], WalkthroughState] = {}
    with ledger:
        for project in sorted({source.manifest.project for source in sources}):
            destination = settings.addresses.destination(project)
            found = fold(ledger.events(destination))
            states.update({(project, id_): state for id_, state in found.items()})
    return states


def ledger_events(
    paths: Sequence[Path], settings: Settings, project: str | None
) -> tuple[Event, ...]:
    """What the manifests' ledger has of a project, or of all, at the configured addresses.

    Raises LedgerError, UsageError.
    """
    address = ledger_address(paths, settings)
    refuse_a_lost_ledger(address)
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return ()
    with ledger:
        if project is not None:
            return tuple(ledger.events(settings.addresses.destination(project)))
        here = settings.addresses.ingest
        return tuple(one for one in ledger.all_events() if one.destination.ingest == here)


def begun_by(saved_plan: str, address: LedgerAddress) -> frozenset[str]:
    """The walkthroughs that runs of a saved plan were the last to touch, and may go on with."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return frozenset()
    with ledger:
        events = list(ledger.all_events())
    runs = {
        event.run
        for event in events
        if event.kind is Kind.RUN_STARTED and event.data.get("plan") == saved_plan
    }
    own = {event.destination for event in events if event.run in runs}
    states = [fold(one for one in events if one.destination == place) for place in own]
    return frozenset(id_ for found in states for id_, state in found.items() if state.run in runs)


def measured_speed(
    address: LedgerAddress, destinations: Collection[Destination]
) -> Expectation | None:
    """What the last run to one of the destinations measured. Raises LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return None
    with ledger:
        ends = ledger.all_events(Kind.RUN_ENDED)
        return last_speed(one for one in ends if one.destination in destinations)
