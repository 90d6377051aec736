"""What is told while a run goes on, in each form."""

import datetime as dt
import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from inline_snapshot import snapshot

from runner.base.schemas import load_schema
from runner.cli.bars import shorten_path
from runner.cli.console import Console
from runner.cli.options import ProgressForm
from runner.cli.progress import shown_progress
from runner.flow.plan import plan_manifests
from runner.plan.model import Plan
from runner.report.progress.steps import total_line
from runner.report.progress.tally import Progress
from runner.settings import Settings
from runner.upload.journal import BytesMoved, Off, Retrying, StepDone
from tests.cli.conftest import Sitewalk
from tests.crash.world import FastClock
from tests.sites import TODAY, Site, walk
from tests.waiting import until

MB = 1_000_000


class Terminal(io.StringIO):
    """Remembers all that was written to it, and calls itself a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    site = Site(tmp_path / "plan").write(walk("one", ["a.insv"]), walk("two", ["b.insv"]))
    site.record("a.insv", 40_000)
    site.record("b.insv", 60_000)
    return plan_manifests([site.manifest], Settings(), TODAY).plan


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (
            Progress(1_200 * MB, 7_500 * MB, 4.2 * MB),
            "16%  1.2 GB of 7.5 GB, 4.2 MB/s, 25 min 0 s left",
        ),
        (Progress(0, 7_500 * MB, 0), "0%  0 B of 7.5 GB, nothing moves"),
        (Progress(8 * MB, 8 * MB, MB, 17 * MB), "32%  8.0 MB of 25.0 MB, 17.0 MB not sent"),
        (Progress(8 * MB, 9 * MB, MB, 16 * MB), "32%  8.0 MB of 25.0 MB, 1.0 MB/s, 1 s left"),
        (Progress(0, 0, 0), "100%  0 B of 0 B, nothing moves"),
    ],
)
def test_the_whole_in_one_line(progress: Progress, line: str) -> None:
    assert total_line(progress) == line


def test_elsewhere_than_on_a_terminal_it_tells_steps_but_no_blocks(plan: Plan) -> None:
    err = io.StringIO()
    with shown_progress(plan, ProgressForm.AUTO, Console(err=err), FastClock()) as tell:
        tell(StepDone("one", "sending", "a.insv, 40.0 kB"))
        tell(BytesMoved("one", "a.insv", 10_000, 40_000))
        tell(Retrying("one", "a.insv", 200.0, 1_690.0, "the connection broke"))
    assert err.getvalue() == snapshot("""\
