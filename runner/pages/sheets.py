"""Own the drawings on a plan's page: picture or grid, and where the walks on it begin and end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.drawings.frame import Frame, can_show_picture, frame_of
from runner.drawings.picture import Picture
from runner.manifest.formats import parse_position
from runner.manifest.model import Drawing
from runner.pages.grid import Grid, grid_of
from runner.pages.spots import Point, Spot, spread
from runner.pages.ways import Way, side_by_side
from runner.plan.model import Plan, PlannedWalkthrough

WIDTH = 1000.0
"""Width of every drawing, in its own units; the height follows from its shape."""

HUES = 10
"""Colours in plan.css; beyond them only the numbers differ."""

SheetKey = tuple[str, int]
"""A drawing, by project and id."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """A drawing as a manifest has it, with its picture when that can be shown."""

    drawing: Drawing
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A walkthrough on the page: its number, its colour, and its way on the drawing."""

    number: int
    hue: int
    sheet: int
    planned: PlannedWalkthrough
    targets: tuple[Point, ...]
    way: Way


@dataclass(frozen=True, slots=True)
class Pin:
    """The start or the end of a walk, so far from its spot."""

    walk: Walk
    is_start: bool
    offset: Point


@dataclass(frozen=True, slots=True)
class Cluster:
    """The pins on one spot; `hidden` more are only counted, at `more` from it."""

    at: Point
    pins: tuple[Pin, ...]
    hidden: int
    more: Point


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing with everything on it; either a picture or a grid lies under it."""

    number: int
    name: str
    id: int
    project: str
    height: float
    picture: Picture | None
    grid: Grid | None
    walks: tuple[Walk, ...]
    clusters: tuple[Cluster, ...]


def sheets_of(plan: Plan, drawings: Mapping[SheetKey, Pictured]) -> tuple[Sheet, ...]:
    """The drawings of a plan in the order of their first walk; walks are numbered as planned."""
    found: dict[SheetKey, list[tuple[int, PlannedWalkthrough]]] = {}
    for number, planned in enumerate(plan.walkthroughs, start=1):
        found.setdefault((planned.project, planned.drawing_id), []).append((number, planned))
    return tuple(
        _sheet(number, numbered, drawings[key])
        for number, (key, numbered) in enumerate(found.items(), start=1)
    )


Numbered = Sequence[tuple[int, PlannedWalkthrough]]
"""Walkthroughs with their numbers on the page."""


def _sheet(number: int, numbered: Numbered, pictured: Pictured) -> Sheet:
    drawing = pictured.drawing
    picture = pictured.picture if can_show_picture(drawing) else None
    positions = [parse_position(text) for _, one in numbered for text in _stops(one)]
    frame = frame_of(drawing, picture.aspect if picture else None, positions)
    if frame is None:
        raise ValueError("a drawing without positions has no place on the page")
    height = round(WIDTH / frame.aspect, 1)
    ways = [_way(one, frame, height) for _, one in numbered]
    spots = spread([point for way in ways for point in (way[0], way[-1])])
    walks = _walks(number, numbered, ways, spots)
    first = numbered[0][1]
    return Sheet(
        number=number,
        name=first.drawing,
        id=first.drawing_id,
        project=first.project,
        height=height,
        picture=picture,
        grid=None if picture else grid_of(frame),
        walks=walks,
        clusters=tuple(_cluster(spot, walks) for spot in spots),
    )


def _walks(
    sheet: int, numbered: Numbered, ways: Sequence[Way], spots: Sequence[Spot]
) -> tuple[Walk, ...]:
    """The walks; their ways lead from pin to pin, so that walks of one route stay apart."""
    stands = {pin: place for spot in spots for pin, place in spot.places().items()}
    apart = side_by_side(ways)
    return tuple(
        Walk(
            number=number,
            hue=index % HUES,
            sheet=sheet,
            planned=planned,
            targets=apart[index][1:-1],
            way=(stands[2 * index], *apart[index][1:-1], stands[2 * index + 1]),
        )
        for index, (number, planned) in enumerate(numbered)
    )


def _cluster(spot: Spot, walks: Sequence[Walk]) -> Cluster:
    """Pins go in pairs: the start of a walk has an even index, its end the next."""
    pins = (Pin(walks[pin // 2], pin % 2 == 0, offset) for pin, offset in spot.slots.items())
    return Cluster(spot.at, tuple(pins), len(spot.hidden), spot.more)


def _stops(planned: PlannedWalkthrough) -> Iterator[str]:
    yield planned.start_position
    yield from planned.target_points
    yield planned.end_position


def _way(planned: PlannedWalkthrough, frame: Frame, height: float) -> Way:
    """A walk's stops in the drawing's units."""
    placed = (frame.place(parse_position(text)) for text in _stops(planned))
    return tuple((round(x * WIDTH, 1), round(y * height, 1)) for x, y in placed)
