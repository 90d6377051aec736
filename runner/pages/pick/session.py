"""A session over one manifest: what it said when it was opened, and how it is written back."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.base.errors import DecisionError, UsageError
from runner.base.files import write_file
from runner.drawings.child import PictureError
from runner.drawings.frame import Frame, can_show_picture, frame_of
from runner.drawings.picture import Picture, load_picture
from runner.manifest.edit.editing import set_positions
from runner.manifest.edit.positions import Points, Positions
from runner.manifest.meaning.geometry import MAP_STYLE, POSITION_RANGE, SAME_ENDS, SWAPPED
from runner.manifest.model import Drawing, Position
from runner.manifest.reading import ProjectReading, Reading, read_manifest
from runner.manifest.schema.placeholders import find_placeholders
from runner.manifest.yaml.document import Document, parse_document, read_bytes, unreadable
from runner.pages.pick.subjects import Subject, find_subjects
from runner.problems.problem import InvalidManifestError, Problem, Severity

_ABOUT_POSITIONS = frozenset(rule.code for rule in (POSITION_RANGE, SWAPPED, MAP_STYLE, SAME_ENDS))

_FIRST = "pick needs a drawing with its id first; project and positions can wait"


_KEYS = {"start": "start_position", "end": "end_position", "points": "target_points"}
"""The script's names, and the manifest's."""


@dataclass(frozen=True, slots=True)
class PickSheet:
    """A drawing to pick on: what is known of it, its picture or why there is none, its frame."""

    drawing: Drawing
    frame: Frame
    subjects: tuple[Subject, ...]
    picture: Picture | None = None
    remark: str = ""


class PickSession:
    """A manifest that was opened to pick positions; nobody else may change it meanwhile."""

    def __init__(self, path: Path, today: dt.date, shared: ProjectReading | None = None) -> None:
        """Read the manifest; raises InvalidManifestError when it has no drawing to pick on.

        `shared` is its project file, which nobody picks positions in.
        """
        self.path = path
        self.today = today
        self.shared = shared
        self._raw = self._read()
        reading = self._understand(self._raw)
        if not reading.drawings:
            found = _about_drawings(self._document(), reading)
            raise InvalidManifestError(found, {self._name: reading.text}, _FIRST)
        self.drawings = {drawing.name: drawing for drawing in reading.drawings}

    def drawing(self, name: str | None) -> Drawing:
        """The named drawing, or the only one; raises UsageError."""
        if name is None and len(self.drawings) == 1:
            return next(iter(self.drawings.values()))
        if name in self.drawings:
            return self.drawings[name]
        names = ", ".join(self.drawings)
        message = f"there is no drawing `{name}`" if name else "there are several drawings"
        help_ = f"choose with --drawing one of: {names}"
        raise UsageError(f"{message} in {self.path}", help_)

    def sheet(self, drawing: Drawing) -> PickSheet:
        """What the manifest says of a drawing now; raises UsageError when it lies nowhere."""
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
        return PickSheet(drawing, frame, subjects, picture, remark)

    def save(self, drawing: str, key: str, positions: Positions) -> None:
        """Write positions into the manifest, and their drawing where there is none yet.

        What is removed counts as in the route, or is marked as to be filled in.

        Raises DecisionError when the file has changed since it was opened or last saved,
        InvalidManifestError for new mistakes, UsageError when they cannot be written.
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
        write_file(self.path, changed, "is it open elsewhere, or the folder read-only?")
        self._raw = changed

    def reload(self) -> None:
        """Take the manifest as it is on disk now; what cannot be read is left for `save` to say."""
        raw = self._read()
        if self._understand(raw).drawings:
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

    def _understand(self, raw: bytes) -> Reading:
        return read_manifest(raw, self._name, self.today, self.shared)

    def _picture(self, drawing: Drawing) -> tuple[Picture | None, str]:
        if drawing.image is None:
            return None, "The drawing has no image in the manifest: this is a plain grid."
        if not can_show_picture(drawing):
            return None, "The drawing has no bounds, so this is a plain grid in degrees."
        try:
            return load_picture(drawing.folder, drawing.image), ""
        except PictureError as error:
            return None, f"The image {drawing.image} {error}: this is a plain grid. {error.help}"

    def _refuse_new_errors(self, changed: bytes) -> None:
        before = _errors(self._understand(self._raw).problems)
        after = self._understand(changed)
        new = _errors(after.problems) - before
        if new:
            found = [
                problem for problem in after.problems if (problem.code, problem.message) in new
            ]
            raise InvalidManifestError(found, {self._name: after.text})


def parse_positions(asked: Mapping[str, Any]) -> Positions:
    """The positions in what the page sends; raises KeyError, TypeError or ValueError.

    What it leaves out stays as it is, and null removes what stands there.
    """
    given = {name: value for name in _KEYS if (value := asked.get(name)) is not None}
    return Positions(
        _position(given["start"]) if "start" in given else None,
        _position(given["end"]) if "end" in given else None,
        _points(given["points"]) if "points" in given else None,
        removed=frozenset(_KEYS[name] for name in _KEYS.keys() & asked.keys() - given.keys()),
    )


def _points(value: Any) -> Points | int:
    """Their positions, or their number only."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return tuple(map(_position, value))


def _position(value: Mapping[str, Any]) -> Position:
    lat, lng = float(value["lat"]), float(value["lng"])
    if not all(abs(degrees) <= 180 for degrees in (lat, lng)):  # noqa: PLR2004 - degrees; not NaN either
        raise ValueError("no position anywhere")
    return Position(lat, lng)


def _about_drawings(document: Document | None, reading: Reading) -> Sequence[Problem]:
    """The problems for which there is no drawing: what is to be filled in elsewhere can wait."""
    placeholders = find_placeholders(document) if document else ()
    waiting = {
        placeholder.problem for placeholder in placeholders if placeholder.path[:1] != ("drawings",)
    }
    return [problem for problem in reading.problems if problem not in waiting] or reading.problems


def _errors(problems: Iterable[Problem]) -> Counter[tuple[str, str]]:
    """Errors about positions, by what they say: where they stand changes as lines are added.

    Others may show as soon as a walkthrough is complete; they are no reason to leave it unfinished.
    """
    return Counter(
        (problem.code, problem.message)
        for problem in problems
        if problem.code in _ABOUT_POSITIONS and problem.severity is Severity.ERROR
    )


def _all_positions(subjects: Iterable[Subject]) -> list[Position]:
    found: list[Position] = []
    for subject in subjects:
        for known in (subject.positions, subject.inherited):
            found += [position for position in (known.start, known.end) if position is not None]
            if isinstance(known.target_points, tuple):
                found += known.target_points
    return found
