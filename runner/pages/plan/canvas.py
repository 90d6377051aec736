"""Canvas of a plan's page: a drawing's picture or grid, with lanes and pins on it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.drawings.frame import Frame, can_show_picture, frame_of
from runner.drawings.picture import Picture
from runner.manifest.model import Drawing, Position
from runner.manifest.schema.formats import parse_position
from runner.pages.plan.lanes import WIDTH, DrawnRoute, DrawnWalk, Stops, lanes_of
from runner.pages.plan.pins import Pin, pins_of
from runner.plan.model import Plan, PlannedWalkthrough

_FEWEST_LINES = 4


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of equal longitude or latitude, `at` 0 to 1 from the left or upper edge."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines down and the lines across."""

    down: tuple[GridLine, ...]
    across: tuple[GridLine, ...]


def grid_of(frame: Frame) -> Grid:
    """Lines at round coordinates, some four to ten in each direction."""
    box = frame.bounds
    down = (
        GridLine(frame.place(Position(box.south, lng))[0], label)
        for lng, label in _round_numbers(box.west, box.east)
    )
    across = (
        GridLine(frame.place(Position(lat, box.west))[1], label)
        for lat, label in _round_numbers(box.south, box.north)
    )
    return Grid(tuple(down), tuple(across))


def _round_numbers(low: float, high: float) -> Iterator[tuple[float, str]]:
    step, decimals = _step(high - low)
    for index in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        yield index * step, f"{index * step:.{decimals}f}"


def _step(span: float) -> tuple[float, int]:
    """The largest step of 1, 2, 5, 10, … that gives enough lines, and its decimals."""
    power = math.floor(math.log10(span / _FEWEST_LINES))
    digit = next(
        digit for digit in (5, 2, 1) if digit * 10.0**power * _FEWEST_LINES <= span * (1 + 1e-9)
    )
    return digit * 10.0**power, max(0, -power)


DrawingKey = tuple[str, int]
"""A drawing, by project and id."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """A drawing of a manifest, with its picture where it can be shown."""

    drawing: Drawing
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing with everything on it; under it lies either a picture or a grid."""

    number: int
    name: str
    id: int
    project: str
    height: float
    picture: Picture | None
    grid: Grid | None
    lanes: tuple[DrawnRoute, ...]
    pins: tuple[Pin, ...]

    @property
    def walks(self) -> tuple[DrawnWalk, ...]:
        """All its walks, by lane."""
        return tuple(walk for lane in self.lanes for walk in lane.walks)

    @property
    def finished(self) -> int:
        """How many walks are finished; 0 where all are, for then nothing is hidden among them."""
        finished = sum(walk.is_finished for walk in self.walks)
        return finished if finished < len(self.walks) else 0


def canvases_of(plan: Plan, drawings: Mapping[DrawingKey, Pictured]) -> tuple[Canvas, ...]:
    """The drawings of a plan by their first walk; walks are numbered in the plan's order."""
    found: dict[DrawingKey, list[tuple[int, PlannedWalkthrough]]] = {}
    for number, planned in enumerate(plan.walkthroughs, start=1):
        found.setdefault((planned.project, planned.drawing_id), []).append((number, planned))
    return tuple(
        _canvas(number, numbered, drawings[key])
        for number, (key, numbered) in enumerate(found.items(), start=1)
    )


def _canvas(
    number: int, numbered: Sequence[tuple[int, PlannedWalkthrough]], pictured: Pictured
) -> Canvas:
    drawing = pictured.drawing
    picture = pictured.picture if can_show_picture(drawing) else None
    positions = [parse_position(text) for _, planned in numbered for text in _positions(planned)]
    frame = frame_of(drawing, picture.aspect if picture else None, positions)
    if frame is None:
        raise ValueError("a drawing without positions has no place on the page")
    height = round(WIDTH / frame.aspect, 1)
    lanes = lanes_of(
        number, numbered, [_drawn_stops(planned, frame, height) for _, planned in numbered]
    )
    first = numbered[0][1]
    return Canvas(
        number=number,
        name=first.drawing,
        id=first.drawing_id,
        project=first.project,
        height=height,
        picture=picture,
        grid=None if picture else grid_of(frame),
        lanes=lanes,
        pins=pins_of(lanes, height),
    )


def _positions(planned: PlannedWalkthrough) -> Iterator[str]:
    yield planned.start_position
    yield from planned.target_points
    yield planned.end_position


def _drawn_stops(planned: PlannedWalkthrough, frame: Frame, height: float) -> Stops:
    """The stops of a walk in the drawing's units."""
    placed = (frame.place(parse_position(text)) for text in _positions(planned))
    return tuple((round(x * WIDTH, 1), round(y * height, 1)) for x, y in placed)
