"""Own `sitewalk ledger`: to move a ledger, to repair it, to rebuild a lost one."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runner.cli.console import Console
from runner.cli.options import OneManifest, command_line, ledger_here

if TYPE_CHECKING:
    from runner.ledger.events import Event
    from runner.ledger.store import LedgerAddress

app = typer.Typer(help="Move, repair or rebuild a ledger.", no_args_is_help=True)

Target = Annotated[Path, typer.Argument(help="The file to write, one JSON line an event.")]
Sources = Annotated[
    list[Path], typer.Argument(help="Exports of a ledger, or results.json files of its runs.")
]


@app.command("export")
def export_ledger(target: Target, manifest: OneManifest = None) -> None:
    """Write every event to a file that only you can read."""
    from runner.errors import UsageError
    from runner.ledger.lines import to_lines
    from runner.ledger.store import Ledger

    address = ledger_here([manifest] if manifest else [])
    ledger = Ledger.open_existing(address)
    if ledger is None:
        raise UsageError(f"there is no ledger {address}", "name the manifest with --manifest")
    try:
        target.touch(mode=0o600)
        with ledger, target.open("w", encoding="utf-8") as file:
            count = sum(file.write(line + "\n") > 0 for line in to_lines(ledger.all_events()))
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from error
    Console().say(f"{count} events written to {target}; keep it as private as the ledger")


@app.command("import")
def import_ledger(sources: Sources, manifest: OneManifest = None) -> None:
    """Fill a new ledger from exports or results."""
    from runner.ledger.lock import hold_lock
    from runner.ledger.store import Ledger
    from runner.process import this_process
    from runner.timing import Stop

    # Within a file the order is the ledger's own; moments of several threads may cross.
    files = sorted(filter(None, map(_events, sources)), key=lambda events: events[0].at)
    events = [event for file in files for event in file]
    address = ledger_here([manifest] if manifest else [])
    with hold_lock(address.lock_path, partial(this_process, command_line()), Stop()):
        _refuse_a_used(address)
        with Ledger.open(address) as ledger:
            ledger.append_all(events)
    Console().say(f"{len(events)} events in {address}")


def _refuse_a_used(address: "LedgerAddress") -> None:
    from runner.errors import UsageError
    from runner.ledger.store import Ledger

    ledger = Ledger.open_existing(address)
    if ledger is not None:
        with ledger:
            if next(iter(ledger.all_events()), None) is not None:
                raise UsageError(f"{address} has events already", "move it away first")


def _events(path: Path) -> "list[Event]":
    from runner.errors import UsageError
    from runner.ledger.lines import from_lines
    from runner.ledger.rebuild import events_of_results

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    told = _document(text)
    if isinstance(told, dict) and "sitewalk_results" in told:
        return list(events_of_results(told))
    return list(from_lines(text, str(path)))


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