one  sending: a.insv, 40.0 kB
one  a.insv: the connection broke; trying again in 3 min 20 s, for 28 min more
""")


def test_a_time_that_is_off_is_told_once_and_stands_beside_each_recording(plan: Plan) -> None:
    until_ten = dt.datetime(2026, 1, 20, 22, 0).astimezone()
    err = io.StringIO()
    with shown_progress(plan, ProgressForm.AUTO, Console(err=err), FastClock()) as tell:
        tell(Off("one", "a.insv", until_ten))
        tell(Off("two", "b.insv", until_ten))
    assert err.getvalue() == "off until 22:00, as --limit-rate says\n"
    terminal = Terminal()
    with shown_progress(plan, ProgressForm.AUTO, Console(err=terminal), FastClock()) as tell:
        tell(Off("one", "a.insv", until_ten))
        until(lambda: terminal.getvalue().count("off until 22:00") > 2)
        tell(BytesMoved("one", "a.insv", 10_000, 40_000))
    lines = io.StringIO()
    with shown_progress(plan, ProgressForm.JSON, Console(err=lines), FastClock()) as tell:
        tell(Off("one", "a.insv", until_ten))
    off, *_, moved = [json.loads(line) for line in lines.getvalue().splitlines()]
    jsonschema.validate(off, load_schema("progress"))
    jsonschema.validate(moved, load_schema("progress"))
    assert dt.datetime.fromisoformat(off["until"]) == until_ten
    assert dt.datetime.fromisoformat(moved["off_until"]) == until_ten


def test_and_how_far_it_is_each_minute(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.cli.progress._MINUTE", 0.01)
    err, clock = io.StringIO(), FastClock()
    with shown_progress(plan, ProgressForm.PLAIN, Console(err=err), clock) as tell:
        tell(BytesMoved("one", "a.insv", 0, 40_000))
        clock.seconds = 10.0
        tell(BytesMoved("one", "a.insv", 10_000, 40_000))
        until(lambda: "10%" in err.getvalue())
    assert "10%  10.0 kB of 100.0 kB, 1.0 kB/s, 1 min 30 s left" in err.getvalue()


def test_json_lines_follow_their_schema(site: Site, sitewalk: Sitewalk) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv", 300_000)
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--progress", "json")
    lines = [json.loads(line) for line in ended.err.splitlines() if line.startswith("{")]
    validator = jsonschema.Draft202012Validator(load_schema("progress"))
    for line in lines:
        validator.validate(line)
    steps = [line["step"] for line in lines if line["kind"] == "happened"]
    assert steps == ["created", "sending", "sent", "done"]
    assert (lines[-1]["kind"], lines[-1]["done"], lines[-1]["length"]) == (
        "moved",
        300_000,
        300_000,
    )


def test_what_is_said_meanwhile_is_json_too(plan: Plan) -> None:
    err = io.StringIO()
    console = Console(err=err)
    with shown_progress(plan, ProgressForm.JSON, console, FastClock()):
        console.say("stopping")
    console.say("over")
    said, _, over = err.getvalue().splitlines()
    assert json.loads(said)["text"] == "stopping"
    assert over == "over"


def test_nothing_is_told_where_nothing_is_wanted(site: Site, sitewalk: Sitewalk) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--progress", "none")
    assert "created" not in ended.err
    assert "1 done" in ended.out


def _drawn(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


@pytest.mark.parametrize(
    ("columns", "bars"),
    [
        (60, [r"a\.insv ━+ +25% 1\.0 kB/s, 30 s left", r"all +━+ +10% 1\.0 kB/s, 1 min 30 s left"]),
        (
            120,
            [
                r"a\.insv.* 10\.0 kB of 40\.0 kB +1\.0 kB/s, 30 s left",
                r"all.* 10\.0 kB of 100\.0 kB +1\.0 kB/s, 1 min 30 s left",
            ],
        ),
    ],
)
def test_on_a_terminal_bars_show_each_recording_and_all(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, columns: int, bars: list[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(columns))
    err, clock = Terminal(), FastClock()
    with shown_progress(plan, ProgressForm.AUTO, Console(err=err), clock) as tell:
        tell(BytesMoved("one", "a.insv", 0, 40_000))
        clock.seconds = 10.0
        tell(BytesMoved("one", "a.insv", 10_000, 40_000))
        until(lambda: "1.0 kB/s" in err.getvalue())
    for bar in bars:
        assert re.search(bar, _drawn(err.getvalue()))


def test_bars_do_not_cut_what_is_said(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    err, clock = Terminal(), FastClock()
    console = Console(err=err)
    with shown_progress(plan, ProgressForm.AUTO, console, clock) as tell:
        tell(BytesMoved("one", "a.insv", 10_000, 40_000))
        until(lambda: "a.insv" in err.getvalue())
        console.say("stopping: once more to stop at once")
    line = next(one for one in err.getvalue().split("\n") if "stopping:" in one)
    after_erasing = line.rpartition("\x1b[2K")[2]
    assert after_erasing.strip("\r") == "stopping: once more to stop at once"


def test_the_bar_says_what_is_waited_for(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    err, clock = Terminal(), FastClock()
    with shown_progress(plan, ProgressForm.AUTO, Console(err=err), clock) as tell:
        tell(BytesMoved("one", "a.insv", 0, 40_000))
        tell(BytesMoved("one", "a.insv", 10_000, 40_000))
        tell(Retrying("one", "a.insv", 6.0, 1_690.0, "the connection broke"))
        until(lambda: "waiting 6 s for the network" in err.getvalue())
        clock.seconds = 7.0
        until(lambda: "trying again, waiting for the network" in err.getvalue())
    last = _drawn(err.getvalue()).rpartition("waiting for the network")[0].rpartition("a.insv")[2]
    assert " left" not in last


def test_an_outage_is_told_once_for_all_jobs_and_attempts(plan: Plan) -> None:
    err, clock = io.StringIO(), FastClock()
    with shown_progress(plan, ProgressForm.PLAIN, Console(err=err), clock) as tell:
        for seconds in range(0, 120, 6):
            clock.seconds = float(seconds)
            for id_, name in (("one", "a.insv"), ("two", "b.insv")):
                tell(Retrying(id_, name, 6.0, 1_690.0, f"broke at byte {seconds}"))
        tell(Retrying("two", "finish", 6.0, 1_690.0, "the server answered 503"))
        clock.seconds = 300.0
        tell(Retrying("two", "b.insv", 6.0, 1_690.0, "no answer in time"))
    assert err.getvalue() == snapshot("""\
one  a.insv: broke at byte 0; trying again in 6 s, for 28 min more
two  finish: the server answered 503; trying again in 6 s, for 28 min more
two  b.insv: no answer in time; trying again in 6 s, for 28 min more
""")


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (60, "DCIM/Camera01/VID_20260120_101500_00_001.insv"),
        (40, "…/VID_20260120_101500_00_001.insv"),
        (20, "…_101500_00_001.insv"),
    ],
)
def test_a_name_is_cut_at_its_beginning(width: int, shown: str) -> None:
    short = shorten_path("DCIM/Camera01/VID_20260120_101500_00_001.insv", width)
    assert short == shown
