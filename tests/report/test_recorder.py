"""A timeline says when bytes were sent, loses none of them, and stays small."""

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from runner.report.timeline.recorder import SPANS, Recorder
from runner.report.timeline.timeline import MarkKind, timeline_from_json, timeline_json
from runner.upload.journal import BytesMoved, ProgressEvent, Retrying, StepDone

START = dt.datetime(2026, 1, 20, 6, 0, tzinfo=dt.UTC)


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> dt.datetime:
        return START + dt.timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at


def _recorder() -> tuple[Recorder, SetClock]:
    clock = SetClock()
    return Recorder(clock), clock


@given(st.lists(st.tuples(st.floats(0, 1e5), st.integers(1, 10**10)), max_size=300))
def test_no_byte_is_lost_and_the_size_is_bounded(steps: list[tuple[float, int]]) -> None:
    recorder, clock = _recorder()
    recorder.listen(BytesMoved("w", "a.insv", 0, 10**12))
    offsets = itertools.accumulate(count for _, count in steps)
    for (pause, _), offset in zip(steps, offsets, strict=True):
        clock.at += pause
        recorder.listen(BytesMoved("w", "a.insv", offset, 10**12))
        recorder.listen(Retrying("w", "a.insv", 2, 60, "lost"))
    timeline = recorder.timeline()
    assert sum(timeline.totals()) == sum(count for _, count in steps)
    assert len(timeline.totals()) <= SPANS
    assert len(timeline.marks) <= SPANS
    assert sum(mark.count for mark in timeline.marks) == len(steps)
    assert timeline.seconds <= clock.at + timeline.span
    assert timeline_from_json(timeline_json(timeline)) == timeline


def test_bytes_stand_at_the_time_they_were_sent() -> None:
    recorder, clock = _recorder()
    for at, offset in ((0, 0), (1, 500), (9, 900)):
        clock.at = at
        recorder.listen(BytesMoved("w", "a.insv", offset, 900))
    timeline = recorder.timeline()
    (track,) = timeline.tracks
    assert track.first * timeline.span == 1
    assert (track.sent[0], track.sent[-1]) == (500, 400)
    assert (track.end - 1) * timeline.span == 9


def test_what_the_server_had_before_is_not_this_runs() -> None:
    recorder, _ = _recorder()
    for offset in (700, 900):
        recorder.listen(BytesMoved("w", "a.insv", offset, 900))
    assert sum(recorder.timeline().totals()) == 200


def test_what_the_server_lost_is_sent_twice_and_counted_twice() -> None:
    recorder, _ = _recorder()
    for offset in (0, 900, 400, 900):
        recorder.listen(BytesMoved("w", "a.insv", offset, 900))
    assert sum(recorder.timeline().totals()) == 1400


def test_a_clock_set_back_harms_nothing() -> None:
    recorder, clock = _recorder()
    recorder.listen(BytesMoved("w", "a.insv", 0, 9))
    clock.at = -3600
    recorder.listen(BytesMoved("w", "a.insv", 9, 9))
    assert recorder.timeline().totals() == [9]


def test_pauses_and_ends_are_marked() -> None:
    recorder, clock = _recorder()
    recorder.listen(Retrying("w", "create", 3, 60, "429"))
    recorder.listen(StepDone("w", "created", "upload 7"))
    clock.at = 5
    recorder.listen(StepDone("w", "failed", "refused"))
    waited, failed = recorder.timeline().marks
    assert (waited.kind, waited.what, waited.seconds) == (MarkKind.WAITED, "create", 3)
    assert (failed.kind, failed.at, failed.reason) == (MarkKind.FAILED, 5, "refused")


def test_a_limit_stands_where_it_changes() -> None:
    clock = SetClock()
    change = (START + dt.timedelta(minutes=1)).astimezone().time()
    recorder = Recorder(clock, lambda time: None if time < change else 5e6)
    clock.at = 100
    (limit,) = recorder.timeline().limits
    assert (round(limit.at), limit.rate) == (60, 5e6)


def test_events_are_passed_on() -> None:
    events: list[ProgressEvent] = []
    step = StepDone("w", "done")
    _recorder()[0].and_also(events.append)(step)
    assert events == [step]
