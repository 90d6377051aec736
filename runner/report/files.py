"""Files of a run, in a folder of their own: results.json, report.html, log.jsonl."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self, TextIO

from runner.errors import UsageError
from runner.ledger.events import Event, Kind
from runner.ledger.lines import begins_an_export, from_lines, to_lines
from runner.report.as_json import results_from_json, results_json
from runner.report.results import Results


def write_run(results: Results, page: str, folder: Path) -> Path:
    """Write the results of a run and their page (HTML); returns its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(results_json(results), indent=2, ensure_ascii=False)
    _write_whole(folder / "results.json", told + "\n")
    path = folder / "report.html"
    _write_whole(path, page)
    return path


def _write_whole(path: Path, text: str) -> None:
    """Write a file, or leave none: one cut by a full disk would hide what the ledger can tell."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def read_results(folder: Path) -> Results:
    """The results a run left in its folder; raises UsageError when they cannot be read."""
    try:
        return results_from_json(json.loads((folder / "results.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"the results in {folder} cannot be read: {type(error).__name__}"
        help_ = "delete that folder to have the report rebuilt from the ledger"
        raise UsageError(message, help_) from error


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
        """Begin the log in the run's folder; raises UsageError when that cannot be made."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / LOG_NAME).open("a", encoding="utf-8")
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


def without_address(event: Event) -> Event:
    """The event without the tus address that it may hold."""
    if event.kind is not Kind.TUS_CREATED:
        return event
    return replace(event, data={key: told for key, told in event.data.items() if key != "url"})


def is_log(path: Path) -> bool:
    """Whether a file begins as the log of a run does, with an event."""
    try:
        with path.open(encoding="utf-8") as file:
            return begins_an_export(file.readline())
    except (OSError, ValueError):
        return False


def read_log(path: Path) -> list[Event]:
    """The events in the log of a run; a last line that was cut by a kill is left out.

    Raises UsageError when it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"the log {path} cannot be read: {type(error).__name__}") from error
    whole = text[: text.rfind("\n") + 1]
    return list(from_lines(whole, str(path)))
