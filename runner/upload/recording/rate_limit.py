"""The rate limit of a run, its schedule, and the turn of each sender under it."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from runner.base.clock import Clock, SystemClock, local
from runner.base.errors import UsageError
from runner.upload.recording.chunking import BLOCK

_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_RATE = re.compile(r"(\d+(?:\.\d+)?)([kmg]?)b?(?:/s)?", re.IGNORECASE | re.ASCII)
_TIMES = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_RATE_HELP = "write a rate such as 20M (bytes a second)"
_HELP = 'write a rate such as 20M (bytes a second), or times: "07:00-18:00=5M,unlimited"'

_BLOCKS_A_SECOND = 8
_SLOWEST = 1_000
_ARREARS = 0.1
"""Seconds a late sleeper may make up for; without them every late wake-up would slow the line."""


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """A rate in bytes a second (None: unlimited) from one time of day to another, or past midnight.

    Equal times mean the whole day.
    """

    start: dt.time
    end: dt.time
    rate: float | None

    def contain(self, time: dt.time) -> bool:
        """Whether a time of day lies within; the end does not."""
        if self.start < self.end:
            return self.start <= time < self.end
        return time >= self.start or time < self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rates by the time of day; the first hours that contain it count, else no limit."""

    hours: tuple[ScheduleEntry, ...] = ()

    def rate(self, time: dt.time) -> float | None:
        """Bytes a second at a time of day; None: unlimited."""
        return next((one.rate for one in self.hours if one.contain(time)), None)


UNLIMITED = Schedule()


def parse_limit(text: str) -> Schedule:
    """Read `20M` or `07:00-18:00=5M,unlimited`; raises UsageError."""
    return Schedule(tuple(_hours(part.strip()) for part in text.split(",")))


def parse_rate(text: str) -> float:
    """Read one rate such as `20M`, in bytes a second; raises UsageError."""
    rate = _rate(text, _RATE_HELP)
    if rate is None:
        raise UsageError(f"`{text}` is not a rate to reckon with", _RATE_HELP)
    return rate


def _hours(text: str) -> ScheduleEntry:
    times, equals, rate = text.rpartition("=")
    if not equals:
        return ScheduleEntry(dt.time.min, dt.time.min, _rate(rate))
    found = _TIMES.fullmatch(times.strip())
    if found is None:
        raise UsageError(f"`{times}` is not a span of times", _HELP)
    first, first_minute, last, last_minute = map(int, found.groups())
    return ScheduleEntry(dt.time(first, first_minute), dt.time(last, last_minute), _rate(rate))


def _rate(text: str, help_: str = _HELP) -> float | None:
    if text.strip().lower() == "unlimited":
        return None
    found = _RATE.fullmatch(text.strip())
    rate = float(found[1]) * _UNITS[found[2].lower()] if found else 0.0
    if rate < _SLOWEST:
        raise UsageError(f"`{text}` is not a rate of at least 1k", help_)
    return rate


class RateLimiter:
    """Gives every block of every job its turn, so that all jobs together keep to the timetable."""

    def __init__(self, timetable: Schedule = UNLIMITED, clock: Clock | None = None) -> None:
        self._timetable = timetable
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._free_at = 0.0

    def block(self) -> int:
        """Bytes to send at a time: an eighth of a second's, so that no server falls asleep."""
        rate = self._rate()
        if rate is None:
            return BLOCK
        return min(BLOCK, int(rate / _BLOCKS_A_SECOND))

    def take(self, count: int, pause: Callable[[float], None]) -> None:
        """Wait, by `pause`, until it is the turn of `count` more bytes."""
        rate = self._rate()
        if rate is None:
            return
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now - _ARREARS, self._free_at)
            self._free_at = turn + count / rate
        if turn > now:
            pause(turn - now)

    def _rate(self) -> float | None:
        if not self._timetable.hours:
            return None
        return self._timetable.rate(local(self._clock.now()).time())
