"""A picking session: a manifest as it was opened, and how positions are written into it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.base.errors import DecisionError, UsageError
from runner.base.files import rewrite_file
from runner.drawings.child import PictureError
from runner.drawings.frame import Frame, can_show_picture, frame_of
from runner.drawings.picture import Picture, load_picture
from runner.manifest.edit.editing import set_positions
from runner.manifest.edit.positions import Points, Positions
from runner.manifest.meaning.geometry import MAP_STYLE, POSITION_RANGE, SAME_ENDS, SWAPPED
from runner.manifest.model import Drawing, Position
from runner.manifest.reading import Reading, read_manifest
from runner.manifest.schema.placeholders import find_placeholders
from runner.manifest.yaml.document import Document, parse_document, read_bytes, unreadable
from runner.pages.pick.subjects import Subject, find_subjects
from runner.problems.problem import InvalidManifestError, Problem, Severity

_POSITION_RULES = frozenset(rule.code for rule in (POSITION_RANGE, SWAPPED, MAP_STYLE, SAME_ENDS))

_NEEDS_DRAWING = "pick needs a drawing with its id first; project and positions can wait"


_KEYS = {"start": "start_position", "end": "end_position", "points": "target_points"}
"""The script's names, and the manifest's."""


@dataclass(frozen=True, slots=True)
class PickCanvas:
    """A drawing to pick on: its frame, its subjects, its picture; `remark` says why it has none."""

    drawing: Drawing
    frame: Frame
    subjects: tuple[Subject, ...]
    picture: Picture | None = None
    remark: str = ""


class PickSession:
    """A manifest that was opened to pick positions; it is not saved over somebody else's change."""

    def __init__(self, path: Path, today: dt.date) -> None:
        """Read the manifest. Raises InvalidManifestError when it has no drawing to pick on."""
        self.path = path
        self.today = today
        self._raw = self._read()
        reading = self._parse(self._raw)
        if not reading.drawings:
            problems = _drawing_problems(self._document(), reading)
            raise InvalidManifestError(problems, {self._name: reading.text}, _NEEDS_DRAWING)
        self.drawings = {drawing.name: drawing for drawing in reading.drawings}

    def drawing(self, name: str | None) -> Drawing:
        """The named drawing, or the only one. Raises UsageError when there is no such drawing."""
        if name is None and len(self.drawings) == 1:
            return next(iter(self.drawings.values()))
        if name in self.drawings:
            return self.drawings[name]
        names = ", ".join(self.drawings)
        message = f"there is no drawing `{name}`" if name else "there are several drawings"
        help_ = f"choose with --drawing one of: {names}"
        raise UsageError(f"{message} in {self.path}", help_)

    def canvas(self, drawing: Drawing) -> PickCanvas:
        """The drawing with what the manifest says now.

        Raises UsageError when nothing is on it, or when nothing says where it lies.
        """
        subjects = tuple(find_subjects(self._data(), drawing.name))
        if not subjects:
            message = f"no walkthrough or route of {self.path} is on the drawing `{drawing.name}`"
            raise UsageError(message, "add one first: its id, date, files and drawing")
        picture, remark = self._picture(drawing)
        aspect = picture.aspect if picture else None
        frame = frame_of(drawing, aspect, _all_positions(subjects))
        if frame is None:
            message = f"nothing says where on Earth the drawing `{drawing.name}` lies"
            raise UsageError(message, "add its `bounds` in degrees, or write one position by hand")
        return PickCanvas(drawing, frame, subjects, picture, remark)

    def save(self, drawing: str, key: str, positions: Positions) -> None:
        """Write positions into the manifest, and their drawing where it has none yet.

        A removed position is taken from the route, or marked as to be filled in.

        Raises DecisionError when the file has changed since it was opened or last saved,
        InvalidManifestError for new mistakes, UsageError when the positions cannot be written.
        """
        subjects = {subject.key: subject for subject in find_subjects(self._data(), drawing)}
        if key not in subjects:
            raise UsageError(f"{self.path} has no {key} on the drawing `{drawing}`")
        subject = subjects[key]
        if subject.is_undecided and positions.by_key:
            positions = replace(positions, drawing=drawing)
        changed = set_positions(self._raw, self._name, subject.path, positions)
        self._refuse_new_errors(changed)
        if self._read() != self._raw:
            message = f"{self.path} has changed since it was opened"
            raise DecisionError(message, "load this page again, and set the positions once more")
        rewrite_file(self.path, changed, "is it open elsewhere, or the folder read-only?")
        self._raw = changed

    def reload(self) -> None:
        """Read the manifest again; `save` reports a file that cannot be read."""
        raw = self._read()
        if self._parse(raw).drawings:
            self._raw = raw

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
        return read_manifest(raw, self._name, self.today)

    def _picture(self, drawing: Drawing) -> tuple[Picture | None, str]:
        if drawing.image is None:
            return None, "The drawing has no image in the manifest: this is a plain grid."
        if not can_show_picture(drawing):
            return None, "The drawing has no bounds, so this is a plain grid in degrees."
        try:
            return load_picture(self.path.parent, drawing.image), ""
        except PictureError as error:
            return None, f"The image {drawing.image} {error}: this is a plain grid. {error.help}"

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
    """The positions that a page sent. Raises KeyError, TypeError or ValueError for other data.

    A position that is left out stays as it is; null removes it.
    """
    given = {name: value for name in _KEYS if (value := request.get(name)) is not None}
    return Positions(
        _position(given["start"]) if "start" in given else None,
        _position(given["end"]) if "end" in given else None,
        _points(given["points"]) if "points" in given else None,
        removed=frozenset(_KEYS[name] for name in _KEYS.keys() & request.keys() - given.keys()),
    )


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
    waiting = {
        placeholder.problem for placeholder in placeholders if placeholder.path[:1] != ("drawings",)
    }
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


def _all_positions(subjects: Iterable[Subject]) -> list[Position]:
    found: list[Position] = []
    for subject in subjects:
        for given in (subject.positions, subject.inherited):
            found += [position for position in (given.start, given.end) if position is not None]
            if isinstance(given.target_points, tuple):
                found += given.target_points
    return found
