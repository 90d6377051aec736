"""The desk: all manifests that are picked in, with their walks, their drawings and their routes."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.base.errors import UsageError
from runner.drawings.child import PictureError
from runner.drawings.frame import Frame, can_show_picture, frame_of
from runner.drawings.picture import Picture, PictureLoader
from runner.manifest.edit.positions import Positions
from runner.manifest.model import Drawing, Position
from runner.pages.pick.session import PickSession, parse_positions
from runner.pages.pick.subjects import Subject
from runner.pages.pick.walks import LikelyRoute, Walk, likely_routes

Walks = Sequence[Walk]
"""The walks of one manifest."""


@dataclass(frozen=True, slots=True)
class PickCanvas:
    """A drawing to pick on: its frame, its picture; `remark` says why it has none."""

    drawing: Drawing
    frame: Frame
    picture: Picture | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PickSubject:
    """A route or walk of the manifest with this number, and what the desk knows of it.

    `walk` is None for a route; `routes` are those that a walk may take, the likeliest first.
    """

    manifest: int
    subject: Subject
    walk: Walk | None = None
    routes: tuple[LikelyRoute, ...] = ()

    @property
    def key(self) -> str:
        """Its name on the page and in requests: `0/walkthroughs/level-2`."""
        return f"{self.manifest}/{self.subject.key}"


@dataclass(frozen=True, slots=True)
class DeskView:
    """The desk as a page shows it: what is open first, then other walks, then routes.

    `drawings` has, for each manifest, the number of the canvas of each of its drawings.
    """

    files: tuple[str, ...]
    subjects: tuple[PickSubject, ...]
    canvases: tuple[PickCanvas, ...]
    drawings: tuple[Mapping[str, int], ...]
    routes: tuple[Mapping[str, Positions], ...]


class Desk:
    """Manifests that were opened together; what is picked is written into all of them at once."""

    def __init__(self, sessions: Sequence[PickSession], walks: Sequence[Walks]) -> None:
        """Take the opened manifests, each with its walks."""
        self._sessions = tuple(sessions)
        self._walks = tuple({walk.id: walk for walk in found} for found in walks)
        self._loader = PictureLoader()

    def view(self) -> DeskView:
        """What can be picked now; raises UsageError when there is nothing, or no drawing for it."""
        subjects = self._subjects()
        if not subjects:
            files = ", ".join(str(session.path) for session in self._sessions)
            message = f"there is nothing to pick in {files}: no route, and no walk to be uploaded"
            raise UsageError(message, "add a walk first: its id, date and files")
        canvases, drawings = self._canvases(subjects)
        return DeskView(
            tuple(session.path.name for session in self._sessions),
            subjects,
            canvases,
            drawings,
            tuple(session.routes() for session in self._sessions),
        )

    def reload(self) -> None:
        """Read the manifests again."""
        for session in self._sessions:
            session.reload()

    def save(self, request: Mapping[str, Any]) -> tuple[str, ...]:
        """Write what a page sent, all or, where anything is wrong, nothing; the subjects' keys.

        Raises DecisionError, InvalidManifestError, UsageError as a session does, and KeyError,
        TypeError or ValueError for other data.
        """
        changes: dict[int, dict[str, Positions]] = defaultdict(dict)
        for change in request["changes"]:
            number, _, key = str(change["subject"]).partition("/")
            changes[int(number)][key] = parse_positions(change)
        if not changes.keys() <= set(range(len(self._sessions))):
            raise ValueError("no such manifest")
        changed = {
            self._sessions[number]: self._sessions[number].changed(wanted)
            for number, wanted in changes.items()
        }
        for session in changed:
            session.require_unchanged()
        for session, raw in changed.items():
            session.write(raw)
        return tuple(key for wanted in changes.values() for key in wanted)

    def location(self, key: str) -> Path | None:
        """Where the first recording of a walk lies."""
        number, _, id_ = key.partition("/walkthroughs/")
        if not number.isdecimal() or int(number) >= len(self._walks):
            return None
        walk = self._walks[int(number)].get(id_)
        return walk.facts.first if walk else None

    def _subjects(self) -> tuple[PickSubject, ...]:
        found = [
            self._subject(number, subject)
            for number, session in enumerate(self._sessions)
            for subject in session.subjects()
        ]
        shown = [entry for entry in found if entry.walk is None or not entry.walk.is_finished]
        return tuple(sorted(shown, key=_order))

    def _subject(self, number: int, subject: Subject) -> PickSubject:
        walks = self._walks[number]
        walk = None if subject.is_route else walks.get(subject.name)
        if walk is None:
            return PickSubject(number, subject)
        routes = likely_routes(walk, walks.values(), self._sessions[number].routes())
        return PickSubject(number, subject, walk, routes)

    def _canvases(
        self, subjects: Iterable[PickSubject]
    ) -> tuple[tuple[PickCanvas, ...], tuple[Mapping[str, int], ...]]:
        """The canvases that can be shown, and by manifest their numbers by their drawings' names.

        Manifests of one project share the drawings of its project file.
        """
        positions = _positions_by_drawing(subjects)
        canvases: dict[Drawing, PickCanvas | None] = {}
        for number, session in enumerate(self._sessions):
            for drawing in session.drawings.values():
                if drawing not in canvases:
                    known = positions.get((number, drawing.name), ())
                    canvases[drawing] = self._canvas(drawing, known)
        shown = [drawing for drawing, canvas in canvases.items() if canvas]
        if not shown:
            name = next(iter(canvases)).name
            message = f"nothing says where on Earth the drawing `{name}` lies"
            raise UsageError(message, "add its `bounds` in degrees, or write one position by hand")
        numbers = tuple(
            {
                drawing.name: shown.index(drawing)
                for drawing in session.drawings.values()
                if drawing in shown
            }
            for session in self._sessions
        )
        return tuple(canvas for canvas in canvases.values() if canvas), numbers

    def _canvas(self, drawing: Drawing, known: Iterable[Position]) -> PickCanvas | None:
        picture, remark = self._picture(drawing)
        frame = frame_of(drawing, picture.aspect if picture else None, known)
        return PickCanvas(drawing, frame, picture, remark) if frame else None

    def _picture(self, drawing: Drawing) -> tuple[Picture | None, str]:
        if drawing.image is None:
            return None, "The drawing has no image in the manifest: this is a plain grid."
        if not can_show_picture(drawing):
            return None, "The drawing has no bounds, so this is a plain grid in degrees."
        try:
            return self._loader.load(drawing.folder, drawing.image), ""
        except PictureError as error:
            return None, f"The image {drawing.image} {error}: this is a plain grid. {error.help}"


def _order(entry: PickSubject) -> tuple[bool, bool]:
    """What is open first, then other walks, then routes; else as the manifests have them."""
    return (entry.subject.is_route, not entry.subject.is_open)


def _positions_by_drawing(
    subjects: Iterable[PickSubject],
) -> Mapping[tuple[int, str], list[Position]]:
    found: dict[tuple[int, str], list[Position]] = defaultdict(list)
    for entry in subjects:
        own, inherited = entry.subject.own, entry.subject.inherited
        name = own.drawing or inherited.drawing or ""
        for given in (own, inherited):
            known = found[entry.manifest, name]
            known += [position for position in (given.start, given.end) if position is not None]
            if isinstance(given.target_points, tuple):
                known += given.target_points
    return found


class FrameShelf:
    """Frames of walks, each made once; one at a time, as a decoder takes a core to itself."""

    def __init__(self, desk: Desk, make: Callable[[Path], tuple[str, ...]]) -> None:
        self._desk = desk
        self._make = make
        self._made: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def frames(self, key: str) -> tuple[str, ...]:
        """The frames of a walk as data URIs; none where its recordings are not there."""
        with self._lock:
            if key not in self._made:
                location = self._desk.location(key)
                self._made[key] = self._make(location) if location else ()
            return self._made[key]
