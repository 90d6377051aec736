"""A picking session: a manifest as it was opened, and how positions are written into it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.base.errors import DecisionError, UsageError
from runner.base.files import rewrite_file
from runner.manifest.edit.editing import set_positions
from runner.manifest.edit.positions import Points, Positions
from runner.manifest.meaning.geometry import MAP_STYLE, POSITION_RANGE, SAME_ENDS, SWAPPED
from runner.manifest.model import Position
from runner.manifest.reading import ProjectReading, Reading, read_manifest
from runner.manifest.schema.placeholders import find_placeholders
from runner.manifest.yaml.document import Document, parse_document, read_bytes, unreadable
from runner.pages.pick.subjects import KEYS, Subject, find_subjects, positions_of
from runner.problems.problem import InvalidManifestError, Problem, Severity

_POSITION_RULES = frozenset(rule.code for rule in (POSITION_RANGE, SWAPPED, MAP_STYLE, SAME_ENDS))

_NEEDS_DRAWING = "pick needs a drawing with its id first; project and positions can wait"


class PickSession:
    """A manifest that was opened to pick positions; it is not saved over somebody else's change."""

    def __init__(self, path: Path, today: dt.date, shared: ProjectReading | None = None) -> None:
        """Read the manifest. Raises InvalidManifestError when it has no drawing to pick on.

        `shared` is its project file, which nobody picks positions in.
        """
        self.path = path
        self.today = today
        self.shared = shared
        self._raw = self._read()
        reading = self._parse(self._raw)
        if not reading.drawings:
            problems = _drawing_problems(self._document(), reading)
            raise InvalidManifestError(problems, {self._name: reading.text}, _NEEDS_DRAWING)
        self._take(reading)

    def _take(self, reading: Reading) -> None:
        self.drawings = {drawing.name: drawing for drawing in reading.drawings}
        self.project, self.drafts = reading.project, reading.drafts

    def subjects(self) -> tuple[Subject, ...]:
        """Its routes and walkthroughs, as the manifest has them now."""
        return tuple(find_subjects(self._data(), self._shared_routes))

    def routes(self) -> dict[str, Positions]:
        """The routes that its walks may take, those of the project file included."""
        data = self._data()
        own = data.get("routes") if isinstance(data, dict) else None
        named = {**self._shared_routes, **(own if isinstance(own, dict) else {})}
        return {str(name): positions_of(route) for name, route in named.items()}

    def changed(self, changes: Mapping[str, Positions]) -> bytes:
        """The manifest's bytes with positions written into them, by the keys of their subjects.

        A removed value is taken from the route, or marked as to be filled in; what waits to be
        filled in goes where a route says it.

        Raises InvalidManifestError for new mistakes, UsageError when it cannot be written.
        """
        raw = self._raw
        paths = {subject.key: subject.path for subject in self.subjects()}
        for key, positions in changes.items():
            if key not in paths:
                raise UsageError(f"{self.path} has no {key}", "load this page again")
            wanted = _by_route(positions) if positions.route else positions
            raw = set_positions(raw, self._name, paths[key], wanted, self._shared_routes)
        self._refuse_new_errors(raw)
        return raw

    def require_unchanged(self) -> None:
        """Raise DecisionError when the file has changed since it was opened or last saved."""
        if self._read() != self._raw:
            message = f"{self.path} has changed since it was opened"
            raise DecisionError(message, "load this page again, and set the positions once more")

    def write(self, changed: bytes) -> None:
        """Put these bytes in the manifest's place, whole or not at all."""
        rewrite_file(self.path, changed, "is it open elsewhere, or the folder read-only?")
        self._raw = changed

    def reload(self) -> None:
        """Read the manifest again; `save` reports a file that cannot be read."""
        raw = self._read()
        if (reading := self._parse(raw)).drawings:
            self._raw = raw
            self._take(reading)

    @property
    def _name(self) -> str:
        return self.path.as_posix()

    def _document(self) -> Document | None:
        return parse_document(self._raw, self._name)[0]

    def _data(self) -> Any:
        document = self._document()
        return document.data if document else {}

    def _read(self) -> bytes:
        try:
            return read_bytes(self.path)
        except OSError as error:
            raise InvalidManifestError([unreadable(self._name, error)], {}) from None

    def _parse(self, raw: bytes) -> Reading:
        return read_manifest(raw, self._name, self.today, self.shared)

    @property
    def _shared_routes(self) -> Mapping[str, Any]:
        routes = self.shared.value("routes") if self.shared else None
        return routes if isinstance(routes, dict) else {}

    def _refuse_new_errors(self, changed: bytes) -> None:
        before = _errors(self._parse(self._raw).problems)
        after = self._parse(changed)
        new = _errors(after.problems) - before
        if new:
            problems = [
                problem for problem in after.problems if (problem.code, problem.message) in new
            ]
            raise InvalidManifestError(problems, {self._name: after.text})


def parse_positions(request: Mapping[str, Any]) -> Positions:
    """What a page sent for one subject. Raises KeyError, TypeError or ValueError for other data.

    A value that is left out stays as it is; null removes it.
    """
    given = {name: value for name in KEYS if (value := request.get(name)) is not None}
    return Positions(
        _position(given["start"]) if "start" in given else None,
        _position(given["end"]) if "end" in given else None,
        _points(given["points"]) if "points" in given else None,
        _name(given.get("drawing")),
        frozenset(KEYS[name] for name in KEYS.keys() & request.keys() - given.keys()),
        _name(given.get("route")),
    )


def _by_route(positions: Positions) -> Positions:
    """The same, in which nothing stands in the way of what the route says."""
    taken = frozenset(KEYS.values()) - {"route"} - positions.by_key.keys()
    return replace(positions, removed=positions.removed | taken)


def _name(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("no name")
    return value


def _points(value: Any) -> Points | int:
    """Target points as positions, or only their count."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return tuple(map(_position, value))


def _position(value: Mapping[str, Any]) -> Position:
    lat, lng = float(value["lat"]), float(value["lng"])
    if not all(abs(degrees) <= 180 for degrees in (lat, lng)):  # noqa: PLR2004 - degrees; not NaN either
        raise ValueError("no position anywhere")
    return Position(lat, lng)


def _drawing_problems(document: Document | None, reading: Reading) -> Sequence[Problem]:
    """The problems that leave no drawing to pick on; placeholders elsewhere can wait."""
    placeholders = find_placeholders(document) if document else ()
    waiting = {problem for path, problem in placeholders if path[:1] != ("drawings",)}
    return [problem for problem in reading.problems if problem not in waiting] or reading.problems


def _errors(problems: Iterable[Problem]) -> Counter[tuple[str, str]]:
    """Errors about positions by code and message; their lines move as text is added.

    Other errors may show once a walkthrough is complete; they do not stop the picking.
    """
    return Counter(
        (problem.code, problem.message)
        for problem in problems
        if problem.code in _POSITION_RULES and problem.severity is Severity.ERROR
    )
