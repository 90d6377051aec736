"""`sitewalk ledger`: to move a ledger, to repair it, to rebuild a lost one."""

import contextlib
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from runner.base.clock import CancelToken
from runner.base.errors import UsageError, reason_of
from runner.base.files import drafted, read_text
from runner.base.wording import counted
from runner.cli.console import Console
from runner.cli.help import HelpfulCommand
from runner.cli.options import OneManifest, command_line, ledger_of
from runner.flow.ledgers import open_for_reading, sole_writer
from runner.flow.project import only_project
from runner.ledger.address import LedgerAddress
from runner.ledger.drawings import is_drawing
from runner.ledger.events import Event
from runner.ledger.fold import fold_all
from runner.ledger.legacy import events_of_results, require_results
from runner.ledger.lines import (
    DAMAGE,
    begins_an_export,
    from_lines,
    in_words,
    require_sound,
    to_lines,
)
from runner.ledger.lock import this_process
from runner.ledger.state import Phase
from runner.ledger.store import Ledger, make_server_ledger
from runner.report.past_runs import require_results as require_export

app = typer.Typer(
    help="Move, repair or rebuild a ledger.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Url = Annotated[
    str, typer.Argument(help="postgresql://USER@HOST/DATABASE, the database made already.")
]
Target = Annotated[Path, typer.Argument(help="The file to write, one JSON line an event.")]
Sources = Annotated[
    list[Path],
    typer.Argument(help="Exports of a ledger, or log.jsonl or results.json files of runs."),
]


@app.command("init", cls=HelpfulCommand)
def init_ledger(url: Url) -> None:
    """Make a ledger in PostgreSQL; PGPASSWORD has the password."""
    address = LedgerAddress(url)
    if make_server_ledger(address):
        Console().say(f"a new ledger is in {address}; name it in SITEWALK_LEDGER")
    else:
        Console().say(f"{address} holds a ledger already")


@app.command("export", cls=HelpfulCommand)
def export_ledger(target: Target, manifest: OneManifest = None) -> None:
    """Write every event to a file that only you can read."""
    address = ledger_of(manifest)
    with open_for_reading(address) as ledger:
        try:
            _refuse_another_file(target, address)
            with _private(target) as file:
                lines = to_lines(ledger.all_events())
                count = sum(file.write(f"{line}\n".encode()) > 0 for line in lines)
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


@contextlib.contextmanager
def _private(target: Path) -> Iterator[BinaryIO]:
    """A file that only its owner may read, in the place of what is there; or a pipe, or stdout."""
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    if target.is_file() and not target.is_symlink():
        target.chmod(0o600)
    with drafted(target) as file:
        Path(file.name).chmod(0o600)
        yield file


@app.command("import", cls=HelpfulCommand)
def import_ledger(sources: Sources, manifest: OneManifest = None) -> None:
    """Fill a new ledger from exports, or from what runs have left."""
    events = _in_order([_read(path) for path in sources])
    address = ledger_of(manifest)
    project = only_project([manifest or Path("manifest.yaml")])
    wanted = project.ledger_id if project is not None else None
    with (
        sole_writer(address, partial(this_process, command_line()), CancelToken()),
        Ledger.open(address) as ledger,
    ):
        ledger.fill(events)
        if wanted is not None:  # it comes in the place of the one that was lost
            ledger.adopt_id(wanted)
    Console().say(f"{counted(len(events), 'event')} in {address}: {_known(events)}")
    for log in _logs_without_results(sources):
        Console().say(_KILLED.format(log=log.as_posix()))


_NAME_EXPORTS = "name exports of a ledger, or log.jsonl or results.json files of its runs"
_KILLED = (
    "warning: a run was killed before it left a report: {log} tells what it created; "
    "before the next apply, look for that on the dashboard"
)


def _in_order(read: list[list[Event] | dict[str, Any]]) -> list[Event]:
    """The events of all sources, those of each in its own order; raises UsageError for none.

    Of a run whose events are there its results are left out: they prove less.
    """
    # Within a file the order is the ledger's own; moments of several threads may cross.
    files = sorted(
        (content for content in read if isinstance(content, list) and content), key=_begin
    )
    logged = {event.run for file in files for event in file}
    states = fold_all(event for file in files for event in file)
    done = [key for key, state in states.items() if state.phase is Phase.FINISHED]
    results = [
        content for content in read if isinstance(content, dict) and content["run"] not in logged
    ]
    every = sorted([*files, *events_of_results(results, done)], key=_begin)
    if not every:
        raise UsageError("there are no events to import", _NAME_EXPORTS)
    return [event for file in every for event in file]


def _begin(events: list[Event]) -> dt.datetime:
    return events[0].at


def _known(events: list[Event]) -> str:
    """What is known of the walkthroughs; of the unknown ones not how far their recordings are.

    A drawing that is held counts: it needs a decision as well.
    """
    states = fold_all(events)
    drawings = Counter(state.phase for (_, id_), state in states.items() if is_drawing(id_))
    phases = Counter(state.phase for (_, id_), state in states.items() if not is_drawing(id_))
    finished, held = phases[Phase.FINISHED], phases[Phase.HELD]
    unknown = phases.total() - finished - held
    return f"{finished} finished, {held + drawings[Phase.HELD]} held, {unknown} unknown"


def _logs_without_results(sources: list[Path]) -> list[Path]:
    """The logs of runs beside those whose results are imported, which left no results."""
    runs = {path.parent.parent for path in sources if path.name == "results.json"}
    logs = [log for folder in sorted(runs) for log in sorted(folder.glob("*/log.jsonl"))]
    alone = [log for log in logs if not log.with_name("results.json").exists()]
    return [log for log in alone if log not in sources]


def _read(path: Path) -> list[Event] | dict[str, Any]:
    """The events of an export or a log, or results as they are."""
    if not path.is_file():
        reason = "it is no file" if path.exists() else "it is not there"
        raise UsageError(f"cannot read {path}: {reason}", _NAME_EXPORTS)
    try:
        text = read_text(path)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", _NAME_EXPORTS) from error
    document = _document(text)
    if isinstance(document, dict) and "sitewalk_results" in document:
        return _results(path, document)
    if text.strip() and not begins_an_export(text):
        message = f"{path} is no export of a ledger: its first line is no event"
        raise UsageError(message, _NAME_EXPORTS)
    events = list(from_lines(text, str(path)))
    require_export(events, str(path))
    return events


def _results(path: Path, document: dict[str, Any]) -> dict[str, Any]:

    try:
        require_results(document)
        for events in events_of_results([document]):
            for event in events:
                require_sound(event)
    except DAMAGE as error:
        message = f"the results in {path} are damaged: {in_words(error)}"
        raise UsageError(message, "mend them, or leave them out") from error
    return document


def _document(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
