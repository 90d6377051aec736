"""The rate limit of a run, its schedule, and the turn of each sender under it."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

from runner.base.clock import Clock, SystemClock, local, next_moment
from runner.base.errors import SitewalkError, UsageError
from runner.base.wording import both_units
from runner.upload.recording.chunking import BLOCK

_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_BINARY_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_RATE = re.compile(
    r"(?P<number>\d+(?:\.\d+)?) ?(?P<prefix>[kKmMgG]?)(?P<binary>i?)"
    r"(?P<unit>B|b|Bps|bps|[Bb]its?|)(?:/s)?",
    re.ASCII,
)
_TIMES = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_RATE_HELP = "write bytes a second, such as 20M or 20MiB, or bits a second, such as 160Mbit"
_HELP = f'{_RATE_HELP}; or times: "07:00-18:00=5M,22:00-06:00=off,unlimited"'

_BLOCKS_A_SECOND = 8
_LOOK_AGAIN = 1.0
"""Seconds, while the timetable says `off`: whether it still does."""
_SLOWEST = 1_000
_ARREARS = 0.1
"""Seconds a late sleeper may make up for; without them every late wake-up would slow the line."""


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """A rate in bytes a second from one time of day to another, or past midnight.

    None: unlimited; 0: off. Equal times mean the whole day.
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
        return next((span.rate for span in self.hours if span.contain(time)), None)


UNLIMITED = Schedule()
UNLIMITED_WORD = "unlimited"


def parse_limit(text: str) -> Schedule:
    """Read `20M` or `07:00-18:00=5M,unlimited`; raises UsageError."""
    limit = Schedule(tuple(_hours(part.strip()) for part in text.split(",")))
    changes = {dt.time.min, *(time for span in limit.hours for time in (span.start, span.end))}
    if all(limit.rate(time) == 0 for time in changes):
        raise UsageError("`off` all day would never send anything", _HELP)
    return limit


def parse_rate(text: str) -> float:
    """Read one rate such as `20M`, in bytes a second; raises UsageError."""
    rate = _rate(text, _RATE_HELP)
    if not rate:
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
    if text.strip().lower() == UNLIMITED_WORD:
        return None
    if text.strip().lower() == "off":
        return 0.0
    found = _RATE.fullmatch(text.strip())
    if found is not None and found["unit"] == "b":
        number = found["number"] + found["prefix"] + found["binary"]
        help_ = f"write {number}bit for bits a second, {number}B for bytes"
        raise UsageError(f"`{text}` may mean bits or bytes", help_)
    rate = _bytes_a_second(found) if found else 0.0
    if rate < _SLOWEST:
        raise UsageError(f"`{text}` is not a rate of at least 1k", help_)
    return rate


def _bytes_a_second(found: re.Match[str]) -> float:
    units = _BINARY_UNITS if found["binary"] else _UNITS
    count = float(found["number"]) * units[found["prefix"].lower()]
    unit = found["unit"]
    return count / 8 if unit == "bps" or unit.lower().startswith("bit") else count


def limit_words(limit: Schedule) -> str:
    """A limit in both units: `20.0 MB/s (160.0 Mbit/s)`, `07:00-18:00 off, else unlimited`."""
    told = [
        f"{entry.start:%H:%M}-{entry.end:%H:%M} {_rate_words(entry.rate)}"
        if entry.start != entry.end
        else f"{'else ' if len(limit.hours) > 1 else ''}{_rate_words(entry.rate)}"
        for entry in limit.hours
    ]
    return ", ".join(told) or UNLIMITED_WORD


def _rate_words(rate: float | None) -> str:
    match rate:
        case None:
            return UNLIMITED_WORD
        case 0.0:
            return "off"
        case _:
            return both_units(rate)


class OffError(SitewalkError):
    """The timetable says `off` now: a transfer ends here, and goes on when it may."""


class RateLimiter:
    """Gives every block of every job its turn, so that all jobs together keep to the timetable.

    `share` tells which part of it is theirs just now, where other processes send over the same
    line: more than 0, and 1 is all.
    """

    def __init__(
        self,
        timetable: Schedule = UNLIMITED,
        clock: Clock | None = None,
        share: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._timetable = timetable
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._share = share

    def block(self) -> int:
        """Bytes to send at a time: an eighth of a second's, so that no server falls asleep."""
        rate = self._rate()
        if not rate:
            return BLOCK
        return max(1, min(BLOCK, int(rate / _BLOCKS_A_SECOND)))

    def take(self, count: int, pause: Callable[[float], None]) -> None:
        """Wait, by `pause`, until it is the turn of `count` more bytes.

        Raises OffError while the timetable says `off`: no server keeps a request open for a day.
        """
        rate = self._rate()
        if rate is None:
            return
        if rate == 0:
            raise OffError("off")
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now - _ARREARS, self._free_at)
            self._free_at = turn + count / rate
        if turn > now:
            pause(turn - now)

    def wait_while_off(
        self, pause: Callable[[float], None], tell: Callable[[dt.datetime], None]
    ) -> float:
        """Wait, by `pause`, until something may be sent; the seconds that took.

        `tell` is told until when, before the wait.
        """
        until = self.off_until()
        if until is None:
            return 0.0
        tell(until)
        began = self._clock.monotonic()
        # By the clock on the wall: it may be set, and a machine that sleeps wakes up late.
        while self._rate() == 0:
            pause(_LOOK_AGAIN)
        return self._clock.monotonic() - began

    def off_until(self) -> dt.datetime | None:
        """When something may be sent again; None where it may now."""
        if self._rate() != 0:
            return None
        now = self._clock.now()
        times = {time for span in self._timetable.hours for time in (span.start, span.end)}
        changes = sorted(next_moment(time, now) for time in times)
        return next((at for at in changes if self._rate_at(at) != 0), None)

    def _rate(self) -> float | None:
        rate = self._rate_at(self._clock.now()) if self._timetable.hours else None
        return rate * self._share() if rate else rate

    def _rate_at(self, moment: dt.datetime) -> float | None:
        return self._timetable.rate(local(moment).time())
