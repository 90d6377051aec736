"""The files of a run, written whole: results, page and log."""

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self, TextIO

from runner.base.errors import UsageError
from runner.base.files import replace_file
from runner.base.wording import json_text
from runner.ledger.events import Event, Kind
from runner.ledger.folder import STATE_FOLDER, open_state_folder
from runner.ledger.lines import to_lines
from runner.report.forms.as_json import results_json
from runner.report.results import Results


def write_run(results: Results, page: str, folder: Path) -> Path:
    """Write the results of a run and their page (HTML); returns its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: what a full disk cut off would hide what the ledger can tell.
    replace_file(folder / "results.json", json_text(results_json(results)).encode())
    path = folder / "report.html"
    replace_file(path, page.encode())
    return path


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


def run_name(started: dt.datetime, run: str) -> str:
    """A folder name that sorts by time and suits every file system."""
    return f"{started.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{run}"
