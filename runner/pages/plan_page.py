"""Own the plan as one HTML page for the person who approves it."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.manifest.model import Position
from runner.manifest.notation import parse_position
from runner.pages.rendering import render
from runner.plan.model import Plan, PlannedWalkthrough
from runner.plan.text import summary

SIDE = 1000
"""Width and height of a drawing's grid, in its own units."""

_HUES = 8
_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Walk:
    """A walkthrough on the page: its number, colour, and its two ends on the grid."""

    number: int
    hue: int
    planned: PlannedWalkthrough
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing and the walks on it."""

    name: str
    id: int
    project: str
    walks: tuple[Walk, ...]


def plan_html(plan: Plan) -> str:
    """The plan's page; every value in it is escaped."""
    return render(
        "plan.html.j2",
        styles=("plan.css",),
        scripts=("table.js",),
        plan=plan,
        summary=summary(plan),
        sheets=sheets(plan),
    )


def sheets(plan: Plan) -> tuple[Sheet, ...]:
    """The drawings of a plan in order of their first walk."""
    found: dict[tuple[str, int], list[tuple[int, PlannedWalkthrough]]] = {}
    for number, planned in enumerate(plan.walkthroughs, start=1):
        found.setdefault((planned.project, planned.drawing_id), []).append((number, planned))
    return tuple(_sheet(numbered) for numbered in found.values())


def _sheet(numbered: Sequence[tuple[int, PlannedWalkthrough]]) -> Sheet:
    ends = [
        (parse_position(one.start_position), parse_position(one.end_position))
        for _, one in numbered
    ]
    frame = _Frame.around([position for pair in ends for position in pair])
    walks = tuple(
        Walk(number, number % _HUES, planned, frame.place(start), frame.place(end))
        for (number, planned), (start, end) in zip(numbered, ends, strict=True)
    )
    first = numbered[0][1]
    return Sheet(first.drawing, first.drawing_id, first.project, walks)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The square of coordinates that a grid shows; north is up."""

    north: float
    west: float
    span: float

    @classmethod
    def around(cls, positions: Sequence[Position]) -> "_Frame":
        """The whole of a blank drawing, or a square around degrees."""
        if all(0 <= one.lat <= 1 and 0 <= one.lng <= 1 for one in positions):
            return cls(1, 0, 1)
        lats, lngs = [one.lat for one in positions], [one.lng for one in positions]
        span = max(max(lats) - min(lats), max(lngs) - min(lngs)) or 1
        margin = span * _MARGIN
        return cls(max(lats) + margin, min(lngs) - margin, span + 2 * margin)

    def place(self, position: Position) -> tuple[float, float]:
        """Where a position stands on the grid, from its upper left corner."""
        x = (position.lng - self.west) / self.span * SIDE
        return round(x, 1), round((self.north - position.lat) / self.span * SIDE, 1)
