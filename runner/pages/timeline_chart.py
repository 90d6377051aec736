"""Own the geometry of a run's timeline: where its template draws what, in percent and units. Pure.

Across, everything is a share of the run's time, so that the drawing stretches with the page while
its text keeps its size. A curve has one unit for each span across, and goes from 0 (most) to
`HEIGHT` (none).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from runner.report.results import Results, WalkthroughResult
from runner.report.timeline import Limit, Mark, MarkKind, Timeline, Track
from runner.units import counted, duration, speed

HEIGHT = 100

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12, 24, 48, 168)),
)
_MOST_TICKS = 6
_MOST_INCIDENTS = 100
_SHORTEST = 0.01
_WAITED = MarkKind.WAITED

_OfOne = TypeVar("_OfOne", Track, Mark)
"""Something on a timeline that belongs to one walkthrough."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the time axis, at `x` percent."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time, in percent, and what it was."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Block:
    """A walkthrough's time in its lane; `number` is its place in the table of the page."""

    number: int
    walkthrough: WalkthroughResult
    bar: Bar


@dataclass(frozen=True, slots=True)
class Lane:
    """What one job did: its walkthroughs one after the other, its bytes, its pauses, its faults."""

    blocks: tuple[Block, ...]
    curve: str
    pauses: tuple[Bar, ...]
    faults: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """A pause or a fault, for those who would rather read than look."""

    at: dt.datetime
    mark: Mark


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing. `top` is the speed at the upper edge, in bytes a second."""

    spans: float
    top: float
    curve: str
    limits: str
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    incidents: tuple[Incident, ...]
    summary: str


def timeline_chart(results: Results) -> Chart | None:
    """The drawing of a run's timeline; None when nothing was sent and nothing went wrong."""
    timeline = results.timeline
    if not timeline.tracks and not timeline.marks:
        return None
    seconds = max([results.seconds, _SHORTEST, *(mark.at for mark in timeline.marks)])
    scale = _Scale(timeline, seconds, _nice(_peak(timeline)))
    return Chart(
        scale.spans,
        scale.top,
        scale.curve(timeline.totals(), scale.top),
        scale.limits(),
        tuple(_ticks(results.started, scale)),
        tuple(_lanes(results, scale)),
        tuple(_incidents(results)),
        _summary(results),
    )


def _peak(timeline: Timeline) -> float:
    return max(timeline.totals(), default=0) / timeline.span


