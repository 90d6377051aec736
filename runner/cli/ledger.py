"""`sitewalk ledger`: to move a ledger, to repair it, to rebuild a lost one."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from runner.cli.console import Console
from runner.cli.options import OneManifest, command_line, ledger_of
from runner.errors import UsageError, reason_of
from runner.ledger.events import Event
from runner.ledger.lines import (
    DAMAGE,
    begins_an_export,
    from_lines,
    in_words,
    require_sound,
    to_lines,
)
from runner.ledger.lock import hold_lock
from runner.ledger.rebuild import events_of_results
from runner.ledger.store import Ledger, LedgerAddress
from runner.ledgers import open_for_reading
from runner.process import this_process
from runner.replacing import read_text
from runner.report.as_json import results_from_json
from runner.timing import CancelToken
from runner.units import counted

app = typer.Typer(
    help="Move, repair or rebuild a ledger.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Target = Annotated[Path, typer.Argument(help="The file to write, one JSON line an event.")]
Sources = Annotated[
    list[Path], typer.Argument(help="Exports of a ledger, or results.json files of its runs.")
]


@app.command("export")
def export_ledger(target: Target, manifest: OneManifest = None) -> None:
    """Write every event to a file that only you can read."""
    address = ledger_of(manifest)
    ledger = open_for_reading(address)
    try:
        _refuse_another_file(target, address)
        _make_private(target)
        with ledger, target.open("w", encoding="utf-8") as file:
            count = sum(file.write(line + "\n") > 0 for line in to_lines(ledger.all_events()))
    except OSError as error:
        raise UsageError(f"cannot write {target}: {reason_of(error)}") from error
    Console().say(
        f"{counted(count, 'event')} written to {target}; keep it as private as the ledger"
    )


def _refuse_another_file(target: Path, address: LedgerAddress) -> None:
    """Only what was an export may be written over: no manifest, and no recording."""
    if not target.is_file():  # new, or a pipe or stdout
        return
    if address.path is not None and target.samefile(address.path):
        raise UsageError(f"{target} is the ledger itself", "name a file to write its events to")
    with target.open("rb") as file:
        first = file.readline(_LONGEST_LINE).decode("utf-8", errors="replace")
    if first and not begins_an_export(first):
        message = f"{target} is there already and is no export of a ledger"
        raise UsageError(message, "choose another name, for example ledger.jsonl")


_LONGEST_LINE = 64 * 2**20
"""Bytes; a recording may have no end of a line for gigabytes."""


def _make_private(target: Path) -> None:
    """Make the file, or take others' rights from one that is there; not from a pipe or stdout."""
    target.touch(mode=0o600)
    if target.is_file():
        target.chmod(0o600)


@app.command("import")
def import_ledger(sources: Sources, manifest: OneManifest = None) -> None:
    """Fill a new ledger from exports or results."""
    # Within a file the order is the ledger's own; moments of several threads may cross.
    files = sorted(filter(None, map(_events, sources)), key=lambda events: events[0].at)
    events = [event for file in files for event in file]
    if not events:
        raise UsageError("there are no events to import", _NAME_EXPORTS)
    address = ledger_of(manifest)
    with hold_lock(address.lock_path, partial(this_process, command_line()), CancelToken()):
        _refuse_a_used(address)
        with Ledger.open(address) as ledger:
            ledger.append_all(events)
    Console().say(f"{counted(len(events), 'event')} in {address}")
    for log in _logs_without_results(sources):
        Console().say(_KILLED.format(log=log.as_posix()))


_NAME_EXPORTS = "name exports of a ledger, or results.json files of its runs"
_KILLED = (
    "warning: a run was killed before it left a report: {log} tells what it created; "
    "before the next apply, look for that on the dashboard"
)


def _logs_without_results(sources: list[Path]) -> list[Path]:
    """The logs of runs beside those whose results are imported, which left no results."""
    runs = {path.parent.parent for path in sources if path.name == "results.json"}
    logs = [log for folder in sorted(runs) for log in sorted(folder.glob("*/log.jsonl"))]
    return [log for log in logs if not log.with_name("results.json").exists()]


def _refuse_a_used(address: LedgerAddress) -> None:
    ledger = Ledger.open_existing(address)
    if ledger is not None:
        with ledger:
            if next(iter(ledger.all_events()), None) is not None:
                raise UsageError(f"{address} has events already", "move it away first")


def _events(path: Path) -> list[Event]:
    try:
        text = read_text(path)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", _NAME_EXPORTS) from error
    told = _document(text)
    if isinstance(told, dict) and "sitewalk_results" in told:
        return _rebuilt(path, told)
    if text.strip() and not begins_an_export(text):
        message = f"{path} is no export of a ledger: its first line is no event"
        raise UsageError(message, _NAME_EXPORTS)
    return list(from_lines(text, str(path)))


def _rebuilt(path: Path, told: dict[str, Any]) -> list[Event]:
    try:
        events = list(events_of_results(results_from_json(told)))
        for event in events:
            require_sound(event)
    except DAMAGE as error:
        message = f"the results in {path} are damaged: {in_words(error)}"
        raise UsageError(message, "mend them, or leave them out") from error
    return events


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
