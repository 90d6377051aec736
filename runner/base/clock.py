"""Time: the clock, and the wish to stop, handed in so that tests can replace both."""

import contextlib
import datetime as dt
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from runner.base.errors import StoppedError


class Clock(Protocol):
    """What the program asks of time."""

    def now(self) -> dt.datetime:
        """The moment, with its time zone."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> dt.datetime:
        """The moment in UTC."""
        return dt.datetime.now(dt.UTC)

    def monotonic(self) -> float:
        """Seconds since some moment, never set back."""
        return time.monotonic()


def seconds_slept() -> float:
    """How long the machine has slept, where `time.monotonic` leaves that out."""
    if sys.platform == "linux":
        counted = time.clock_gettime(time.CLOCK_BOOTTIME)
    elif sys.platform == "darwin":
        counted = time.clock_gettime(time.CLOCK_MONOTONIC)
    else:
        counted = time.monotonic()
    return max(0.0, counted - time.monotonic())


class SteadyClock:
    """A clock for one run: its moments are that of the start and what has passed since.

    So no duration or speed is wrong where somebody, or a time server, sets the machine's clock.
    """

    def __init__(self, clock: Clock, slept: Callable[[], float] = seconds_slept) -> None:
        self._clock = clock
        self._slept = slept
        self._start = clock.now()
        self._since = self._elapsed()

    def now(self) -> dt.datetime:
        """The moment, with its time zone."""
        return self._start + dt.timedelta(seconds=self._elapsed() - self._since)

    def monotonic(self) -> float:
        """Seconds since some moment, never set back; asleep they stand still on some systems."""
        return self._clock.monotonic()

    def _elapsed(self) -> float:
        return self._clock.monotonic() + round(self._slept(), 1)


def seconds_awake_or_asleep() -> float:
    """Seconds since some moment, those that the machine slept through included.

    So a laptop that was shut knows how old what it meant to send is. Where the system has no such
    clock, they are the seconds awake.
    """
    return time.monotonic() + seconds_slept()


def local(moment: dt.datetime) -> dt.datetime:
    """The moment as clocks here show it; in UTC where `TZ` names an offset of more than a day."""
    try:
        return moment.astimezone()
    except ValueError:
        return moment.astimezone(dt.UTC)


def next_moment(time: dt.time, after: dt.datetime, zone: dt.tzinfo | None = None) -> dt.datetime:
    """The first moment later than `after` at which clocks here, or in a zone, show a time of day.

    One that clocks leave out in spring is as much later as they are put forward; one that they show
    twice in autumn counts both times.
    """
    first = after.astimezone(zone).date()
    for days in range(_DAYS):
        naive = dt.datetime.combine(first + dt.timedelta(days), time)
        found = (moment for moment in _shown(naive, zone) if moment > after)
        if (moment := next(found, None)) is not None:
            return moment
    raise AssertionError("every day has every time of day")


_DAYS = 3
"""Today, tomorrow and, where a zone leaves out a whole day, the day after."""


def _shown(naive: dt.datetime, zone: dt.tzinfo | None) -> list[dt.datetime]:
    """The moments, in UTC and in order, at which clocks show a date and time."""
    placed = [naive.replace(fold=fold, tzinfo=zone).astimezone(dt.UTC) for fold in (0, 1)]
    shown = [
        moment for moment in placed if moment.astimezone(zone).replace(tzinfo=None, fold=0) == naive
    ]
    return sorted(shown or placed[:1])


def today(clock: Clock) -> dt.date:
    """The day it is here: the one people mean by today, and by the day of a walk."""
    return local(clock.now()).date()


class CancelToken:
    """A wish to stop, made once from any thread or signal handler, and noticed while waiting."""

    def __init__(self) -> None:
        self._wish = threading.Event()
        self._branches: list[CancelToken] = []
        self._one_at_a_time = threading.RLock()  # a signal may come to whoever holds it

    def request(self) -> None:
        """Ask everything to end at the next good moment."""
        self._wish.set()
        with self._one_at_a_time:
            for branch in self._branches:
                branch.request()

    @contextlib.contextmanager
    def branch(self) -> "Iterator[CancelToken]":
        """A token for a part of the work: requested with this one, or alone."""
        branch = CancelToken()
        with self._one_at_a_time:
            self._branches.append(branch)
        if self.requested:
            branch.request()
        try:
            yield branch
        finally:
            with self._one_at_a_time:
                self._branches.remove(branch)

    @property
    def requested(self) -> bool:
        """Whether anybody asked."""
        return self._wish.is_set()

    def check(self) -> None:
        """Raise StoppedError when somebody asked."""
        if self._wish.is_set():
            raise StoppedError

    def pause(self, seconds: float) -> None:
        """Wait, but raise StoppedError as soon as somebody asks to stop."""
        if self._wish.wait(seconds):
            raise StoppedError


class ShutdownGrace:
    """Bears with a request under way for some seconds once the run was asked to stop.

    For what should be answered if it can be, such as the create request: giving it up leaves
    something for a person to settle.
    """

    def __init__(self, stop: CancelToken, clock: Clock, seconds: float = 10.0) -> None:
        self._stop = stop
        self._clock = clock
        self._seconds = seconds
        self._ends: float | None = None

    def check(self) -> None:
        """Raise TimeoutError when the seconds are over."""
        if not self._stop.requested:
            return
        now = self._clock.monotonic()
        if self._ends is None:
            self._ends = now + self._seconds
        if now >= self._ends:
            raise TimeoutError("the run was asked to stop")
