"""Drafts: the walkthroughs of a document, value by value as far as they could be understood."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from runner.base.wording import counted, shorten
from runner.manifest.meaning.drawings import (
    CoordinateSystem,
    drawings_to_create,
    read_coordinate_systems,
    read_drawings,
)
from runner.manifest.meaning.routes import (
    INCOMPLETE_ROUTE,
    NO_FIELDS,
    NO_ROUTE,
    EffectiveRoute,
    Names,
    read_route_fields,
)
from runner.manifest.model import Drawing, Walkthrough
from runner.manifest.schema.accepted import MISSING_KEY, AcceptedValues, Path, SchemaError
from runner.manifest.schema.formats import parse_date, parse_project
from runner.manifest.yaml.document import Document
from runner.problems.problem import Place, Problem, Rule

PROJECT_ID = Rule("M020", "project-id")
UNDEFINED_DRAWING = Rule("M022", "undefined-drawing")
UNDEFINED_ROUTE = Rule("M023", "undefined-route")
IMPOSSIBLE_DATE = Rule("M024", "impossible-date")

_REQUIRED = ("drawing", "start_position", "end_position")


@dataclass(frozen=True, slots=True)
class Draft:
    """A walkthrough whose values were understood one by one.

    A value is None, and a file is left out, when it is missing or was refused: a problem says so.
    `entry` is where the whole walkthrough stands, `place` is where its id stands, or else `entry`.
    """

    path: Path
    place: Place
    effective_route: EffectiveRoute
    id: str | None = None
    name: str | None = None
    date: dt.date | None = None
    route: str | None = None
    files: tuple[str, ...] = ()
    file_places: tuple[Place, ...] = ()
    entry: Place | None = None

    @property
    def label(self) -> str:
        """The walkthrough's name in messages: its id or, without one, its number from 1."""
        return f"`{self.id}`" if self.id else str(int(self.path[-1]) + 1)

    def walkthrough(self, drawings: Mapping[str, Drawing]) -> Walkthrough | None:
        """The finished walkthrough; None when something that it needs is missing."""
        drawing = drawings.get(self.effective_route.drawing or "")
        start, end = self.effective_route.start_position, self.effective_route.end_position
        if not (self.id and self.date and drawing and start and end):
            return None
        count, points = self.effective_route.target_points or (0, ())
        return Walkthrough(
            id=self.id,
            name=self.name or self.id,
            date=self.date,
            drawing=drawing,
            start_position=start,
            end_position=end,
            files=self.files,
            route=self.route,
            target_points_count=count,
            target_points=tuple(point for _, point in points),
            place=self.place,
            file_places=self.file_places,
            entry=self.entry,
        )


@dataclass(frozen=True, slots=True)
class Resolved:
    """What could be resolved of a document, and the problems found on the way.

    `today` is the day on which it is read. `to_create` names the drawings that are not on Evercam
    yet.
    """

    document: Document
    today: dt.date
    project: str | None
    uploaded_by: str | None
    systems: Mapping[str, CoordinateSystem]
    drawings: Mapping[str, Drawing]
    routes: tuple[EffectiveRoute, ...]
    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]
    to_create: tuple[str, ...] = ()

    def effective_routes(self) -> Iterator[EffectiveRoute]:
        """Yield each effective route once: the routes', and those of walkthroughs that differ."""
        found = chain(self.routes, (draft.effective_route for draft in self.drafts))
        yield from {id(route): route for route in found}.values()


Check = Callable[[Resolved], Iterator[Problem]]
"""One rule of the meaning layer; it ignores values that are missing or were refused."""


def resolve(document: Document, schema_errors: Iterable[SchemaError], today: dt.date) -> Resolved:
    """Resolve every accepted value of a document; `schema_errors` say what the schema refused."""
    accepted = AcceptedValues.of(document, schema_errors)
    top = accepted.mapping(())
    project = _project(accepted, top.get("project"))
    systems = read_coordinate_systems(accepted)
    drawings = read_drawings(accepted, systems, project)
    routes, drafts = _walks(accepted)
    return Resolved(
        document=document,
        today=today,
        project=project,
        uploaded_by=top.get("uploaded_by"),
        systems=systems,
        drawings=drawings,
        routes=routes,
        drafts=drafts,
        problems=tuple(accepted.problems),
        to_create=drawings_to_create(accepted),
    )


