"""The files of runs: results, page and log, written whole and found again."""

import contextlib
import datetime as dt
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, TextIO

from runner.base.errors import UsageError, reason_of
from runner.base.files import MAX_DOCUMENT, open_regular, read_regular, read_text, replace_file
from runner.base.schemas import require_known_form
from runner.base.wording import json_text
from runner.ledger.events import Event, Kind
from runner.ledger.folder import STATE_FOLDER, open_state_folder
from runner.ledger.lines import DAMAGE, begins_an_export, from_lines, in_words, to_lines
from runner.report.evenly import spread_evenly
from runner.report.fold import results_of_run, states_before
from runner.report.forms.as_json import results_from_json, results_json
from runner.report.forms.text import results_text
from runner.report.results import Results


def write_run(results: Results, page: str, folder: Path) -> Path:
    """Write the results of a run and their page (HTML); returns its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: what a full disk cut off would hide what the ledger can tell.
    replace_file(folder / "results.json", json_text(results_json(results)).encode())
    path = folder / "report.html"
    replace_file(path, page.encode())
    return path


def read_results(folder: Path) -> Results:
    """The results a run left in its folder; raises UsageError when they cannot be read."""
    try:
        data = json.loads(read_regular(folder / "results.json", MAX_DOCUMENT))
        results = results_from_json(data)
        require_known_form(data, "results")
    except (OSError, *DAMAGE) as error:
        reason = reason_of(error) if isinstance(error, OSError) else in_words(error)
        message = f"the results in {folder} cannot be read: {reason}"
        help_ = "delete that folder to have the report rebuilt from the ledger"
        raise UsageError(message, help_) from error
    return results


class LogFile:
    """The log of a run: its ledger events as JSON lines, in the form of an export.

    Tus addresses are left out: whoever has one can write to the upload. A log that cannot be
    written ends nothing.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()

    @classmethod
    @contextlib.contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Begin the log in the run's folder; raises UsageError when that cannot be made.

        Raises LedgerError where the state folder that the run's lies in is not our own.
        """
        try:
            file = _new_log(folder)
        except OSError as error:
            message = f"cannot write reports to {folder}: {error.strerror or error}"
            raise UsageError(message, "choose another folder with --report") from error
        try:
            yield cls(file)
        finally:
            with contextlib.suppress(OSError):  # of what a full disk left unwritten
                file.close()

    def write(self, event: Event) -> None:
        """Write an event down, where that is possible."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            for line in to_lines([without_address(event)]):
                self._file.write(line + "\n")
            self._file.flush()


LOG_NAME = "log.jsonl"


def _new_log(folder: Path) -> TextIO:
    """The log of a run to add to; a link in its place is removed, and not followed."""
    if folder.parent.parent.name == STATE_FOLDER:
        open_state_folder(folder.parent.parent)
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / LOG_NAME
    if log.is_symlink():
        log.unlink()
    return log.open("a", encoding="utf-8")


def without_address(event: Event) -> Event:
    """The event without the tus address that it may hold."""
    if event.kind is not Kind.TUS_CREATED:
        return event
    return replace(event, data={key: value for key, value in event.data.items() if key != "url"})


_LONGEST_LINE = 64 * 2**20
"""Bytes; what is longer is no event."""


def is_log(path: Path) -> bool:
    """Whether a file begins as the log of a run does, with an event."""
    try:
        with open_regular(path) as file:
            return begins_an_export(file.readline(_LONGEST_LINE).decode())
    except (OSError, ValueError):
        return False


def read_log(path: Path) -> list[Event]:
    """The events in the log of a run; a last line that was cut by a kill is left out.

    Raises UsageError when it cannot be read.
    """
    try:
        text = read_text(path)
    except ValueError as error:
        raise UsageError(f"the log {path} cannot be read: {type(error).__name__}") from error
    whole = text[: text.rfind("\n") + 1]
    return list(from_lines(whole, str(path)))


_SHOWN = 5


def run_name(started: dt.datetime, run: str) -> str:
    """A folder name that sorts by time and suits every file system."""
    return f"{started.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{run}"


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run by its name and id.

    `folder` holds its results; where it is None, the ledger has the run's events or, where the
    ledger knows nothing of it, `log`.
    """

    name: str
    run: str
    folder: Path | None = None
    log: Path | None = None

    def results(self, events: Sequence[Event], manifest: str = "") -> Results:
        """What became of it; `events` are the ledger's, `manifest` is named in next steps.

        Raises UsageError when what it left cannot be read.
        """
        if self.folder is not None:
            return read_results(self.folder)
        if self.log is not None:
            logged = read_log(self.log)
            require_results(logged, str(self.log))
            return rebuilt(results_of_run(logged, manifest=manifest))
        own = [event for event in events if event.run == self.run]
        return rebuilt(results_of_run(own, states_before(events, self.run), manifest))


def require_results(events: Sequence[Event], source: str) -> None:
    """Raise UsageError for events of which no results can be told: one is not what it should be."""
    runs: dict[str, list[Event]] = {}
    for event in events:
        runs.setdefault(event.run, []).append(event)
    for run, own in runs.items():
        try:
            results_text(results_of_run(own))
        except DAMAGE as error:
            message = f"{source} holds a run that cannot be told, {run}: {in_words(error)}"
            raise UsageError(message, "mend or remove its lines") from error


def rebuilt(results: Results) -> Results:
    """Results that were folded afterwards: their timeline is spread evenly."""
    return replace(results, rebuilt=True, timeline=spread_evenly(results))


def find_run(runs: Path, events: Sequence[Event], name: str | None) -> PastRun:
    """The last run, or the last one with `name` in its name. Raises UsageError."""
    known = {run.run: run for run in (*_of_logs(runs), *_of_ledger(events), *_of_folder(runs))}
    ordered = sorted(known.values(), key=lambda run: run.name)
    found = [run for run in ordered if name is None or name in run.name]
    if not found:
        raise _none_found(runs, ordered, name)
    return found[-1]


def _of_ledger(events: Sequence[Event]) -> Iterator[PastRun]:
    for event in events:
        if event.kind is Kind.RUN_STARTED:
            yield PastRun(run_name(event.at, event.run), event.run)


def _of_logs(runs: Path) -> Iterator[PastRun]:
    for log in runs.glob(f"*/{LOG_NAME}"):
        if is_log(log):
            name = log.parent.name
            yield PastRun(name, name.rpartition("-")[2], log=log)


def _of_folder(runs: Path) -> Iterator[PastRun]:
    for results in runs.glob("*/results.json"):
        name = results.parent.name
        yield PastRun(name, name.rpartition("-")[2], results.parent)


def _none_found(runs: Path, known: Sequence[PastRun], name: str | None) -> UsageError:
    names = ", ".join(run.name for run in known[-_SHOWN:])
    if name is None:
        help_ = "name its manifest with --manifest, or set SITEWALK_LEDGER"
        return UsageError(f"no run has left a report in {runs}, and the ledger knows none", help_)
    what = f"no run is called `{name}`, neither in {runs} nor in the ledger"
    return UsageError(what, f"there are: {names}" if names else "")
