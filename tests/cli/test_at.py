"""`apply --at`: it asks and plans at once, and begins when clocks here show the time."""

import datetime as dt
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus, StoppedError, UsageError
from runner.cli.begin_at import begin_at, wait_until
from runner.cli.console import Console
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk
from tests.waiting import until

EVENING = dt.datetime(2026, 1, 20, 18, 40, 12).astimezone()


class Evening:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.moment = EVENING
        self.waits = 0

    def now(self) -> dt.datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def pause(self, seconds: float) -> None:
        self.waits += 1
        self.moment += dt.timedelta(seconds=seconds)


class Terminal(io.StringIO):
    """Remembers all that was written to it, and calls itself a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "hour", "days"), [("22:00", 22, 0), ("2:00", 2, 1), ("18:39", 18, 1), ("00:00", 0, 1)]
)
def test_a_time_is_the_next_one_here(text: str, hour: int, days: int) -> None:
    moment = begin_at(text, EVENING).astimezone()
    assert (moment.hour, (moment.date() - EVENING.date()).days) == (hour, days)


def test_the_minute_that_clocks_show_begins_at_once() -> None:
    assert begin_at("18:40", EVENING) == EVENING
    clock, err = Evening(), io.StringIO()
    wait_until(EVENING, clock, clock.pause, Console(err=err))
    assert (clock.waits, err.getvalue()) == (0, "")


@pytest.mark.parametrize(
    "text", ["", "22", "24:00", "22:60", "tonight", "22:00Z", "-1:00", "\uff12\uff12:00"]
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a time") as caught:
        begin_at(text, EVENING)
    assert "--at 22:00" in caught.value.help


def test_a_log_gets_one_line() -> None:
    clock, err = Evening(), io.StringIO()
    wait_until(begin_at("02:00", EVENING), clock, clock.pause, Console(err=err))
    assert clock.now() == dt.datetime(2026, 1, 21, 2).astimezone()
    assert err.getvalue() == "beginning tomorrow at 02:00, in 7 h 19 min; Ctrl-C calls it off\n"


def test_a_terminal_counts_down_in_one_line_that_is_gone_at_the_end() -> None:
    clock, terminal = Evening(), Terminal()
    wait_until(begin_at("18:43", EVENING), clock, clock.pause, Console(err=terminal))
    said, _, rest = terminal.getvalue().partition("\n")
    assert said == "beginning at 18:43, in 2 min 48 s; Ctrl-C calls it off"
    shown = [one for one in rest.split("\r") if one.strip()]
    assert shown[:2] == ["beginning in 2 min 48 s", "beginning in 2 min 47 s"]
    assert "\n" not in rest
    assert rest.endswith("\r")


def test_a_clock_that_is_set_or_slept_through_is_believed() -> None:
    clock, err = Evening(), io.StringIO()

    def sleep(_seconds: float) -> None:
        clock.moment = EVENING + dt.timedelta(hours=9)

    wait_until(begin_at("22:00", EVENING), clock, sleep, Console(err=err))
    assert clock.now() == EVENING + dt.timedelta(hours=9)


def test_a_wish_to_stop_ends_the_wait() -> None:
    stop = CancelToken()
    stop.request()
    with pytest.raises(StoppedError):
        wait_until(begin_at("22:00", EVENING), Evening(), stop.pause, Console(err=Terminal()))


@pytest.fixture
def skipping(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """Has no wait take time; what is in the list happens during it."""
    happens: list[Callable[[], None]] = []

    def pause(*_arguments: object) -> None:
        for step in happens:
            step()

    monkeypatch.setattr("runner.cli.apply.wait_until", pause)
    return happens


def test_what_was_agreed_to_is_sent(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, skipping: list[Callable[[], None]]
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    seen: list[int] = []
    skipping.append(lambda: seen.append(len(sandbox.requests())))
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--at", "22:00")
    assert ended.status == ExitStatus.DONE
    assert seen == [0]
    assert len(sandbox.objects()) == 1
    assert sitewalk("apply", "manifest.yaml", "--yes", "--at", "22:00").status == ExitStatus.DONE
    assert seen == [0], "there was nothing to wait for"


def test_a_manifest_that_was_edited_meanwhile_is_refused(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, skipping: list[Callable[[], None]]
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")

    def edit() -> None:
        site.write(walk("one", ["a.insv"], name="Another"))

    skipping.append(edit)
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--at", "22:00")
    assert ended.status == ExitStatus.DECISION
    assert "the plan is stale" in ended.err
    assert "one: name was one and is Another" in ended.err
    assert sandbox.requests() == ()


def test_a_recording_that_changed_meanwhile_stales_a_saved_plan(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, skipping: list[Callable[[], None]]
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    assert sitewalk("plan", "manifest.yaml", "-o", "plan.json").status == ExitStatus.DONE

    def record_anew() -> None:
        site.record("a.insv", seed=77)

    skipping.append(record_anew)
    ended = sitewalk("apply", "plan.json", "--yes", "--at", "22:00")
    assert ended.status == ExitStatus.DECISION
    assert "the file a.insv has other content" in ended.err
    assert sandbox.requests() == ()


def test_what_is_missing_is_told_in_the_evening(
    sitewalk: Sitewalk, site: Site, skipping: list[Callable[[], None]]
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    skipping.append(lambda: pytest.fail("it waited"))
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--at", "22:00", EVERCAM_PASSWORD="")
    assert ended.status == ExitStatus.REFUSED
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--at", "10 pm")
    assert ended.status == ExitStatus.USAGE


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal to send to one process alone")
def test_a_process_that_waits_outlives_its_terminal_and_ends_on_a_ctrl_c(
    site: Site, sandbox: Sandbox, tmp_path: Path
) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    later = (dt.datetime.now().astimezone() + dt.timedelta(hours=2)).strftime("%H:%M")
    heard = tmp_path / "heard"
    with heard.open("w") as err:
        waiting = subprocess.Popen(
            [sys.executable, "-m", "runner", "apply", "manifest.yaml", "-y", "--at", later],
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "EVERCAM_MEDIA_URL": sandbox.media_url,
                "EVERCAM_INGEST_URL": sandbox.ingest_url,
                "EVERCAM_TUS_URL": sandbox.tus_url,
                "EVERCAM_USERNAME": sandbox.username,
                "EVERCAM_PASSWORD": sandbox.password,
            },
            stdin=subprocess.DEVNULL,
            stderr=err,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # noqa: PLW1509 - as nohup does
        )
        until(lambda: "Ctrl-C calls it off" in heard.read_text(encoding="utf-8"))
        waiting.send_signal(signal.SIGHUP)
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(timeout=60) == ExitStatus.INTERRUPTED
    told = heard.read_text(encoding="utf-8")
    assert re.search(r"beginning (tomorrow )?at \d\d:\d\d, in (1 h 59|2 h 0) min", told)
    assert "stopping: nothing was sent" in told
    assert sandbox.requests() == ()