def _project(accepted: AcceptedValues, text: str | None) -> str | None:
    project = None if text is None else parse_project(text)
    if text is not None and project is None:
        shown = shorten(text, 60)
        message = f"`{shown}` is neither a project id nor a project's dashboard address"
        help_ = "the id stands between `projects` and `drawings` in the dashboard's address"
        accepted.report(PROJECT_ID, message, ("project",), help_)
    return project


def _walks(accepted: AcceptedValues) -> tuple[tuple[EffectiveRoute, ...], tuple[Draft, ...]]:
    drawings = Names("drawings", UNDEFINED_DRAWING, accepted)
    routes = Names("routes", UNDEFINED_ROUTE, accepted)
    effective_routes = {
        name: EffectiveRoute(NO_FIELDS, read_route_fields(accepted, ("routes", name), drawings))
        for name in accepted.names(("routes",))
    }
    listed = accepted.written(("walkthroughs",))
    drafting = _Drafting(accepted, drawings, routes, effective_routes)
    drafts = tuple(
        drafting.draft(("walkthroughs", index))
        for index in range(len(listed) if isinstance(listed, list) else 0)
    )
    _report_missing(accepted, drafts)  # errors first: late problems may not be listed
    if not drafts:  # nobody knows which names they would use
        routes.mark_incomplete()
        drawings.mark_incomplete()
    routes.report_unused("walkthrough")
    drawings.report_unused("walkthrough or route")
    return tuple(effective_routes.values()), drafts


class _Drafting:
    """Drafts a document's walkthroughs, with the routes they take."""

    def __init__(
        self,
        accepted: AcceptedValues,
        drawings: Names,
        routes: Names,
        effective_routes: Mapping[str, EffectiveRoute],
    ) -> None:
        self.accepted = accepted
        self.drawings = drawings
        self.routes = routes
        self.effective_routes = effective_routes

    def draft(self, path: Path) -> Draft:
        """Draft the walkthrough at a path, as far as it was accepted."""
        data = self.accepted.mapping(path)
        files = list(self.accepted.items((*path, "files")))
        places = self.accepted.document.item_places((*path, "files")) if files else ()
        return Draft(
            path=path,
            place=self.accepted.document.place((*path, "id")),
            effective_route=self._effective_route(path, data.get("route")),
            id=data.get("id"),
            name=data.get("name"),
            date=self._date(path, data.get("date")),
            route=data.get("route"),
            files=tuple(name for _, name in files),
            file_places=tuple(places[index] for index, _ in files),
            entry=self.accepted.document.place(path),
        )

    def _effective_route(self, path: Path, route: str | None) -> EffectiveRoute:
        """Combine its own values with its route's; without values of its own, share the route's."""
        own = read_route_fields(self.accepted, path, self.drawings)
        named = self._named(path, route)
        return named if own is NO_FIELDS else EffectiveRoute(own, named.inherited)

    def _named(self, path: Path, route: str | None) -> EffectiveRoute:
        if route is not None:
            self.routes.use(route, (*path, "route"))
            return self.effective_routes.get(route, INCOMPLETE_ROUTE)
        if self.accepted.is_incomplete_at((*path, "route")):
            self.routes.mark_incomplete()
            return INCOMPLETE_ROUTE
        return NO_ROUTE

    def _date(self, path: Path, text: str | None) -> dt.date | None:
        if text is None:
            return None
        try:
            return parse_date(text)
        except ValueError:
            message, help_ = f"there is no day {text}", "check the day and the month"
            self.accepted.report(IMPOSSIBLE_DATE, message, (*path, "date"), help_)
            return None


def _report_missing(accepted: AcceptedValues, drafts: Iterable[Draft]) -> None:
    """Report what neither a walkthrough nor its route has; what a route lacks, only once."""
    lacking: dict[tuple[str | Path, str], list[Draft]] = {}
    for draft in drafts:
        for key in _REQUIRED:
            if key in draft.effective_route.missing:
                lacking.setdefault((draft.route or draft.path, key), []).append(draft)
    for (_, key), (first, *others) in lacking.items():
        message = f"walkthrough {first.label} has no `{key}`"
        help_ = "write it here, or name a `route` that has it"
        if first.route is not None:
            message += f", nor has its route `{shorten(first.route, 60)}`"
            help_ = "write it here or, for all that take it, in the route"
        if others:
            help_ += f"; so it is with {counted(len(others), 'more walkthrough')}"
        accepted.report(MISSING_KEY, message, first.path, help_)
