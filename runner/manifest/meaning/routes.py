"""Routes: where a walk goes, by a route or a walkthrough, and which names they use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.base.wording import Suggestions, listed, shorten
from runner.manifest.model import Position
from runner.manifest.schema.accepted import AcceptedValues, Path
from runner.manifest.schema.formats import parse_position
from runner.problems.problem import Rule, Severity

UNUSED = Rule("M030", "unused", Severity.WARNING)

_KEYS = frozenset({"drawing", "start_position", "end_position", "target_points"})


TargetPoints = tuple[int, tuple[tuple[int, Position], ...]]
"""How many points of interest a walk has; where they are listed, those accepted, by index."""


@dataclass(frozen=True, slots=True)
class RouteFields:
    """Where a walk goes, as the mapping at `path` says it.

    A value is None when it is not written or was refused. `missing` are the keys that are not
    written at all; their values may be inherited.
    """

    path: Path
    missing: frozenset[str]
    drawing: str | None = None
    start_position: Position | None = None
    end_position: Position | None = None
    target_points: TargetPoints | None = None


NO_FIELDS = RouteFields((), missing=_KEYS)
"""The fields of a mapping that does not say where a walk goes."""


@dataclass(frozen=True, slots=True)
class EffectiveRoute:
    """Where a walk goes: its `own` values and, where it has none, the `inherited` ones."""

    own: RouteFields
    inherited: RouteFields

    @property
    def missing(self) -> frozenset[str]:
        """The keys that neither its own nor the inherited fields have."""
        return self.own.missing & self.inherited.missing

    @property
    def drawing(self) -> str | None:
        """The manifest's name of the drawing."""
        return self._source("drawing").drawing

    @property
    def start_position(self) -> Position | None:
        """Where the walk begins."""
        return self._source("start_position").start_position

    @property
    def end_position(self) -> Position | None:
        """Where the walk ends."""
        return self._source("end_position").end_position

    @property
    def target_points(self) -> TargetPoints | None:
        """The points of interest along the walk."""
        return self._source("target_points").target_points

    def path_of(self, key: str) -> Path:
        """Where the value of a key was written: in the walkthrough, or in its route."""
        return (*self._source(key).path, key)

    def positions(self) -> Iterator[tuple[Path, Position]]:
        """Yield all positions, each with the path where it is written."""
        if self.start_position is not None:
            yield self.path_of("start_position"), self.start_position
        if self.end_position is not None:
            yield self.path_of("end_position"), self.end_position
        for index, point in self.target_points[1] if self.target_points else ():
            yield (*self.path_of("target_points"), index), point

    def _source(self, key: str) -> RouteFields:
        return self.inherited if key in self.own.missing else self.own


NO_ROUTE = EffectiveRoute(NO_FIELDS, NO_FIELDS)
"""The route of a walkthrough that names none: it inherits nothing."""

INCOMPLETE_ROUTE = EffectiveRoute(NO_FIELDS, RouteFields((), missing=frozenset()))
"""The route of a walkthrough whose route could not be read: nobody knows what is missing."""


class Names:
    """The names that one section of a manifest defines, and which of them are used."""

    def __init__(self, section: str, rule: Rule, accepted: AcceptedValues) -> None:
        self._section = section
        self._rule = rule
        self._accepted = accepted
        self._suggestions = Suggestions()
        self._used: set[str] = set()
        self._incomplete = False
        self._defined = accepted.names((section,))
        nothing_read = not self._defined and (section,) in accepted.refused
        self._may_define_more = nothing_read or accepted.document.is_incomplete((section,))

    def use(self, name: str, path: Path) -> None:
        """Count a use of a name; reports a name that is not defined."""
        self._used.add(name)
        if name not in self._defined:
            self.mark_incomplete()
            if not self._may_define_more:
                self._report_undefined(name, path)

    def mark_incomplete(self) -> None:
        """Record that not every use is known: one could not be read, or is misspelt."""
        self._incomplete = True

    def report_unused(self, users: str) -> None:
        """Report definitions that nothing uses, unless some uses are unknown."""
        for name in () if self._incomplete else self._defined:
            if name not in self._used and not self._accepted.document.is_shared(
                (self._section, name)
            ):
                what = f"{self._section[:-1]} `{shorten(name, 60)}`"
                place = self._accepted.document.key_place((self._section, name))
                self._accepted.add(UNUSED.problem(f"no {users} uses the {what}", place))

    def _report_undefined(self, name: str, path: Path) -> None:
        near = self._suggestions.nearest(name, self._defined)
        known = listed(self._defined)
        help_ = f"did you mean `{near}`?" if near else f"defined in `{self._section}`: {known}"
        message = f"the {self._section[:-1]} `{shorten(name, 60)}` is not defined"
        self._accepted.report(self._rule, message, path, help_)


def read_route_fields(accepted: AcceptedValues, path: Path, drawings: Names) -> RouteFields:
    """Read where a walk goes from the mapping at a path; counts the use of its drawing."""
    data = accepted.mapping(path)
    missing = _missing(accepted, path, data)
    if len(missing) == len(_KEYS):
        return NO_FIELDS
    if "drawing" in data:
        drawings.use(data["drawing"], (*path, "drawing"))
    elif "drawing" not in missing:
        drawings.mark_incomplete()
    return RouteFields(
        path,
        missing,
        data.get("drawing"),
        _position(accepted, (*path, "start_position"), data.get("start_position")),
        _position(accepted, (*path, "end_position"), data.get("end_position")),
        _target_points(accepted, (*path, "target_points")),
    )


def _missing(accepted: AcceptedValues, path: Path, data: Mapping[str, Any]) -> frozenset[str]:
    if accepted.is_complete(path):
        return _KEYS.difference(data)
    keys = _KEYS.difference(data)
    return frozenset(key for key in keys if not accepted.is_incomplete_at((*path, key)))


def _position(accepted: AcceptedValues, path: Path, value: Any) -> Position | None:
    if isinstance(value, dict) and accepted.document.is_incomplete(path):
        return None  # a part of its numbers may have been refused
    return None if value is None else parse_position(value)


def _target_points(accepted: AcceptedValues, path: Path) -> TargetPoints | None:
    value = accepted.written(path)
    if isinstance(value, list):
        read = ((at, _position(accepted, (*path, at), point)) for at, point in accepted.items(path))
        return len(value), tuple((at, point) for at, point in read if point)
    return (value, ()) if isinstance(value, int) and path not in accepted.refused else None
