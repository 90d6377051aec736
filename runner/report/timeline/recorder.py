"""A run's timeline: measured while it goes on, or spread evenly; of a size that does not grow."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from runner.base.clock import Clock
from runner.report.timeline.timeline import Limit, Mark, MarkKind, Timeline, Track
from runner.upload.journal import BytesMoved, ProgressEvent, ProgressListener, Retrying, StepDone

SPANS = 240
"""Spans at most; when a run lasts longer, each two become one of twice the length."""

_FIRST_SPAN = 1 / 4
"""Seconds; a run of two days ends with spans of about a quarter of an hour."""

Rate = Callable[[dt.time], float | None]
"""The rate limit at a time of day, in bytes a second; None: unlimited."""


def no_limit(_time: dt.time) -> float | None:
    """The rate of a line that is not limited."""
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """A line of the timeline: a recording of a walkthrough, or one of its other requests."""

    walkthrough: str
    what: str


class Recorder:
    """Listens to a run and keeps its timeline; told from several threads."""

    def __init__(self, clock: Clock, rate: Rate = no_limit) -> None:
        self._clock = clock
        self._rate = rate
        self._started = clock.now()
        self._lock = threading.Lock()
        self._span = _FIRST_SPAN
        self._offsets: dict[_Place, int] = {}
        self._sent: dict[_Place, dict[int, int]] = {}
        self._marks: dict[tuple[MarkKind, _Place, int], Mark] = {}

    def and_also(self, listener: ProgressListener) -> ProgressListener:
        """A listener that keeps what belongs on a timeline, and passes all on."""

        def listen(event: ProgressEvent) -> None:
            self.listen(event)
            listener(event)

        return listen

    def listen(self, event: ProgressEvent) -> None:
        """Keep what belongs on a timeline."""
        with self._lock:
            match event:
                case BytesMoved():
                    self._move(_Place(event.walkthrough, event.recording), event.offset)
                case Retrying():
                    place = _Place(event.walkthrough, event.what)
                    self._mark(MarkKind.WAITED, place, event.seconds, event.reason)
                case StepDone() if event.step in set(MarkKind):
                    place = _Place(event.walkthrough, "")
                    self._mark(MarkKind(event.step), place, 0, event.detail)

    def timeline(self) -> Timeline:
        """What was kept so far."""
        with self._lock:
            tracks = (_track(place, sent) for place, sent in self._sent.items())
            return Timeline(
                self._span,
                tuple(sorted(tracks, key=lambda one: one.first)),
                tuple(sorted(self._marks.values(), key=lambda one: one.at)),
                tuple(self._limits(self._number(self._now()))),
            )

    def _move(self, place: _Place, offset: int) -> None:
        before = self._offsets.get(place, offset)  # the first offset is what the server had
        self._offsets[place] = offset
        if offset > before:
            number = self._number(self._now())  # first: it may replace all counts
            sent = self._sent.setdefault(place, {})
            sent[number] = sent.get(number, 0) + offset - before

    def _mark(self, kind: MarkKind, place: _Place, seconds: float, reason: str) -> None:
        at = self._now()
        mark = Mark(kind, place.walkthrough, place.what, at, seconds, 1, reason)
        self._keep_mark((kind, place, self._number(at)), mark)

    def _keep_mark(self, key: tuple[MarkKind, _Place, int], mark: Mark) -> None:
        """Keep a mark; several of a kind in one span become one."""
        before = self._marks.get(key)
        if before is not None:
            seconds, count = before.seconds + mark.seconds, before.count + mark.count
            mark = replace(mark, at=before.at, seconds=seconds, count=count)
        self._marks[key] = mark

    def _now(self) -> float:
        """Seconds since the start; a clock that was set back counts as one that stood still."""
        return max(0.0, (self._clock.now() - self._started).total_seconds())

    def _number(self, at: float) -> int:
        """The span of a moment, after making spans long enough to hold it."""
        while at >= SPANS * self._span:
            self._coarsen()
        return int(at / self._span)

    def _coarsen(self) -> None:
        self._span *= 2
        self._sent = {place: _halved(sent) for place, sent in self._sent.items()}
        marks, self._marks = self._marks, {}
        for (kind, place, number), mark in marks.items():
            self._keep_mark((kind, place, number // 2), mark)

    def _limits(self, spans: int) -> Iterator[Limit]:
        """The limit where one begins, and wherever it changes, to the precision of a span."""
        last = None
        for number in range(spans + 1):
            at = number * self._span
            rate = self._rate((self._started + dt.timedelta(seconds=at)).astimezone().time())
            if rate != last:
                yield Limit(at, rate)
            last = rate


def _halved(sent: dict[int, int]) -> dict[int, int]:
    halved: dict[int, int] = {}
    for number, count in sent.items():
        halved[number // 2] = halved.get(number // 2, 0) + count
    return halved


def _track(place: _Place, sent: dict[int, int]) -> Track:
    first, last = min(sent), max(sent)
    counts = tuple(sent.get(number, 0) for number in range(first, last + 1))
    return Track(place.walkthrough, place.what, first, counts)
