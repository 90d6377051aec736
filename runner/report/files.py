"""Own the files of a run, in a folder of their own: results.json, report.html, log.jsonl."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Self, TextIO

from runner.apply.news import Listener, News, Sending
from runner.errors import UsageError
from runner.pages.report_page import results_html
from runner.report.as_json import results_from_json, results_json
from runner.report.results import Results
from runner.timing import Clock


def write_run(results: Results, folder: Path) -> Path:
    """Write the reports of a run; returns the page's path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(results_json(results), indent=2, ensure_ascii=False)
    _write_whole(folder / "results.json", told + "\n")
    page = folder / "report.html"
    _write_whole(page, results_html(results))
    return page


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
    """The log of a run: its news as JSON lines. A log that cannot be written ends nothing."""

    def __init__(self, file: TextIO, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()

    @classmethod
    @contextlib.contextmanager
    def open(cls, folder: Path, clock: Clock) -> Iterator[Self]:
        """Begin the log in the run's folder; raises UsageError when that cannot be made."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / "log.jsonl").open("a", encoding="utf-8")
        except OSError as error:
            message = f"cannot write reports to {folder}: {error.strerror or error}"
            raise UsageError(message, "choose another folder with --report") from error
        try:
            yield cls(file, clock)
        finally:
            with contextlib.suppress(OSError):  # of what a full disk left unwritten
                file.close()

    def and_also(self, listener: Listener) -> Listener:
        """A listener that writes the news down and passes it on."""

        def listen(news: News) -> None:
            self._write(news)
            listener(news)

        return listen

    def _write(self, news: News) -> None:
        if isinstance(news, Sending):
            return
        told = {"at": self._clock.now().isoformat(), "news": type(news).__name__.lower()}
        line = json.dumps({**told, **asdict(news)}, ensure_ascii=False)
        with self._lock, contextlib.suppress(OSError):
            self._file.write(line + "\n")
            self._file.flush()
