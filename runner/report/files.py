"""Own the files of a run, in a folder of their own: results.json, report.html, log.jsonl."""

import contextlib
import datetime as dt
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


def run_name(started: dt.datetime, run: str) -> str:
    """A folder name that sorts by time and suits every file system."""
    return f"{started.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{run}"


def write_run(results: Results, folder: Path) -> Path:
    """Write the reports of a run; returns the page's path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(results_json(results), indent=2, ensure_ascii=False)
    (folder / "results.json").write_text(told + "\n", encoding="utf-8")
    page = folder / "report.html"
    page.write_text(results_html(results), encoding="utf-8")
    return page


def find_run(runs: Path, name: str | None) -> Path:
    """The folder of the last run, or of the one named by its id or its folder's start.

    Raises UsageError.
    """
    finished = sorted(path.parent for path in runs.glob("*/results.json"))
    found = [one for one in finished if name is None or name in one.name]
    if not found:
        what = "no run has left a report" if name is None else f"no run is called `{name}`"
        known = ", ".join(one.name for one in finished[-5:])
        raise UsageError(f"{what} in {runs}", f"there are: {known}" if known else "")
    return found[-1]


def read_results(text: str, folder: Path) -> Results:
    """The results a run left; raises UsageError when the file is damaged, or of a newer version."""
    try:
        return results_from_json(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        message = f"the results in {folder} cannot be read: {type(error).__name__}"
        raise UsageError(message, "is the file damaged, or of a newer version?") from error


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
        with file:
            yield cls(file, clock)

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
