"""The scale of a timeline chart: time in percent across, speed in units down. Pure.

Across, everything is a share of the run's time, so that the drawing stretches with the page while
its text keeps its size. A curve has one unit for each span across, and goes from 0 (most) to
`HEIGHT` (none).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from runner.report.timeline.timeline import Limit, Timeline

HEIGHT = 100

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12, 24, 48, 168)),
)
_MOST_TICKS = 6
_NARROWEST = 0.15


Tick = tuple[float, str]
"""A line across the time axis: where it is, in percent, and its label."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time, in percent, and what it was."""

    x: float
    width: float
    title: str


def nice(number: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50, … that is not below `number`."""
    step = 1.0
    while step < number:
        step *= 2.5 if f"{step:.0f}".startswith("2") else 2
    return step


@dataclass(frozen=True, slots=True)
class Scale:
    """The width holds `seconds`, the height `top` bytes a second."""

    timeline: Timeline
    seconds: float
    top: float

    @property
    def spans(self) -> float:
        """How many spans the width holds."""
        return round(self.seconds / self.timeline.span, 3)

    def x(self, at: float) -> float:
        """The position of a moment in percent; `at` in seconds after the start."""
        return round(min(max(at / self.seconds, 0.0), 1.0) * 100, 2)

    def bar(self, start: float, end: float, title: str) -> Bar:
        """A stretch of time, wide enough to be seen."""
        left = self.x(start)
        return Bar(left, max(round(self.x(end) - left, 2), _NARROWEST), title)

    def curve(self, counts: Sequence[int], top: float) -> str:
        """An SVG path of the bytes in each span, as steps closed along the bottom.

        `top` is the speed at the upper edge, in bytes a second.
        """
        if not any(counts):
            return ""
        steps = [f"M0 {HEIGHT}"]
        for number, count in enumerate(counts):
            height = min(count / self.timeline.span / top, 1.0) * HEIGHT
            steps.append(f"V{HEIGHT - height:.1f}H{number + 1}")
        return "".join([*steps, f"V{HEIGHT}Z"])

    def limits(self) -> str:
        """An SVG path of the rate limit, where it is below the upper edge."""
        line = ""
        for limit, then in pairwise([*self.timeline.limits, Limit(self.seconds, None)]):
            if limit.rate is not None and limit.rate <= self.top:
                y = HEIGHT - limit.rate / self.top * HEIGHT
                start, stop = limit.at / self.timeline.span, then.at / self.timeline.span
                line += f"M{start:.1f} {y:.1f}H{stop:.1f}"
        return line


def ticks(started: dt.datetime, scale: Scale) -> Iterator[Tick]:
    """Ticks at round times of the day in UTC; in a short run, at seconds from the start."""
    seconds = scale.seconds
    step = next((step for step in _STEPS if seconds / step <= _MOST_TICKS), _STEPS[-1])
    start = started.astimezone(dt.UTC)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    at = 0.0 if step < _MINUTE else -((start - midnight).total_seconds() % step) + step
    while at < seconds * 0.98:
        moment = start + dt.timedelta(seconds=at)
        yield scale.x(at), _tick_label(moment, at, step, seconds)
        at += step


def _tick_label(moment: dt.datetime, at: float, step: float, seconds: float) -> str:
    if step < _MINUTE:
        return f"{at:.0f} s"
    return f"{moment:%H:%M}" if seconds < _DAY else f"{moment:%d %b %H:%M}"
