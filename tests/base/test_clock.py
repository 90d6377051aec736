"""A run's moments follow from what has passed, whatever somebody sets the clock to."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.clock import CancelToken, SteadyClock, seconds_slept
from runner.base.errors import StoppedError

START = dt.datetime(2026, 1, 20, 6, 0, tzinfo=dt.UTC)


class WallClock:
    """A machine's clock, which may be set, and its time awake."""

    def __init__(self) -> None:
        self.wall = START
        self.awake = self.asleep = 0.0

    def now(self) -> dt.datetime:
        """What the clock on the wall says."""
        return self.wall

    def monotonic(self) -> float:
        """Seconds awake."""
        return self.awake


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(-500_000, 500_000))
    )
)
def test_what_passes_between_two_moments_is_what_has_passed(
    steps: list[tuple[int, int, int]],
) -> None:
    wall = WallClock()
    clock = SteadyClock(wall, lambda: wall.asleep)
    for awake, asleep, hours in steps:
        before = clock.now()
        wall.wall = START + dt.timedelta(hours=hours)
        wall.awake += awake
        wall.asleep += asleep
        assert clock.now() - before == dt.timedelta(seconds=awake + asleep)
    assert clock.monotonic() == wall.awake


def test_a_machine_that_is_awake_does_not_sleep() -> None:
    assert abs(seconds_slept() - seconds_slept()) < 1


def test_a_part_of_the_work_stops_with_the_whole_or_alone() -> None:
    whole = CancelToken()
    with whole.branch() as one, whole.branch() as other:
        one.request()
        assert (one.requested, other.requested, whole.requested) == (True, False, False)
        whole.request()
        assert other.requested
        with whole.branch() as late, pytest.raises(StoppedError):
            late.pause(60)
