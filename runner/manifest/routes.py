"""Routes: where a walk goes, as a route or a walkthrough says it, and which names it uses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.manifest.model import Position
from runner.manifest.notation import parse_position
from runner.manifest.sound import Path, Sound
from runner.rules.meaning import UNUSED
from runner.rules.rule import Rule
from runner.suggestions import Suggestions, listed
from runner.units import shorten

_KEYS = frozenset({"drawing", "start_position", "end_position", "target_points"})


@dataclass(frozen=True, slots=True)
class TargetPoints:
    """How many points of interest a walk has; where they are listed, the sound ones by index."""

    count: int = 0
    points: tuple[tuple[int, Position], ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """What the mapping at `path` says of a walk's course.

    A value is None when it is not said or not sound; `missing` are the keys of those that are not
    said at all, and may be taken from elsewhere.
    """

    path: Path
    missing: frozenset[str]
    drawing: str | None = None
    start_position: Position | None = None
    end_position: Position | None = None
    target_points: TargetPoints | None = None


NOTHING_SAID = Course((), missing=_KEYS)
"""Of a mapping that leaves its whole course to be taken from elsewhere."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a walk goes: by its `own` course and, for what that does not say, the one `taken`."""

    own: Course
    taken: Course

    @property
    def missing(self) -> frozenset[str]:
        """The keys that neither says."""
        return self.own.missing & self.taken.missing

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
        """All positions and where they were written."""
        if self.start_position is not None:
            yield self.path_of("start_position"), self.start_position
        if self.end_position is not None:
            yield self.path_of("end_position"), self.end_position
        for index, point in self.target_points.points if self.target_points else ():
            yield (*self.path_of("target_points"), index), point

    def _source(self, key: str) -> Course:
        return self.taken if key in self.own.missing else self.own


NO_ROUTE = Way(NOTHING_SAID, NOTHING_SAID)
"""Of a walkthrough that has no route: it says everything itself."""

UNKNOWN_ROUTE = Way(NOTHING_SAID, Course((), missing=frozenset()))
"""Of a walkthrough whose route is not known: whatever is not said may stand there."""


class Names:
    """The names that one section of the manifest defines."""

    def __init__(self, section: str, rule: Rule, sound: Sound) -> None:
        self._section = section
        self._rule = rule
        self._sound = sound
        self._suggestions = Suggestions()
        self._used: set[str] = set()
        self._is_certain = True
        self._defined = sound.names((section,))
        nothing_read = not self._defined and (section,) in sound.refused
        self._may_define_more = nothing_read or sound.document.is_incomplete((section,))

    def use(self, name: str, path: Path) -> None:
        """Count a use of a name, and report one that is not defined."""
        self._used.add(name)
        if name not in self._defined:
            self.doubt()
            if not self._may_define_more:
                self._report_undefined(name, path)

    def doubt(self) -> None:
        """Say that a use may have gone unseen: in what could not be read, or misspelt."""
        self._is_certain = False

    def report_unused(self, users: str) -> None:
        """Warn of definitions nothing uses, unless a mistake elsewhere may be the reason."""
        for name in self._defined if self._is_certain else ():
            if name not in self._used:
                what = f"{self._section[:-1]} `{shorten(name, 60)}`"
                place = self._sound.document.key_place((self._section, name))
                self._sound.add(UNUSED.problem(f"no {users} uses the {what}", place))

    def _report_undefined(self, name: str, path: Path) -> None:
        near = self._suggestions.nearest(name, self._defined)
        known = listed(self._defined)
        help_ = f"did you mean `{near}`?" if near else f"defined in `{self._section}`: {known}"
        message = f"the {self._section[:-1]} `{shorten(name, 60)}` is not defined"
        self._sound.report(self._rule, message, path, help_)


def read_course(sound: Sound, path: Path, drawings: Names) -> Course:
    """The course that the mapping at a path describes; counts the use of its drawing."""
    data = sound.mapping(path)
    missing = _missing(sound, path, data)
    if len(missing) == len(_KEYS):
        return NOTHING_SAID
    if "drawing" in data:
        drawings.use(data["drawing"], (*path, "drawing"))
    elif "drawing" not in missing:
        drawings.doubt()
    return Course(
        path,
        missing,
        data.get("drawing"),
        _position(sound, (*path, "start_position"), data.get("start_position")),
        _position(sound, (*path, "end_position"), data.get("end_position")),
        _target_points(sound, (*path, "target_points")),
    )


def _missing(sound: Sound, path: Path, data: Mapping[str, Any]) -> frozenset[str]:
    if sound.is_whole(path):
        return _KEYS.difference(data)
    keys = _KEYS.difference(data)
    return frozenset(key for key in keys if sound.knows((*path, key)))


def _position(sound: Sound, path: Path, value: Any) -> Position | None:
    if isinstance(value, dict) and sound.document.is_incomplete(path):
        return None  # what was refused of it may be a part of its numbers
    return None if value is None else parse_position(value)


def _target_points(sound: Sound, path: Path) -> TargetPoints | None:
    value = sound.written(path)
    if isinstance(value, list):
        read = ((at, _position(sound, (*path, at), point)) for at, point in sound.items(path))
        return TargetPoints(len(value), tuple((at, point) for at, point in read if point))
    return TargetPoints(value) if isinstance(value, int) and path not in sound.refused else None
