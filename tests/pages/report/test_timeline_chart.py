"""The chart of a run draws its bytes, pauses and faults at their time and speed."""

import datetime as dt
from dataclasses import replace

import pytest

from runner.base.wording import speed
from runner.pages.report.page import results_html
from runner.pages.report.timeline_chart import Chart, timeline_chart
from runner.report.results import Results, WalkthroughResult
from runner.report.timeline.timeline import NO_TIMELINE, Limit, Mark, MarkKind, Timeline, Track
from tests.report.hostile import START, results


def _walk(name: str, start: float, end: float) -> WalkthroughResult:
    (walk,) = results(name).walkthroughs
    begun = START + dt.timedelta(seconds=start)
    return replace(walk, started=begun, ended=START + dt.timedelta(seconds=end))


def _run(timeline: Timeline, *walks: WalkthroughResult, seconds: float = 100) -> Results:
    ended = START + dt.timedelta(seconds=seconds)
    return replace(results("a"), walkthroughs=walks, timeline=timeline, ended=ended)


def _chart(timeline: Timeline, *walks: WalkthroughResult, seconds: float = 100) -> Chart:
    chart = timeline_chart(_run(timeline, *walks, seconds=seconds))
    assert chart is not None
    return chart


SENT = Timeline(10.0, (Track("a", "f", 2, (100, 0, 50)),))


def test_a_run_that_sent_nothing_has_no_drawing() -> None:
    assert timeline_chart(_run(NO_TIMELINE, _walk("a", 0, 1))) is None


def test_bytes_are_steps_at_their_time_and_speed() -> None:
    chart = _chart(SENT, _walk("a", 20, 50))
    assert (chart.spans, chart.top) == (10, 10)
    assert chart.curve == "M0 100V100.0H1V100.0H2V0.0H3V100.0H4V50.0H5V100Z"


def test_a_drawing_without_bytes_has_no_speeds() -> None:
    failed = Timeline(10.0, (), (Mark(MarkKind.FAILED, "a", "", 3.0, 0.0, 1, "refused"),))
    drawn = results_html(_run(failed, _walk("a", 0, 5))).partition("<svg")[2]
    assert "refused" in drawn
    assert "B/s</text>" not in drawn
    assert "B/s</text>" in results_html(_run(SENT, _walk("a", 0, 5)))


def test_a_run_shorter_than_a_span_has_the_same_average_everywhere() -> None:
    walk = _walk("a", 0, 0.5)
    run = _run(Timeline(10.0, (Track("a", "f", 0, (walk.bytes_sent,)),)), walk, seconds=0.5)
    chart, average = timeline_chart(run), speed(walk.bytes_sent / 0.5)
    assert chart
    assert f"{average} on average, {average} at most" in chart.summary
    assert (chart.spans, chart.top, walk.bytes_sent) == (1, 10, 3)
    assert chart.curve == "M0 100V40.0H1V100Z"  # 6 of 10 bytes a second
    assert f"<dd>{average}</dd>" in results_html(run)


def test_a_walkthrough_takes_the_first_free_lane() -> None:
    walks = [_walk("a", 0, 50), _walk("b", 0, 20), _walk("c", 20, 60), _walk("d", 50, 80)]
    lanes = _chart(SENT, *walks).lanes
    names = [[block.walkthrough.name for block in lane.blocks] for lane in lanes]
    assert names == [["b", "c"], ["a", "d"]]
    assert [(block.bar.x, block.bar.width) for block in lanes[0].blocks] == [(0, 20), (20, 40)]


def test_pauses_and_faults_stand_in_the_lane_of_their_walkthrough() -> None:
    marks = (
        Mark(MarkKind.WAITED, "b", "create", 30, 10, 2, "429"),
        Mark(MarkKind.FAILED, "b", "", 60, 0, 1, "refused"),
    )
    lanes = _chart(replace(SENT, marks=marks), _walk("a", 0, 50), _walk("b", 10, 60)).lanes
    assert not lanes[0].pauses
    (pause,), (fault,) = lanes[1].pauses, lanes[1].faults
    assert (pause.x, pause.width) == (30, 10)
    assert pause.title == "create: waited 10 s (2 times): 429"
    assert fault == (60, "failed: refused")


def test_a_limit_is_a_line_while_it_holds() -> None:
    limits = (Limit(0, 5.0), Limit(50, None), Limit(80, 1e9))
    assert _chart(replace(SENT, limits=limits)).limits == "M0.0 50.0H5.0"


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (8, ["0 s", "2 s", "4 s", "6 s"]),
        (300, ["10:01", "10:02", "10:03", "10:04"]),
        (6 * 3600, ["11:00", "12:00", "13:00", "14:00", "15:00"]),
        (40 * 3600, ["20 Jan 12:00", "21 Jan 00:00", "21 Jan 12:00", "22 Jan 00:00"]),
    ],
)
def test_ticks_stand_at_round_times(seconds: float, labels: list[str]) -> None:
    ticks = _chart(SENT, seconds=seconds).ticks
    assert [label for _, label in ticks] == labels
    assert all(0 <= x < 100 for x, _ in ticks)


def test_only_the_gravest_incidents_are_listed() -> None:
    waits = [Mark(MarkKind.WAITED, "a", "f", at, at, 1, "cut") for at in range(200)]
    failed = Mark(MarkKind.FAILED, "a", "", 199, 0, 1, "gave up")
    incidents = _chart(replace(SENT, marks=(*waits, failed))).incidents
    assert len(incidents) == 100
    assert failed in [mark for _, mark in incidents]
    assert min(mark.at for _, mark in incidents) == 101
