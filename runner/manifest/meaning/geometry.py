"""Geometry: rules about the bounds of drawings, and the positions on them."""

from collections.abc import Iterator

from runner.base.wording import shorten
from runner.manifest.meaning.drafts import Check, Resolved
from runner.manifest.meaning.drawings import CoordinateSystem
from runner.manifest.model import WHOLE_IMAGE, Bounds, MapStyle, Position
from runner.manifest.schema.accepted import Path
from runner.manifest.yaml.document import Document, value_at
from runner.problems.problem import Problem, Rule

BOUNDS = Rule("M031", "bounds")
POSITION_RANGE = Rule("M032", "position-range")
MAP_STYLE = Rule("M033", "map-style")
SWAPPED = Rule("M034", "swapped")
SAME_ENDS = Rule("M035", "same-ends")
NO_FIX = Rule("M037", "no-fix")

_WHOLE_EARTH = Bounds(north=90, south=-90, east=180, west=-180)
_ORIGIN = Position(0, 0)
_SURELY_DEGREES = 2


def _bounds_are_a_box(resolved: Resolved) -> Iterator[Problem]:
    for system in resolved.systems.values():
        yield from check_bounds(resolved.document, system)


def check_bounds(document: Document, system: CoordinateSystem) -> Iterator[Problem]:
    """Yield what is wrong with the bounds of a drawing, where it has some."""
    path = ("drawings", system.name, "bounds")
    if system.bounds is None:
        return
    if not _is_a_box(system.bounds):
        message = "`north` must be larger than `south`, and `east` larger than `west`"
        yield document.problem(BOUNDS, message, path)
    elif not _within(system.bounds, _limits(system)):
        message = f"the bounds leave the range of a {system.map_style} drawing"
        yield document.problem(BOUNDS, message, path, _range_help(system))


def _is_a_box(bounds: Bounds) -> bool:
    return bounds.north > bounds.south and bounds.east > bounds.west


def _within(inner: Bounds, outer: Bounds) -> bool:
    return (
        inner.north <= outer.north
        and inner.south >= outer.south
        and inner.east <= outer.east
        and inner.west >= outer.west
    )


def _limits(system: CoordinateSystem) -> Bounds:
    return WHOLE_IMAGE if system.map_style is MapStyle.BLANK else _WHOLE_EARTH


def _range_help(system: CoordinateSystem) -> str:
    if system.map_style is MapStyle.BLANK:
        return "0 to 1 on a blank drawing; a satellite drawing says `map_style: satellite`"
    return "-90 to 90 and -180 to 180 on a satellite drawing"


def _positions_are_on_the_drawing(resolved: Resolved) -> Iterator[Problem]:
    seen: set[tuple[Path, str]] = set()  # a route's position is looked at once, not once per walk
    for route in resolved.effective_routes():
        system = resolved.systems.get(route.drawing or "")
        for path, position in route.positions() if system else ():
            if system and (path, system.name) not in seen:
                seen.add((path, system.name))
                yield from _check_position(resolved, system, position, path)


def _check_position(
    resolved: Resolved, system: CoordinateSystem, position: Position, path: Path
) -> Iterator[Problem]:
    bounds = system.bounds
    if not _inside(position, _limits(system)):
        rule, what = _out_of_range(system, position)
        yield resolved.document.problem(
            rule, f"{_as_written(resolved, path)}{what}", path, _range_help(system)
        )
    elif system.map_style is MapStyle.SATELLITE and position == _ORIGIN:
        message = "`0,0` is what a GPS without a fix writes, not a place on the drawing"
        help_ = "copy the place from a map"
        yield resolved.document.problem(NO_FIX, message, path, help_)
    elif system.map_style is MapStyle.SATELLITE and _inside(position, WHOLE_IMAGE):
        shown = _as_written(resolved, path)
        message = f"{shown} looks like 0 to 1 coordinates, but the drawing is a satellite one"
        help_ = "positions on a satellite drawing are degrees; is it `map_style: blank`?"
        yield resolved.document.problem(MAP_STYLE, message, path, help_)
    elif bounds and _is_a_box(bounds) and not _inside(position, bounds):
        yield _out_of_bounds(resolved, bounds, position, path)


def _as_written(resolved: Resolved, path: Path) -> str:
    """A position as the manifest writes it, such as `7, 7`, not as it was parsed."""
    value = value_at(resolved.document.data, path)
    text = value if isinstance(value, str) else f"{value['lat']}, {value['lng']}"
    return f"`{shorten(text.strip(), 60)}`"


def _inside(position: Position, bounds: Bounds) -> bool:
    return (
        bounds.south <= position.lat <= bounds.north and bounds.west <= position.lng <= bounds.east
    )


def _out_of_range(system: CoordinateSystem, position: Position) -> tuple[Rule, str]:
    """The rule that a position breaks, and the words that follow it in the message."""
    far = max(abs(position.lat), abs(position.lng)) >= _SURELY_DEGREES
    if system.map_style is MapStyle.BLANK and far and _inside(position, _WHOLE_EARTH):
        name = shorten(system.name, 60)
        return MAP_STYLE, f" looks like degrees, but the drawing `{name}` is blank"
    if system.map_style is MapStyle.SATELLITE and _inside(_swapped(position), _WHOLE_EARTH):
        return SWAPPED, ": latitude and longitude look swapped"
    return POSITION_RANGE, f" is not on a {system.map_style} drawing"


def _out_of_bounds(resolved: Resolved, bounds: Bounds, position: Position, path: Path) -> Problem:
    shown = _as_written(resolved, path)
    if _inside(_swapped(position), bounds):
        message = f"{shown}: latitude and longitude look swapped"
        return resolved.document.problem(SWAPPED, message, path, "latitude comes first")
    message = f"{shown} lies outside the drawing's bounds"
    help_ = "check the position, or `bounds`"
    return resolved.document.problem(POSITION_RANGE, message, path, help_)


def _swapped(position: Position) -> Position:
    return Position(position.lng, position.lat)


def _walks_go_somewhere(resolved: Resolved) -> Iterator[Problem]:
    for route in resolved.effective_routes():
        start, end = route.start_position, route.end_position
        if start is not None and start == end:
            help_ = "the walked path is fitted between the two; move one of them a little"
            path = route.path_of("end_position")
            message = "the walk ends where it starts"
            yield resolved.document.problem(SAME_ENDS, message, path, help_)


GEOMETRY: tuple[Check, ...] = (
    _bounds_are_a_box,
    _positions_are_on_the_drawing,
    _walks_go_somewhere,
)
