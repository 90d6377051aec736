"""`status --watch`: a run is seen from another terminal, and the watching ends with it."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus
from runner.cli.console import Console
from runner.cli.watch import watch_runs
from runner.ledger.address import LedgerAddress
from runner.ledger.lock import hold_lock, this_process
from runner.report.progress.live import Ends, Live, LiveRecording, live, read_live, write_live
from runner.report.progress.tally import Progress
from runner.report.status import read_status
from runner.report.status_forms import Here, status_text
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.crash.walker import Walker
from tests.sites import Site, walk
from tests.waiting import until

OFF = "0%  0 B of 9.4 GB, off until 22:00"


class Shown(io.StringIO):
    """What was shown, on a terminal or not."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def _live(percent: int, total: str = "1%  …") -> Live:
    return Live(
        total, (LiveRecording("one", "a\x1b.insv", percent, f"{percent} MB"),), (("done", 2),)
    )


@contextmanager
def _watching(ledger: Path, out: Shown) -> Iterator[None]:
    """Somebody who watches meanwhile; at the end the watching has ended by itself."""
    watcher = threading.Thread(
        target=watch_runs, args=(LedgerAddress(str(ledger)), Console(out, io.StringIO()))
    )
    with hold_lock(ledger, lambda: this_process("sitewalk apply week.yaml"), CancelToken()):
        watcher.start()
        yield
    watcher.join(timeout=60)
    assert not watcher.is_alive()


def _shows(out: Shown, words: str) -> bool:
    return words in out.getvalue()


@pytest.fixture(autouse=True)
def _looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.cli.watch._LOOK", 0.01)
    monkeypatch.setattr("runner.cli.watch.stop_on_signals", _no_signals)


@contextmanager
def _no_signals(*_words: object) -> Iterator[None]:
    """In a thread of a test nobody can listen to signals."""
    yield


@pytest.fixture
def ledger(site: Site) -> Path:
    return site.folder / ".sitewalk" / "ledger.db"


def test_a_log_gets_a_line_for_each_change(ledger: Path) -> None:
    out = Shown(is_terminal=False)
    with _watching(ledger, out):
        for percent in (1, 1, 2):
            write_live(ledger, _live(percent))
            until(partial(_shows, out, f"{percent} %"))
        write_live(ledger, _live(2, OFF))
        until(lambda: "off until 22:00" in out.getvalue())
    first, *lines = out.getvalue().splitlines()
    assert first.endswith(": sitewalk apply week.yaml")
    assert lines == [
        "one  a\\x1b.insv  1 %",
        "2 walkthroughs ended: 2 done",
        "one  a\\x1b.insv  2 %",
        "off until 22:00",
    ]


@pytest.mark.skipif(os.name == "nt", reason="the older console of Windows gets lines")
def test_a_terminal_has_its_lines_replaced(ledger: Path) -> None:
    out = Shown(is_terminal=True)
    with _watching(ledger, out):
        write_live(ledger, _live(1))
        until(lambda: "1 %  1 MB" in out.getvalue())
        write_live(ledger, _live(2))
        until(lambda: "2 %  2 MB" in out.getvalue())
    assert "\x1b[4A\r\x1b[J" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[J")


def test_what_a_killed_run_left_is_not_shown(ledger: Path) -> None:
    write_live(ledger, _live(1))
    assert read_live(ledger, os.getpid()) == _live(1)
    assert read_live(ledger, os.getpid() + 1) is None
    for text in (
        "",
        "{}",
        "[]",
        '{"sitewalk_live": 1}',
        '{"sitewalk_live": 1, "pid": 1, "total": 1}',
    ):
        ledger.with_name("ledger.db.live.json").write_text(text, encoding="utf-8")
        assert read_live(ledger, 1) is None


def test_status_says_how_far_the_run_is(ledger: Path) -> None:
    with hold_lock(ledger, lambda: this_process("sitewalk apply week.yaml"), CancelToken()):
        write_live(ledger, _live(1, OFF))
        text = status_text(read_status(LedgerAddress(str(ledger))), Here("https://x.example"))
    assert f"             {OFF}\n" in text


def test_words_of_a_run() -> None:
    ends = Ends()
    ends.note("done")
    now = live(Progress(5, 10, 1.0), {("one", "a.insv"): Progress(0, 0, 0.0)}, ends)
    assert now.total == "50%  5 B of 10 B, 1 B/s, 5 s left"
    assert now.recordings[0].percent == 100
    assert now.ended == (("done", 1),)


def test_without_a_run_it_is_a_status(sitewalk: Sitewalk) -> None:
    ended = sitewalk("status", "--watch")
    assert ended.status == ExitStatus.DONE
    assert "no run is under way" in ended.err
    assert "no runs yet" in ended.out
    assert sitewalk("status", "--watch", "--format", "json").status == ExitStatus.USAGE
    assert sitewalk("status", "--watch", "--card", ".").status == ExitStatus.USAGE


@pytest.mark.slow
def test_a_real_run_is_watched_to_its_end(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, ledger: Path
) -> None:
    site.record("a.insv", 1_200_000)
    site.write(walk("one", ["a.insv"]))
    words = ["apply", "manifest.yaml", "--yes", "--limit-rate", "100k", "--progress", "none"]
    environment = Walker(site, sandbox).environment()
    run = subprocess.Popen(
        [sys.executable, "-m", "runner", *words],
        cwd=site.folder,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    until(lambda: read_live(ledger, run.pid))
    ended = sitewalk("status", "--watch")
    assert run.wait(timeout=60) == ExitStatus.DONE
    assert ended.status == ExitStatus.DONE
    assert "one  a.insv  " in ended.out
    assert "done      one, upload 1000" in ended.out
    assert not ledger.with_name("ledger.db.live.json").exists()
