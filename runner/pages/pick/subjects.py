"""Subjects: the routes and walkthroughs of a manifest, for which positions can be picked.

They are read from the manifest's plain values, so that those without positions, or with
placeholders for them, can be given some.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from runner.manifest.edit.positions import Points, Positions, understood
from runner.manifest.model import Position
from runner.manifest.schema.placeholders import TODO
from runner.manifest.yaml.marks import DocumentPath

KEYS = {
    "route": "route",
    "drawing": "drawing",
    "start": "start_position",
    "end": "end_position",
    "points": "target_points",
}
"""The script's names for what can be picked, and the manifest's."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A route or walkthrough: its place in the manifest, its name, and what it says itself.

    `inherited` is what its route says, where it says nothing.
    """

    path: DocumentPath
    name: str
    title: str
    own: Positions
    inherited: Positions = field(default_factory=Positions)

    @property
    def key(self) -> str:
        """Its name on the page and in requests: `routes/level-2-loop`."""
        return f"{self.path[0]}/{self.name}"

    @property
    def is_route(self) -> bool:
        """Whether it is a route, and no walk."""
        return self.path[0] == "routes"

    @property
    def is_open(self) -> bool:
        """Whether a drawing, a start or an end is still missing."""
        own, inherited = self.own, self.inherited
        ends = (own.start or inherited.start, own.end or inherited.end)
        return not ((own.drawing or inherited.drawing) and all(ends))


def find_subjects(
    data: Any, shared_routes: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[Subject]:
    """Yield the routes and then the walkthroughs of a manifest, in order.

    `shared_routes` are those of the project file, which walks may take.
    """
    values = data if isinstance(data, Mapping) else {}
    walkthroughs, routes = values.get("walkthroughs"), values.get("routes")
    routes = routes if isinstance(routes, Mapping) else {}
    for name, route in routes.items():
        if isinstance(route, Mapping):
            yield _subject(("routes", name), str(name), route, {})
    for index, walkthrough in enumerate(walkthroughs if isinstance(walkthroughs, list) else []):
        if isinstance(walkthrough, Mapping) and isinstance(walkthrough.get("id"), str):
            route = _route_of(walkthrough, {**shared_routes, **routes})
            yield _subject(("walkthroughs", index), walkthrough["id"], walkthrough, route)


def _route_of(walkthrough: Mapping[str, Any], routes: Mapping[str, Any]) -> Mapping[str, Any]:
    name = walkthrough.get("route")
    route = routes.get(name) if isinstance(name, str) else None
    return route if isinstance(route, Mapping) else {}


def _subject(
    path: DocumentPath, name: str, entry: Mapping[str, Any], route: Mapping[str, Any]
) -> Subject:
    title = entry.get("name", "")
    own = positions_of(entry)
    hidden = entry.keys() - own.by_key.keys()  # a placeholder of its own, for example
    return Subject(
        path,
        name,
        title if isinstance(title, str) else "",
        replace(own, route=_name(entry.get("route"))),
        positions_of({key: value for key, value in route.items() if key not in hidden}),
    )


def positions_of(values: Any) -> Positions:
    """What a walkthrough or route says of its drawing and positions, without placeholders."""
    known = values if isinstance(values, Mapping) else {}
    start, end, points = (understood(known.get(KEYS[name])) for name in ("start", "end", "points"))
    return Positions(
        start if isinstance(start, Position) else None,
        end if isinstance(end, Position) else None,
        _points(points),
        _name(known.get("drawing")),
    )


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value != TODO else None


def _points(value: Any) -> Points | int | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case tuple():
            return tuple(point for point in value if isinstance(point, Position))
    return None
