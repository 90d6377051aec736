"""Recording of a run's timeline while it runs; its size is bounded."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from runner.base.clock import Clock, local
from runner.report.timeline.timeline import Limit, Mark, MarkKind, Timeline, Track
from runner.upload.journal import BytesMoved, ProgressEvent, ProgressListener, Retrying, StepDone

SPANS = 240
"""Spans at most; in a longer run, pairs of spans are merged into spans of twice the length."""

_FIRST_SPAN = 1 / 4
"""Seconds; a run of two days ends with spans of about a quarter of an hour."""

Rate = Callable[[dt.time], float | None]
"""The rate limit at a time of day, in bytes a second; None: unlimited."""


def no_limit(_time: dt.time) -> float | None:
    """No rate limit at any time."""
    return None


_TrackKey = tuple[str, str]
"""What a track or mark is of: a walkthrough, and a recording or another of its requests."""


class Recorder:
    """Listens to a run and keeps its timeline; may be called from several threads."""

    def __init__(self, clock: Clock, rate: Rate = no_limit) -> None:
        self._clock = clock
        self._rate = rate
        self._started, self._since = clock.now(), clock.monotonic()
        self._lock = threading.Lock()
        self._span = _FIRST_SPAN
        self._offsets: dict[_TrackKey, int] = {}
        self._sent: dict[_TrackKey, dict[int, int]] = {}
        self._marks: dict[tuple[MarkKind, _TrackKey, int], Mark] = {}

    def and_also(self, listener: ProgressListener) -> ProgressListener:
        """A listener that records events and passes them on."""

        def listen(event: ProgressEvent) -> None:
            self.listen(event)
            listener(event)

        return listen

    def listen(self, event: ProgressEvent) -> None:
        """Record an event, if it belongs on a timeline."""
        with self._lock:
            match event:
                case BytesMoved():
                    self._move((event.walkthrough, event.recording), event.offset)
                case Retrying():
                    key = event.walkthrough, event.what
                    self._mark(MarkKind.WAITED, key, event.seconds, event.reason)
                case StepDone() if event.step in set(MarkKind):
                    key = event.walkthrough, ""
                    self._mark(MarkKind(event.step), key, 0, event.detail)

    def timeline(self) -> Timeline:
        """The timeline so far."""
        with self._lock:
            tracks = (_track(key, sent) for key, sent in self._sent.items())
            return Timeline(
                self._span,
                tuple(sorted(tracks, key=lambda track: track.first)),
                tuple(sorted(self._marks.values(), key=lambda mark: mark.at)),
                tuple(self._limits(self._number(self._now()))),
            )

    def _move(self, key: _TrackKey, offset: int) -> None:
        before = self._offsets.get(key, offset)  # the first offset is what the server had
        self._offsets[key] = offset
        if offset > before:
            number = self._number(self._now())  # first: it may replace all counts
            sent = self._sent.setdefault(key, {})
            sent[number] = sent.get(number, 0) + offset - before

    def _mark(self, kind: MarkKind, key: _TrackKey, seconds: float, reason: str) -> None:
        at = self._now()
        mark = Mark(kind, *key, at, seconds, 1, reason)
        self._keep_mark((kind, key, self._number(at)), mark)

    def _keep_mark(self, span_key: tuple[MarkKind, _TrackKey, int], mark: Mark) -> None:
        """Keep a mark; marks of a kind in the same span are merged."""
        before = self._marks.get(span_key)
        if before is not None:
            seconds, count = before.seconds + mark.seconds, before.count + mark.count
            mark = replace(mark, at=before.at, seconds=seconds, count=count)
        self._marks[span_key] = mark

    def _now(self) -> float:
        """Seconds since the start, whatever the machine's clock is set to meanwhile."""
        return self._clock.monotonic() - self._since

    def _number(self, at: float) -> int:
        """The number of the span at a moment; spans are made long enough to hold it."""
        while at >= SPANS * self._span:
            self._coarsen()
        return int(at / self._span)

    def _coarsen(self) -> None:
        self._span *= 2
        self._sent = {key: _halved(sent) for key, sent in self._sent.items()}
        marks, self._marks = self._marks, {}
        for (kind, key, number), mark in marks.items():
            self._keep_mark((kind, key, number // 2), mark)

    def _limits(self, spans: int) -> Iterator[Limit]:
        """The rate limits where they change, to the precision of a span."""
        last = None
        for number in range(spans + 1):
            at = number * self._span
            rate = self._rate(local(self._started + dt.timedelta(seconds=at)).time())
            if rate != last:
                yield Limit(at, rate)
            last = rate


def _halved(sent: dict[int, int]) -> dict[int, int]:
    halved: dict[int, int] = {}
    for number, count in sent.items():
        halved[number // 2] = halved.get(number // 2, 0) + count
    return halved


def _track(key: _TrackKey, sent: dict[int, int]) -> Track:
    first, last = min(sent), max(sent)
    counts = tuple(sent.get(number, 0) for number in range(first, last + 1))
    return Track(*key, first, counts)
