"""A run's moments follow from what has passed, whatever somebody sets the clock to."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.clock import CancelToken, SteadyClock, next_moment, seconds_slept
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


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("time", "after", "moment"),
    [
        ("22:00", "2026-01-20T20:59:59+00:00", "2026-01-20T21:00:00+00:00"),
        ("22:00", "2026-01-20T21:00:00+00:00", "2026-01-21T21:00:00+00:00"),
        ("02:00", "2026-01-20T22:30:00+00:00", "2026-01-21T01:00:00+00:00"),  # past midnight
        ("00:00", "2026-12-31T22:59:00+00:00", "2026-12-31T23:00:00+00:00"),
        # Clocks go from 02:00 to 03:00, and a night is an hour shorter.
        ("02:30", "2026-03-28T23:00:00+00:00", "2026-03-29T01:30:00+00:00"),
        ("06:00", "2026-03-28T21:00:00+00:00", "2026-03-29T04:00:00+00:00"),
        # Clocks go from 03:00 back to 02:00, and show 02:30 twice.
        ("02:30", "2026-10-24T22:00:00+00:00", "2026-10-25T00:30:00+00:00"),
        ("02:30", "2026-10-25T00:45:00+00:00", "2026-10-25T01:30:00+00:00"),
        ("06:00", "2026-10-24T20:00:00+00:00", "2026-10-25T05:00:00+00:00"),
    ],
)
def test_a_time_of_day_is_the_next_at_which_clocks_show_it(
    time: str, after: str, moment: str
) -> None:
    found = next_moment(dt.time.fromisoformat(time), dt.datetime.fromisoformat(after), BERLIN)
    assert found == dt.datetime.fromisoformat(moment)


@given(
    st.times(timezones=st.none()).filter(lambda time: time.fold == 0),
    st.integers(0, 10 * 366 * 24 * 3600).map(lambda since: START + dt.timedelta(seconds=since)),
)
def test_the_next_one_is_within_a_day_and_an_hour(time: dt.time, after: dt.datetime) -> None:
    found = next_moment(time, after, BERLIN)
    assert dt.timedelta(0) < found - after <= dt.timedelta(hours=25)
