"""Own what positions can be picked for: the routes and walkthroughs on one drawing.

They are read from the manifest's plain values, so that one that still lacks its positions, or has
marks in their place, can be given them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.manifest.document import DocumentPath
from runner.manifest.editing import Positions, understood
from runner.manifest.model import Position

_KEYS = ("start_position", "end_position", "target_points")


@dataclass(frozen=True, slots=True)
class Subject:
    """A route or walkthrough: its place in the manifest, its name, and the positions it has.

    `positions` are its own, `inherited` those of its route; `count` is a number of target points
    without positions.
    """

    path: DocumentPath
    name: str
    title: str
    positions: Positions
    inherited: Positions = field(default_factory=Positions)
    count: int = 0

    @property
    def key(self) -> str:
        """Its name on the page and in requests: `routes/level-2-loop`."""
        return f"{self.path[0]}/{self.name}"


def find_subjects(data: Any, drawing: str) -> Iterator[Subject]:
    """Yield the routes on a drawing and then the walkthroughs, in the manifest's order."""
    values = data if isinstance(data, Mapping) else {}
    listed, routes = values.get("walkthroughs"), values.get("routes")
    routes = routes if isinstance(routes, Mapping) else {}
    for name, route in routes.items():
        if isinstance(route, Mapping) and route.get("drawing") == drawing:
            yield _subject(("routes", name), str(name), "", route, {})
    for index, walk in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(walk, Mapping) or not isinstance(walk.get("id"), str):
            continue
        route = _route_of(walk, routes)
        if walk.get("drawing", route.get("drawing")) == drawing:
            title = walk.get("name")
            title = title if isinstance(title, str) else ""
            yield _subject(("walkthroughs", index), walk["id"], title, walk, route)


def _route_of(walk: Mapping[str, Any], routes: Mapping[str, Any]) -> Mapping[str, Any]:
    name = walk.get("route")
    route = routes.get(name) if isinstance(name, str) else None
    return route if isinstance(route, Mapping) else {}


def _subject(
    path: DocumentPath, name: str, title: str, own: Mapping[str, Any], route: Mapping[str, Any]
) -> Subject:
    points = {**route, **own}.get("target_points")
    count = points if isinstance(points, int) and not isinstance(points, bool) else 0
    left = {key: value for key, value in route.items() if key not in own}
    return Subject(path, name, title, _positions(own), _positions(left), count)


def _positions(values: Mapping[str, Any]) -> Positions:
    start, end, points = (understood(values.get(key)) for key in _KEYS)
    return Positions(
        start if isinstance(start, Position) else None,
        end if isinstance(end, Position) else None,
        tuple(one for one in points if isinstance(one, Position))
        if isinstance(points, tuple)
        else None,
    )
