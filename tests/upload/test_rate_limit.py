"""All jobs together keep to the rate of the hour."""

import datetime as dt
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.errors import UsageError
from runner.upload.recording.rate_limit import (
    OffError,
    RateLimiter,
    Schedule,
    ScheduleEntry,
    limit_words,
    parse_limit,
)

NOON, EVENING = dt.time(12), dt.time(20)


class StillClock:
    """Moves only when it is paused."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.start = dt.datetime(2026, 1, 20, 17, 59).astimezone()

    def now(self) -> dt.datetime:
        return self.start + dt.timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds


def test_a_rate_and_a_timetable() -> None:
    assert parse_limit("20M").rate(NOON) == 20_000_000
    timetable = parse_limit("07:00-18:00=5M,unlimited")
    assert (timetable.rate(NOON), timetable.rate(EVENING)) == (5_000_000, None)
    assert parse_limit("22:00-06:00=1.5m,500k").rate(dt.time(3)) == 1_500_000


@pytest.mark.parametrize("text", ["", "fast", "7-18=5M", "24:00-25:00=5M", "0", "-5M", "5M;6M"])
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(UsageError):
        parse_limit(text)


@pytest.mark.parametrize(
    ("text", "rate", "words"),
    [
        ("20M", 20e6, "20 MB/s (160 Mbit/s)"),
        ("20MB/s", 20e6, "20 MB/s (160 Mbit/s)"),
        ("160Mbit", 20e6, "20 MB/s (160 Mbit/s)"),
        ("160Mbps", 20e6, "20 MB/s (160 Mbit/s)"),
        ("160 mbit/s", 20e6, "20 MB/s (160 Mbit/s)"),
        ("20MiB", 20 * 2**20, "21 MB/s (167.8 Mbit/s)"),
        ("1.5m", 1.5e6, "1.5 MB/s (12 Mbit/s)"),
    ],
)
def test_bytes_and_bits_are_told_apart_and_both_are_repeated(
    text: str, rate: float, words: str
) -> None:
    limit = parse_limit(text)
    assert limit.rate(NOON) == rate
    assert limit_words(limit) == words


@pytest.mark.parametrize("text", ["20Mb", "20mb", "20b", "20Mib/s"])
def test_what_may_be_either_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="may mean bits or bytes") as caught:
        parse_limit(text)
    assert "bit for bits" in caught.value.help


def test_off_ends_what_is_sent_and_lasts_until_its_end() -> None:
    clock = StillClock()
    clock.start = dt.datetime(2026, 1, 20, 17, 0).astimezone()
    limit = parse_limit("07:00-18:00=off,4M")
    assert limit_words(limit) == "07:00-18:00 off, else 4 MB/s (32 Mbit/s)"
    pace, told = RateLimiter(limit, clock), list[dt.datetime]()
    with pytest.raises(OffError):
        pace.take(pace.block(), clock.pause)
    assert clock.seconds == 0
    assert pace.wait_while_off(clock.pause, told.append) == pytest.approx(3600, abs=1)
    assert told == [clock.start + dt.timedelta(hours=1)]
    pace.take(pace.block(), clock.pause)
    assert pace.wait_while_off(clock.pause, told.append) == 0
    assert len(told) == 1


def test_off_over_midnight_and_through_several_hours_ends_where_sending_may_begin() -> None:
    clock = StillClock()
    clock.start = dt.datetime(2026, 1, 20, 23, 30).astimezone()
    pace = RateLimiter(parse_limit("22:00-02:00=off,02:00-05:00=off,4M"), clock)
    assert pace.off_until() == dt.datetime(2026, 1, 21, 5).astimezone()


def test_nights_only() -> None:
    limit = parse_limit("22:00-06:00=20M,off")
    assert (limit.rate(dt.time(23)), limit.rate(NOON)) == (20_000_000, 0)


@pytest.mark.parametrize("text", ["off", "00:00-12:00=off,12:00-00:00=off", "08:00-08:00=off,5M"])
def test_what_never_sends_anything_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="never send"):
        parse_limit(text)


@given(st.integers(1_000, 10**7), st.integers(2, 200))
def test_ten_seconds_carry_ten_seconds_of_bytes(rate: int, late_ms: int) -> None:
    clock = StillClock()
    limiter = RateLimiter(Schedule((ScheduleEntry(dt.time.min, dt.time.min, rate),)), clock)
    sent = 0
    while clock.seconds < 10:
        sent += (block := limiter.block())
        limiter.take(block, lambda seconds: clock.pause(seconds + late_ms / 10_000))
    assert sent / clock.seconds == pytest.approx(rate, rel=0.05)


def test_the_clock_changes_the_rate_while_it_runs() -> None:
    clock = StillClock()
    limiter = RateLimiter(parse_limit("17:00-18:00=1M,4M"), clock)
    sent = {False: 0, True: 0}
    while clock.seconds < 120:
        late = clock.seconds >= 60
        sent[late] += (block := limiter.block())
        limiter.take(block, clock.pause)
    assert sent[True] / sent[False] == pytest.approx(4, rel=0.05)


def test_a_part_of_the_limit_is_kept_to_as_it_changes() -> None:
    clock, sent = StillClock(), {0.25: 0, 1.0: 0}

    def share() -> float:
        return 0.25 if clock.seconds < 60 else 1.0

    limiter = RateLimiter(parse_limit("4M"), clock, share)
    while clock.seconds < 120:
        before = share()
        sent[before] += (block := limiter.block())
        limiter.take(block, clock.pause)
    assert sent[1.0] / sent[0.25] == pytest.approx(4, rel=0.05)


def test_however_many_share_it_something_is_sent() -> None:
    limiter = RateLimiter(parse_limit("1k"), StillClock(), lambda: 0.001)
    assert limiter.block() > 0


def test_four_jobs_share_one_rate() -> None:
    limiter, rate, sent = RateLimiter(parse_limit("8M")), 8_000_000, []
    began = time.monotonic()

    def job() -> None:
        while time.monotonic() - began < 1:
            block = limiter.block()
            limiter.take(block, time.sleep)
            sent.append(block)

    threads = [threading.Thread(target=job) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    assert sum(sent) <= 1.3 * rate * took
