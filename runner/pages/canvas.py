"""The drawings on a plan's page: picture or grid, and the lanes of the walks on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.drawings.frame import Frame, can_show_picture, frame_of
from runner.drawings.picture import Picture
from runner.manifest.formats import parse_position
from runner.manifest.model import Drawing
from runner.pages.grid import Grid, grid_of
from runner.pages.lanes import DrawnRoute, DrawnWalk, Way, lanes_of
from runner.pages.pins import Pin, pins_of
from runner.plan.model import Plan, PlannedWalkthrough

WIDTH = 1000.0
"""Width of every drawing, in its own units; the height follows from its shape."""

SheetKey = tuple[str, int]
"""A drawing, by project and id."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """A drawing as a manifest has it, with its picture when that can be shown."""

    drawing: Drawing
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing with everything on it; either a picture or a grid lies under it."""

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
        """How many walks are finished, where others are not: those would be hidden among them."""
        finished = sum(walk.is_finished for walk in self.walks)
        return finished if finished < len(self.walks) else 0


def canvases_of(plan: Plan, drawings: Mapping[SheetKey, Pictured]) -> tuple[Canvas, ...]:
    """The drawings of a plan in the order of their first walk; walks are numbered as planned."""
    found: dict[SheetKey, list[tuple[int, PlannedWalkthrough]]] = {}
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
    positions = [parse_position(text) for _, planned in numbered for text in _stops(planned)]
    frame = frame_of(drawing, picture.aspect if picture else None, positions)
    if frame is None:
        raise ValueError("a drawing without positions has no place on the page")
    height = round(WIDTH / frame.aspect, 1)
    lanes = lanes_of(number, numbered, [_way(planned, frame, height) for _, planned in numbered])
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


def _stops(planned: PlannedWalkthrough) -> Iterator[str]:
    yield planned.start_position
    yield from planned.target_points
    yield planned.end_position


def _way(planned: PlannedWalkthrough, frame: Frame, height: float) -> Way:
    """A walk's stops in the drawing's units."""
    placed = (frame.place(parse_position(text)) for text in _stops(planned))
    return tuple((round(x * WIDTH, 1), round(y * height, 1)) for x, y in placed)
