"""Subjects: the routes and walkthroughs on one drawing, for which positions can be picked.

They are read from the manifest's plain values, so that one that still lacks its positions, or has
marks in their place, can be given them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.manifest.edit.positions import Points, Positions, understood
from runner.manifest.model import Position
from runner.manifest.schema.placeholders import TODO
from runner.manifest.yaml.marks import DocumentPath

_KEYS = ("start_position", "end_position", "target_points")


@dataclass(frozen=True, slots=True)
class Subject:
    """A route or walkthrough: its place in the manifest, its name, and the positions it has.

    `positions` are its own; `inherited` those of its route, which count where it has none. What is
    undecided has no drawing yet, so that it may be on this one.
    """

    path: DocumentPath
    name: str
    title: str
    positions: Positions
    inherited: Positions = field(default_factory=Positions)
    is_undecided: bool = False

    @property
    def key(self) -> str:
        """Its name on the page and in requests: `routes/level-2-loop`."""
        return f"{self.path[0]}/{self.name}"


def find_subjects(data: Any, drawing: str) -> Iterator[Subject]:
    """Yield the routes and then the walkthroughs that are, or may be, on a drawing, in order."""
    values = data if isinstance(data, Mapping) else {}
    listed, routes = values.get("walkthroughs"), values.get("routes")
    routes = routes if isinstance(routes, Mapping) else {}
    for name, route in routes.items():
        if isinstance(route, Mapping) and _may_be_on(drawing, route, {}):
            yield _subject(("routes", name), str(name), route, {})
    for index, walk in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(walk, Mapping) and isinstance(walk.get("id"), str):
            route = _route_of(walk, routes)
            if _may_be_on(drawing, walk, route):
                yield _subject(("walkthroughs", index), walk["id"], walk, route)


def _route_of(walk: Mapping[str, Any], routes: Mapping[str, Any]) -> Mapping[str, Any]:
    name = walk.get("route")
    route = routes.get(name) if isinstance(name, str) else None
    return route if isinstance(route, Mapping) else {}


def _may_be_on(drawing: str, own: Mapping[str, Any], route: Mapping[str, Any]) -> bool:
    return _is_undecided(own) or {**route, **own}.get("drawing") == drawing


def _is_undecided(own: Mapping[str, Any]) -> bool:
    """Whether a drawing can be written here: there is none, and no route that decides it."""
    return own.get("drawing") in (None, TODO) and ("drawing" in own or "route" not in own)


def _subject(
    path: DocumentPath, name: str, own: Mapping[str, Any], route: Mapping[str, Any]
) -> Subject:
    title = own.get("name", "")
    positions = _positions(own)
    hidden = own.keys() - positions.by_key.keys()  # a blank of its own, for example
    return Subject(
        path,
        name,
        title if isinstance(title, str) else "",
        positions,
        _positions({key: value for key, value in route.items() if key not in hidden}),
        _is_undecided(own),
    )


def _positions(values: Mapping[str, Any]) -> Positions:
    start, end, points = (understood(values.get(key)) for key in _KEYS)
    return Positions(
        start if isinstance(start, Position) else None,
        end if isinstance(end, Position) else None,
        _points(points),
    )


def _points(value: Any) -> Points | int | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case tuple():
            return tuple(point for point in value if isinstance(point, Position))
    return None
