"""A run as it goes on: bytes done, the speed of the last ten seconds, the time left."""

import datetime as dt
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

WINDOW = 10.0
"""Seconds a speed is averaged over: long enough to be read, short enough to be believed."""

_GRAIN = 0.25
"""Seconds between two samples; there are never more than WINDOW / _GRAIN of them, and two."""

_SHORTEST = 1.0
"""Seconds; the first blocks only fill buffers, at a speed that says nothing."""

Key = tuple[str, str]
"""A walkthrough's id and the name of one of its recordings, or of another request it makes."""

_ANSWERS = "the server "
"""How the reason begins where a server answered: the network is up then."""


def cause_of(reason: str) -> str:
    """What is waited for after a request that failed for a reason: the network, or the server."""
    return "the server" if reason.startswith(_ANSWERS) else "the network"


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait for something (`the network`) that ends, with another attempt, at `until` seconds.

    `off_until` where that is the timetable, which says `off`.
    """

    cause: str
    until: float
    off_until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something has come: bytes done and in all, bytes a second.

    `given_up` are bytes besides `length` that this run will not send any more. With `cause`
    nothing moves for some `wait` seconds, because of that; with `off_until` nothing may be sent
    until then. `is_begun` once anything moved.
    """

    done: int
    length: int
    speed: float
    given_up: int = 0
    cause: str = ""
    wait: float = 0.0
    is_begun: bool = True
    off_until: dt.datetime | None = None

    @property
    def wanted(self) -> int:
        """Bytes that the run was to bring there."""
        return self.length + self.given_up

    @property
    def seconds_left(self) -> float | None:
        """At this speed; None while nothing moves."""
        if self.cause or not self.speed:
            return None
        return (self.length - self.done) / self.speed


class Speed:
    """Bytes a second over the last ten seconds, or since the start while that is less."""

    def __init__(self, now: float) -> None:
        self._moved, self._moved_at = 0, now
        self._samples = deque([(now, 0)])

    def moved(self, count: int, now: float) -> None:
        """Note bytes that have just moved."""
        self._moved += count
        self._moved_at = now
        if now - self._samples[-1][0] >= _GRAIN:
            self._samples.append((now, self._moved))
            self._forget(now)

    @property
    def is_begun(self) -> bool:
        """Whether anything moved yet."""
        return self._moved > 0

    def per_second(self, now: float) -> float:
        """The average; a time in which nothing moved counts in it."""
        if self._moved_at <= now - WINDOW:
            return 0.0  # also where the last bytes came too soon after a sample to have their own
        self._forget(now)
        then, had = self._samples[0]
        return (self._moved - had) / min(max(now - then, _SHORTEST), WINDOW)

    def _forget(self, now: float) -> None:
        while len(self._samples) > 1 and self._samples[1][0] <= now - WINDOW:
            self._samples.popleft()


class Tally:
    """How far a run and each of its recordings are; for several threads.

    What the first word about a recording says was there before, and moves nothing: it is where an
    earlier run ended. Going back, as a server may, takes away from what is done and not from what
    moved.
    """

    def __init__(self, parts: Mapping[Key, Progress], now: float) -> None:
        self._lock = threading.Lock()
        self._offsets = {key: part.done for key, part in parts.items()}
        self._lengths = {key: part.length for key, part in parts.items()}
        self._done, self._length = sum(self._offsets.values()), sum(self._lengths.values())
        self._given_up = 0
        self._speed = Speed(now)
        self._speeds: dict[Key, Speed] = {}
        self._pauses: dict[Key, Pause] = {}

    def note(self, key: Key, offset: int, now: float) -> None:
        """Note that the first `offset` bytes of a recording are there, or on their way."""
        with self._lock:
            self._pauses.pop(key, None)
            step = offset - self._offsets[key]
            self._offsets[key] = offset
            self._done += step
            if key not in self._speeds:
                self._speeds[key] = Speed(now)
            elif step > 0:
                self._speeds[key].moved(step, now)
                self._speed.moved(step, now)

    def pause(self, key: Key, pause: Pause) -> None:
        """Note that a request failed, and is made again after a while."""
        with self._lock:
            self._pauses[key] = pause

    def answered(self, walkthrough: str) -> None:
        """Note that a request of a walkthrough's own, such as its creation, was answered."""
        with self._lock:
            for key in [each for each in self._pauses if each[0] == walkthrough]:
                if key not in self._offsets:
                    del self._pauses[key]

    def leave(self, walkthrough: str) -> None:
        """Note that a walkthrough has ended: what it did not send is nothing to wait for."""
        with self._lock:
            for key in [each for each in self._pauses if each[0] == walkthrough]:
                del self._pauses[key]
            for key in [each for each in self._lengths if each[0] == walkthrough]:
                self._given_up += self._lengths[key] - self._offsets[key]
                self._lengths[key] = self._offsets[key]
                self._speeds.pop(key, None)

    def total(self, now: float) -> Progress:
        """All recordings together; they wait when none of those under way moves."""
        with self._lock:
            waits = all(key in self._pauses for key in self._keys_under_way())
            pause = (
                min(self._pauses.values(), key=lambda pause: pause.until) if self._pauses else None
            )
            length = self._length - self._given_up
            return _progress(
                self._done, length, self._speed, pause if waits else None, now, self._given_up
            )

    def under_way(self, now: float) -> dict[Key, Progress]:
        """The recordings that were begun in this run, or wait to be, and are not all there."""
        with self._lock:
            return {
                key: _progress(
                    self._offsets[key],
                    self._lengths[key],
                    self._speeds.get(key),
                    self._pauses.get(key),
                    now,
                )
                for key in self._keys_under_way()
            }

    def _keys_under_way(self) -> list[Key]:
        begun = [*self._speeds, *(key for key in self._pauses if key in self._offsets)]
        return [key for key in dict.fromkeys(begun) if self._offsets[key] < self._lengths[key]]


def _progress(
    done: int,
    length: int,
    speed: Speed | None,
    pause: Pause | None,
    now: float,
    given_up: int = 0,
) -> Progress:
    return Progress(
        done,
        length,
        speed.per_second(now) if speed else 0.0,
        given_up,
        pause.cause if pause else "",
        max(0.0, pause.until - now) if pause else 0.0,
        speed is not None and speed.is_begun,
        pause.off_until if pause else None,
    )
