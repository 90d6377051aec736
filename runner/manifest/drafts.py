"""Drafts: the walkthroughs of a document as far as they could be understood, value by value."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.manifest.document import Document
from runner.manifest.drawings import Sheet, read_drawings, read_sheets
from runner.manifest.model import Drawing, Walkthrough
from runner.manifest.notation import parse_date, parse_project
from runner.manifest.routes import (
    NO_ROUTE,
    NOTHING_SAID,
    UNKNOWN_ROUTE,
    Names,
    TargetPoints,
    Way,
    read_course,
)
from runner.manifest.sound import Fault, Path, Sound
from runner.problems import Place, Problem
from runner.rules.meaning import IMPOSSIBLE_DATE, PROJECT_ID, UNDEFINED_DRAWING, UNDEFINED_ROUTE
from runner.rules.schema import MISSING_KEY
from runner.units import counted, shorten

_REQUIRED = ("drawing", "start_position", "end_position")


@dataclass(frozen=True, slots=True)
class Draft:
    """A walkthrough of which every value was understood on its own.

    A value is None, and a file left out, when it is missing or not sound: a problem says so.
    `place` is that of its id or, without one, of the whole walkthrough, which is its `entry`.
    """

    path: Path
    place: Place
    way: Way
    id: str | None = None
    name: str | None = None
    date: dt.date | None = None
    route: str | None = None
    files: tuple[str, ...] = ()
    file_places: tuple[Place, ...] = ()
    entry: Place | None = None

    @property
    def label(self) -> str:
        """The walkthrough in a message: by its id or, without one, by its number."""
        return f"`{self.id}`" if self.id else str(int(self.path[-1]) + 1)

    def walkthrough(self, drawings: Mapping[str, Drawing]) -> Walkthrough | None:
        """The walkthrough, when nothing that it needs is missing."""
        drawing = drawings.get(self.way.drawing or "")
        start, end = self.way.start_position, self.way.end_position
        if not (self.id and self.date and drawing and start and end):
            return None
        target_points = self.way.target_points or TargetPoints()
        return Walkthrough(
            id=self.id,
            name=self.name or self.id,
            date=self.date,
            drawing=drawing,
            start_position=start,
            end_position=end,
            files=self.files,
            route=self.route,
            target_points_count=target_points.count,
            target_points=tuple(point for _, point in target_points.points),
            place=self.place,
            file_places=self.file_places,
            entry=self.entry,
        )


@dataclass(frozen=True, slots=True)
class Resolved:
    """What could be resolved, and the problems met on the way."""

    project: str | None
    uploaded_by: str | None
    sheets: Mapping[str, Sheet]
    drawings: Mapping[str, Drawing]
    routes: tuple[Way, ...]
    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


def resolve(document: Document, faults: Iterable[Fault]) -> Resolved:
    """Resolve every sound value; `faults` are what the schema layer found."""
    sound = Sound.of(document, faults)
    top = sound.mapping(())
    project = _project(sound, top.get("project"))
    sheets = read_sheets(sound)
    drawings = read_drawings(sound, sheets, project)
    routes, drafts = _walks(sound)
    return Resolved(
        project=project,
        uploaded_by=top.get("uploaded_by"),
        sheets=sheets,
        drawings=drawings,
        routes=routes,
        drafts=drafts,
        problems=tuple(sound.problems),
    )


def _project(sound: Sound, text: str | None) -> str | None:
    project = None if text is None else parse_project(text)
    if text is not None and project is None:
        shown = shorten(text, 60)
        message = f"`{shown}` is neither a project id nor a project's dashboard address"
        help_ = "the id stands between `projects` and `drawings` in the dashboard's address"
        sound.report(PROJECT_ID, message, ("project",), help_)
    return project


def _walks(sound: Sound) -> tuple[tuple[Way, ...], tuple[Draft, ...]]:
    drawings = Names("drawings", UNDEFINED_DRAWING, sound)
    routes = Names("routes", UNDEFINED_ROUTE, sound)
    ways = {
        name: Way(NOTHING_SAID, read_course(sound, ("routes", name), drawings))
        for name in sound.names(("routes",))
    }
    listed = sound.written(("walkthroughs",))
    drafting = _Drafting(sound, drawings, routes, ways)
    drafts = tuple(
        drafting.draft(("walkthroughs", index))
        for index in range(len(listed) if isinstance(listed, list) else 0)
    )
    _report_missing(sound, drafts)  # errors go first: what comes late may not be listed
    if not drafts:  # what they would name is not known
        routes.doubt()
        drawings.doubt()
    routes.report_unused("walkthrough")
    drawings.report_unused("walkthrough or route")
    return tuple(ways.values()), drafts


@dataclass(frozen=True, slots=True)
class _Drafting:
    """Makes drafts of a document's walkthroughs, which follow the ways of its routes."""

    sound: Sound
    drawings: Names
    routes: Names
    ways: Mapping[str, Way]

    def draft(self, path: Path) -> Draft:
        """The walkthrough at a path, as far as it is sound."""
        data = self.sound.mapping(path)
        files = list(self.sound.items((*path, "files")))
        places = self.sound.document.item_places((*path, "files")) if files else ()
        return Draft(
            path=path,
            place=self.sound.document.place((*path, "id")),
            way=self._way(path, data.get("route")),
            id=data.get("id"),
            name=data.get("name"),
            date=self._date(path, data.get("date")),
            route=data.get("route"),
            files=tuple(name for _, name in files),
            file_places=tuple(places[index] for index, _ in files),
            entry=self.sound.document.place(path),
        )

    def _way(self, path: Path, route: str | None) -> Way:
        """The way it says itself or follows; those who only follow share one."""
        own = read_course(self.sound, path, self.drawings)
        followed = self._followed(path, route)
        return followed if own is NOTHING_SAID else Way(own, followed.taken)

    def _followed(self, path: Path, route: str | None) -> Way:
        if route is not None:
            self.routes.use(route, (*path, "route"))
            return self.ways.get(route, UNKNOWN_ROUTE)
        if self.sound.knows((*path, "route")):
            return NO_ROUTE
        self.routes.doubt()
        return UNKNOWN_ROUTE

    def _date(self, path: Path, text: str | None) -> dt.date | None:
        if text is None:
            return None
        try:
            return parse_date(text)
        except ValueError:
            message, help_ = f"there is no day {text}", "check the day and the month"
            self.sound.report(IMPOSSIBLE_DATE, message, (*path, "date"), help_)
            return None


def _report_missing(sound: Sound, drafts: Iterable[Draft]) -> None:
    """Report what neither a walkthrough nor its route says; what a route lacks, once."""
    lacking: dict[tuple[str | Path, str], list[Draft]] = {}
    for draft in drafts:
        for key in _REQUIRED:
            if key in draft.way.missing:
                lacking.setdefault((draft.route or draft.path, key), []).append(draft)
    for (_, key), (first, *others) in lacking.items():
        message = f"walkthrough {first.label} has no `{key}`"
        help_ = "write it here, or name a `route` that has it"
        if first.route is not None:
            message += f", nor has its route `{shorten(first.route, 60)}`"
            help_ = "write it here or, for all that take it, in the route"
        if others:
            help_ += f"; so it is with {counted(len(others), 'more walkthrough')}"
        sound.report(MISSING_KEY, message, first.path, help_)