def _nice(number: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, …; at least 1."""
    step = 1.0
    while step < number:
        step *= 2.5 if f"{step:.0f}".startswith("2") else 2
    return step


@dataclass(frozen=True, slots=True)
class _Scale:
    """How time and speed become places."""

    timeline: Timeline
    seconds: float
    top: float

    @property
    def spans(self) -> float:
        return round(self.seconds / self.timeline.span, 3)

    def x(self, at: float) -> float:
        return round(min(max(at / self.seconds, 0.0), 1.0) * 100, 2)

    def bar(self, start: float, end: float, title: str) -> Bar:
        left = self.x(start)
        return Bar(left, max(round(self.x(end) - left, 2), 0.15), title)

    def curve(self, counts: Sequence[int], top: float) -> str:
        """The outline of bytes in each span as steps, closed along the bottom."""
        if not any(counts):
            return ""
        steps = [f"M0 {HEIGHT}"]
        for number, count in enumerate(counts):
            height = min(count / self.timeline.span / top, 1.0) * HEIGHT
            steps.append(f"V{HEIGHT - height:.1f}H{number + 1}")
        return "".join([*steps, f"V{HEIGHT}Z"])

    def limits(self) -> str:
        """The rate limit as a line, where it is within the drawing."""
        line = ""
        for limit, then in pairwise([*self.timeline.limits, Limit(self.seconds, None)]):
            if limit.rate is not None and limit.rate <= self.top:
                y = HEIGHT - limit.rate / self.top * HEIGHT
                start, stop = limit.at / self.timeline.span, then.at / self.timeline.span
                line += f"M{start:.1f} {y:.1f}H{stop:.1f}"
        return line


def _ticks(started: dt.datetime, scale: _Scale) -> Iterator[Tick]:
    """Lines at round times of the day in UTC, or seconds from the start in a short run."""
    seconds = scale.seconds
    step = next((one for one in _STEPS if seconds / one <= _MOST_TICKS), _STEPS[-1])
    start = started.astimezone(dt.UTC)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    at = 0.0 if step < _MINUTE else -((start - midnight).total_seconds() % step) + step
    while at < seconds * 0.98:
        moment = start + dt.timedelta(seconds=at)
        yield Tick(scale.x(at), _tick_label(moment, at, step, seconds))
        at += step


def _tick_label(moment: dt.datetime, at: float, step: float, seconds: float) -> str:
    if step < _MINUTE:
        return f"{at:.0f} s"
    return f"{moment:%H:%M}" if seconds < _DAY else f"{moment:%d %b %H:%M}"


def _lanes(results: Results, scale: _Scale) -> Iterator[Lane]:
    """The jobs of the run: each walkthrough goes into the first lane that is free."""
    lanes = _packed(results)
    tracks = _by_walkthrough(scale.timeline.tracks)
    marks = _by_walkthrough(scale.timeline.marks)
    counts = [_together(tracks, lane) for lane in lanes]
    most = max((max(one, default=0) for one in counts), default=0) / scale.timeline.span
    for lane, sent in zip(lanes, counts, strict=True):
        blocks = tuple(_block(number, one, results, scale) for number, one in lane)
        own = [mark for _, one in lane for mark in marks.get(one.id, ())]
        pauses = tuple(_pause(mark, scale) for mark in own if mark.kind is _WAITED)
        faults = tuple(_fault(mark, scale) for mark in own if mark.kind is not _WAITED)
        yield Lane(blocks, scale.curve(sent, most or 1), pauses, faults)


def _packed(results: Results) -> list[list[tuple[int, WalkthroughResult]]]:
    lanes: list[list[tuple[int, WalkthroughResult]]] = []
    ends: list[dt.datetime] = []
    begun = [
        (one.started, one.ended, number, one)
        for number, one in enumerate(results.walkthroughs, start=1)
        if one.started and one.ended
    ]
    for started, ended, number, one in sorted(begun, key=lambda each: each[:3]):
        free = next((lane for lane, end in enumerate(ends) if end <= started), len(lanes))
        if free == len(lanes):
            lanes.append([])
            ends.append(ended)
        lanes[free].append((number, one))
        ends[free] = ended
    return lanes


def _by_walkthrough(ones: Iterable[_OfOne]) -> Mapping[str, list[_OfOne]]:
    found: dict[str, list[_OfOne]] = {}
    for one in ones:
        found.setdefault(one.walkthrough, []).append(one)
    return found


def _together(
    tracks: Mapping[str, Sequence[Track]], lane: Sequence[tuple[int, WalkthroughResult]]
) -> list[int]:
    own = tuple(track for _, one in lane for track in tracks.get(one.id, ()))
    return Timeline(1.0, own).totals()


def _block(number: int, one: WalkthroughResult, results: Results, scale: _Scale) -> Block:
    start, end = (
        (at - results.started).total_seconds() if at else 0.0 for at in (one.started, one.ended)
    )
    outcome = one.outcome.replace("_", " ")
    return Block(
        number, one, scale.bar(start, end, f"{one.name}: {outcome} after {duration(end - start)}")
    )


def _pause(mark: Mark, scale: _Scale) -> Bar:
    times = f" ({mark.count} times)" if mark.count > 1 else ""
    title = f"{mark.what}: waited {duration(mark.seconds)}{times}: {mark.reason}"
    return scale.bar(mark.at, mark.at + mark.seconds, title)


def _fault(mark: Mark, scale: _Scale) -> Tick:
    what = f"{mark.what}: " if mark.what else ""
    return Tick(scale.x(mark.at), f"{mark.kind}: {what}{mark.reason}")


def _incidents(results: Results) -> Iterator[Incident]:
    """The pauses and faults that weigh most, in their order: faults first, then long pauses."""
    weighty = sorted(results.timeline.marks, key=lambda one: (one.kind is _WAITED, -one.seconds))
    for mark in sorted(weighty[:_MOST_INCIDENTS], key=lambda one: one.at):
        yield Incident(results.started + dt.timedelta(seconds=mark.at), mark)


def _summary(results: Results) -> str:
    """The drawing in words, for those who do not see it."""
    timeline = results.timeline
    waits = [mark for mark in timeline.marks if mark.kind is _WAITED]
    count = sum(mark.count for mark in waits)
    pauses = counted(count, "pause") if count else "no pauses"
    average = results.bytes_sent / max(results.seconds, timeline.span)
    return (
        f"Bytes a second over {duration(results.seconds)}: {speed(average)} on average, "
        f"{speed(_peak(timeline))} at most; {pauses}."
    )
