"""Speeds and times left that people can believe."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.report.progress.tally import WINDOW, Progress, Speed, Tally

ONE, TWO = ("walk", "one.insv"), ("walk", "two.insv")
MB = 1_000_000


def tally(done: int = 0) -> Tally:
    return Tally({ONE: Progress(done, 100 * MB, 0), TWO: Progress(0, 50 * MB, 0)}, 0.0)


@settings(deadline=None)
@given(st.integers(1, 10**8), st.floats(0.02, 2.0), st.floats(2, 100))
def test_a_steady_speed_is_measured_as_it_is(rate: int, step: float, seconds: float) -> None:
    speed, now = Speed(0.0), 0.0
    while now < seconds:
        now += step
        speed.moved(int(rate * step), now)
    measured = speed.per_second(now)
    slack = (step + 0.25) / min(WINDOW, now)  # the grain of the samples
    assert measured == pytest.approx(rate, rel=slack + 0.01, abs=1 / step)


def test_a_change_shows_within_ten_seconds() -> None:
    speed = Speed(0.0)
    for second in range(1, 101):
        speed.moved(MB if second <= 60 else 4 * MB, float(second))
    assert speed.per_second(100.0) == pytest.approx(4 * MB, rel=0.05)


def test_a_pause_counts_and_after_ten_seconds_nothing_else_does() -> None:
    speed = Speed(0.0)
    for second in range(1, 11):
        speed.moved(MB, float(second))
    assert speed.per_second(15.0) == pytest.approx(MB / 2, rel=0.15)
    assert speed.per_second(25.0) == 0


@given(st.lists(st.floats(0.001, 2.0), min_size=1))
def test_ten_seconds_after_the_last_byte_nothing_moves(steps: list[float]) -> None:
    speed, now = Speed(0.0), 0.0
    for step in steps:
        now += step
        speed.moved(MB, now)
    assert speed.per_second(now + WINDOW + 0.1) == 0


def test_what_was_there_before_has_not_moved_now() -> None:
    run = tally()
    run.note(ONE, 80 * MB, 1.0)
    run.note(ONE, 81 * MB, 2.0)
    assert run.total(2.0) == Progress(81 * MB, 150 * MB, MB / 2)
    assert run.under_way(2.0)[ONE].speed == MB


def test_going_back_takes_from_what_is_done_only() -> None:
    run = tally()
    run.note(ONE, 0, 0.0)
    run.note(ONE, 10 * MB, 1.0)
    run.note(ONE, 9 * MB, 2.0)
    total = run.total(2.0)
    assert (total.done, total.speed) == (9 * MB, 5 * MB)


def test_the_time_left_is_that_of_all_jobs_together() -> None:
    run = tally(done=20 * MB)
    for key in (ONE, TWO):
        run.note(key, 20 * MB if key is ONE else 0, 0.0)
    for second in range(1, 11):
        run.note(ONE, (20 + second) * MB, float(second))
        run.note(TWO, second * MB, float(second))
    total = run.total(10.0)
    assert total.seconds_left is not None
    assert total.seconds_left == pytest.approx(110 / 2, rel=0.02)


def test_nobody_knows_the_time_left_while_nothing_moves() -> None:
    assert tally().total(5.0).seconds_left is None


def test_a_recording_that_is_all_there_is_not_under_way() -> None:
    run = tally()
    run.note(TWO, 0, 0.0)
    assert set(run.under_way(1.0)) == {TWO}
    run.note(TWO, 50 * MB, 2.0)
    assert not run.under_way(2.0)
    assert run.total(2.0).done == 50 * MB


def test_what_a_failed_walkthrough_did_not_send_is_nothing_to_wait_for() -> None:
    run = tally()
    run.note(ONE, 0, 0.0)
    run.note(ONE, 30 * MB, 10.0)
    run.leave("walk")
    total, wanted = run.total(10.0), tally().total(0.0).wanted
    assert total == Progress(30 * MB, 30 * MB, 3 * MB, given_up=wanted - 30 * MB)
    assert total.seconds_left == 0
    assert not run.under_way(10.0)


def test_the_first_blocks_are_no_speed() -> None:
    run = tally()
    run.note(ONE, 0, 0.0)
    run.note(ONE, MB, 0.01)
    assert run.total(0.01).speed == MB


@given(st.lists(st.tuples(st.sampled_from([ONE, TWO]), st.integers(0, 50 * MB))))
def test_the_total_is_the_sum(moves: list[tuple[tuple[str, str], int]]) -> None:
    run = tally()
    latest = {ONE: 0, TWO: 0}
    for second, (key, offset) in enumerate(moves):
        run.note(key, offset, float(second))
        latest[key] = offset
    assert run.total(len(moves)).done == sum(latest.values())
