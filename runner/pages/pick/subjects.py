"""Subjects: the routes and walkthroughs on one drawing, for which positions can be picked.

They are read from the manifest's plain values, so that those without positions, or with
placeholders for them, can be given some.
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

    `positions` are its own; `inherited` those of its route, which count where it has none.
    `is_undecided` says that it has no drawing yet, so that it may be on this one.
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
    walkthroughs, routes = values.get("walkthroughs"), values.get("routes")
    routes = routes if isinstance(routes, Mapping) else {}
    for name, route in routes.items():
        if isinstance(route, Mapping) and _may_be_on(drawing, route, {}):
            yield _subject(("routes", name), str(name), route, {})
    for index, walkthrough in enumerate(walkthroughs if isinstance(walkthroughs, list) else []):
        if isinstance(walkthrough, Mapping) and isinstance(walkthrough.get("id"), str):
            route = _route_of(walkthrough, routes)
            if _may_be_on(drawing, walkthrough, route):
                yield _subject(("walkthroughs", index), walkthrough["id"], walkthrough, route)


def _route_of(walkthrough: Mapping[str, Any], routes: Mapping[str, Any]) -> Mapping[str, Any]:
    name = walkthrough.get("route")
    route = routes.get(name) if isinstance(name, str) else None
    return route if isinstance(route, Mapping) else {}


def _may_be_on(drawing: str, entry: Mapping[str, Any], route: Mapping[str, Any]) -> bool:
    return _is_undecided(entry) or {**route, **entry}.get("drawing") == drawing


def _is_undecided(entry: Mapping[str, Any]) -> bool:
    """Whether a drawing can be written here: there is none, and no route that decides it."""
    return entry.get("drawing") in (None, TODO) and ("drawing" in entry or "route" not in entry)


def _subject(
    path: DocumentPath, name: str, entry: Mapping[str, Any], route: Mapping[str, Any]
) -> Subject:
    title = entry.get("name", "")
    positions = _positions(entry)
    hidden = entry.keys() - positions.by_key.keys()  # a placeholder of its own, for example
    return Subject(
        path,
        name,
        title if isinstance(title, str) else "",
        positions,
        _positions({key: value for key, value in route.items() if key not in hidden}),
        _is_undecided(entry),
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
