"""The chart of a run's timeline: what its template draws, and where. Pure."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from runner.base.wording import counted, duration, speed
from runner.pages.report.time_scale import Bar, Scale, Tick, nice, ticks
from runner.report.results import Results, WalkthroughResult
from runner.report.summary import MARKS, WORDS
from runner.report.timeline.timeline import Mark, MarkKind, Timeline, Track

_MOST_INCIDENTS = 100
_SHORTEST = 0.01
_WAITED = MarkKind.WAITED

_TrackOrMark = TypeVar("_TrackOrMark", Track, Mark)
"""A part of a timeline that belongs to one walkthrough."""


@dataclass(frozen=True, slots=True)
class Block:
    """A walkthrough's time in its lane; `number` is its row in the page's table."""

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


Incident = tuple[dt.datetime, Mark]
"""A pause or a fault and when it was, as a row of the table below the chart."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole chart. `top` is the speed at the upper edge, in bytes a second."""

    spans: float
    top: float
    curve: str
    limits: str
    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    incidents: tuple[Incident, ...]
    interruptions: str
    summary: str


def timeline_chart(results: Results) -> Chart | None:
    """The chart of a run's timeline; None when nothing was sent and nothing went wrong."""
    timeline = results.timeline
    if not timeline.tracks and not timeline.marks:
        return None
    seconds = max([results.seconds, _SHORTEST, *(mark.at for mark in timeline.marks)])
    # A run may be shorter than a span.
    timeline = replace(timeline, span=min(timeline.span, seconds))
    results = replace(results, timeline=timeline)
    scale = Scale(timeline, seconds, nice(_peak(timeline)))
    return Chart(
        scale.spans,
        scale.top,
        scale.curve(timeline.totals(), scale.top),
        scale.limits(),
        tuple(ticks(results.started, scale)),
        tuple(_lanes(results, scale)),
        tuple(_incidents(results)),
        interruptions(results),
        _summary(results),
    )


def _peak(timeline: Timeline) -> float:
    return max(timeline.totals(), default=0) / timeline.span


def _lanes(results: Results, scale: Scale) -> Iterator[Lane]:
    """The jobs of the run: each walkthrough goes into the first lane that is free."""
    lanes = _packed(results)
    tracks = _by_walkthrough(scale.timeline.tracks)
    marks = _by_walkthrough(scale.timeline.marks)
    counts = [_lane_totals(tracks, lane) for lane in lanes]
    most = max((count for totals in counts for count in totals), default=0) / scale.timeline.span
    for lane, sent in zip(lanes, counts, strict=True):
        blocks = tuple(_block(number, result, results, scale) for number, result in lane)
        lane_marks = [mark for _, result in lane for mark in marks.get(result.id, ())]
        pauses = tuple(_pause(mark, scale) for mark in lane_marks if mark.kind is _WAITED)
        faults = tuple(_fault(mark, scale) for mark in lane_marks if mark.kind is not _WAITED)
        yield Lane(blocks, scale.curve(sent, most or 1), pauses, faults)


def _packed(results: Results) -> list[list[tuple[int, WalkthroughResult]]]:
    lanes: list[list[tuple[int, WalkthroughResult]]] = []
    ends: list[dt.datetime] = []
    timed = [
        (result.started, result.ended, number, result)
        for number, result in enumerate(results.walkthroughs, start=1)
        if result.started and result.ended
    ]
    for started, ended, number, result in sorted(timed, key=lambda entry: entry[:3]):
        free = next((lane for lane, end in enumerate(ends) if end <= started), len(lanes))
        if free == len(lanes):
            lanes.append([])
            ends.append(ended)
        lanes[free].append((number, result))
        ends[free] = ended
    return lanes


def _by_walkthrough(parts: Iterable[_TrackOrMark]) -> Mapping[str, list[_TrackOrMark]]:
    found: dict[str, list[_TrackOrMark]] = {}
    for part in parts:
        found.setdefault(part.walkthrough, []).append(part)
    return found


def _lane_totals(
    tracks: Mapping[str, Sequence[Track]], lane: Sequence[tuple[int, WalkthroughResult]]
) -> list[int]:
    lane_tracks = tuple(track for _, result in lane for track in tracks.get(result.id, ()))
    return Timeline(1.0, lane_tracks).totals()


def _block(number: int, walkthrough: WalkthroughResult, results: Results, scale: Scale) -> Block:
    start, end = (
        (at - results.started).total_seconds() if at else 0.0
        for at in (walkthrough.started, walkthrough.ended)
    )
    outcome = WORDS[walkthrough.outcome]
    return Block(
        number,
        walkthrough,
        scale.bar(start, end, f"{walkthrough.name}: {outcome} after {duration(end - start)}"),
    )


def _pause(mark: Mark, scale: Scale) -> Bar:
    times = f" ({mark.count} times)" if mark.count > 1 else ""
    title = f"{mark.what}: waited {duration(mark.seconds)}{times}: {mark.reason}"
    return scale.bar(mark.at, mark.at + mark.seconds, title)


def _fault(mark: Mark, scale: Scale) -> Tick:
    what = f"{mark.what}: " if mark.what else ""
    return scale.x(mark.at), f"{MARKS[mark.kind]}: {what}{mark.reason}"


def _incidents(results: Results) -> Iterator[Incident]:
    """The gravest pauses and faults in order of time; faults weigh more than long pauses."""
    weighty = sorted(results.timeline.marks, key=lambda mark: (mark.kind is _WAITED, -mark.seconds))
    for mark in sorted(weighty[:_MOST_INCIDENTS], key=lambda mark: mark.at):
        yield results.started + dt.timedelta(seconds=mark.at), mark


def interruptions(results: Results) -> str:
    """Pauses and faults, counted apart, as they are told everywhere on the page."""
    marks = results.timeline.marks
    pauses = sum(mark.count for mark in marks if mark.kind is _WAITED)
    faults = sum(mark.count for mark in marks if mark.kind is not _WAITED)
    counts = [counted(pauses, "pause")] if pauses else []
    counts += [counted(faults, "fault")] if faults else []
    return ", ".join(counts) or "no pauses"


def _summary(results: Results) -> str:
    """The chart in words, for those who do not see it."""
    timeline = results.timeline
    average = results.bytes_sent / max(results.seconds, _SHORTEST)
    most = max(average, _peak(timeline))
    return (
        f"Bytes a second over {duration(results.seconds)}: {speed(average)} on average, "
        f"{speed(most)} at most; {interruptions(results)}."
    )
