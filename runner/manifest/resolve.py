"""Own the step from a well-formed document to walkthroughs with routes and aliases filled in.

Whatever the schema layer found wrong is left out here, so that one mistake makes one problem.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.manifest.document import Document, DocumentPath
from runner.manifest.model import Bounds, Drawing, MapStyle, Position, Walkthrough
from runner.manifest.notation import parse_date, parse_drawing, parse_position, parse_project
from runner.problems import Problem
from runner.rules import meaning as meaning_rules
from runner.rules import schema as schema_rules
from runner.rules.rule import Rule

_FROM_ROUTE = ("drawing", "start_position", "end_position", "target_points")


@dataclass(frozen=True, slots=True)
class Entry:
    """A resolved walkthrough and the path at which each of its values was written."""

    walkthrough: Walkthrough
    paths: Mapping[str, DocumentPath]


@dataclass(slots=True)
class Resolved:
    """What could be resolved, and the problems met on the way."""

    project: str | None = None
    uploaded_by: str | None = None
    drawings: dict[str, Drawing] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def resolve(document: Document, bad: Iterable[DocumentPath]) -> Resolved:
    """Resolve every sound part of a document; `bad` are the paths the schema layer refused."""
    return _Resolver(document, {tuple(path[:2]) for path in bad}).run()


class _Resolver:
    def __init__(self, document: Document, bad: set[tuple[str | int, ...]]) -> None:
        self.document = document
        self.bad = bad
        self.data = document.data if isinstance(document.data, dict) else {}
        self.out = Resolved()

    def run(self) -> Resolved:
        if () in self.bad and not isinstance(self.document.data, dict):
            return self.out
        self._project()
        self._drawings()
        for index in self._sound("walkthroughs"):
            self._walkthrough(("walkthroughs", index), self.data["walkthroughs"][index])
        return self.out

    def _section(self, name: str) -> Any:
        return self.data.get(name) if (name,) not in self.bad else None

    def _sound(self, name: str) -> list[Any]:
        section = self._section(name) or ()
        keys = range(len(section)) if isinstance(section, list) else list(section)
        return [key for key in keys if (name, key) not in self.bad]

    def _project(self) -> None:
        self.out.uploaded_by = self._section("uploaded_by")
        text = self._section("project")
        if text is None:
            return
        self.out.project = parse_project(text)
        if self.out.project is None:
            message = f"`{text}` is neither a project id nor a project's dashboard address"
            help_ = "the id stands between `projects` and `drawings` in the dashboard's address"
            self._problem(meaning_rules.PROJECT_ID, message, ("project",), help_)

    def _drawings(self) -> None:
        for name in self._sound("drawings"):
            drawing = self._drawing(name, self.data["drawings"][name])
            if drawing is None:
                self.bad.add(("drawings", name))
            else:
                self.out.drawings[name] = drawing

    def _drawing(self, name: str, data: Mapping[str, Any]) -> Drawing | None:
        id_ = self._drawing_id(name, data)
        if id_ is None:
            return None
        style = MapStyle(data.get("map_style", MapStyle.BLANK))
        bounds = Bounds(**data["bounds"]) if "bounds" in data else None
        return Drawing(name, id_, style, data.get("image"), bounds)

    def _drawing_id(self, name: str, data: Mapping[str, Any]) -> int | None:
        path = ("drawings", name)
        id_, url = data.get("id"), data.get("url")
        if url is None:
            if id_ is None:
                help_ = "the id ends the drawing's dashboard address: …/drawings/map?id=6143"
                self._problem(
                    schema_rules.MISSING_KEY,
                    f"drawing `{name}` has neither `id` nor `url`",
                    path,
                    help_,
                )
            return id_
        from_url = parse_drawing(url)
        if from_url is None or (id_ is not None and id_ != from_url):
            reason = "has no `?id=` number" if from_url is None else f"says {from_url}, `id` {id_}"
            self._problem(
                meaning_rules.DRAWING_ADDRESS,
                f"the address {reason}",
                (*path, "url"),
                "copy it once more",
            )
            return None
        return self._same_project(url, path, from_url)

    def _same_project(self, url: str, path: DocumentPath, id_: int) -> int | None:
        project = parse_project(url)
        if self.out.project is None or project == self.out.project:
            return id_
        message = f"this drawing is of project `{project}`, the manifest of `{self.out.project}`"
        self._problem(
            meaning_rules.DRAWING_ADDRESS,
            message,
            (*path, "url"),
            "one manifest is for one project",
        )
        return None

    def _walkthrough(self, path: DocumentPath, own: Mapping[str, Any]) -> None:
        before = len(self.out.problems)
        values, paths = self._with_route(path, own)
        drawing = self._drawing_of(path, values, paths)
        date = self._date(own["date"], (*path, "date"))
        for key in ("start_position", "end_position"):
            if key not in values and values is not None and not self._unsound_route(own):
                help_ = "write it here, or in the route"
                self._problem(
                    schema_rules.MISSING_KEY,
                    f"walkthrough `{own['id']}` has no `{key}`",
                    path,
                    help_,
                )
        if drawing is None or date is None or len(self.out.problems) > before:
            return
        if "start_position" not in values or "end_position" not in values:
            return
        count, points = _target_points(values.get("target_points", 0))
        place = self.document.place
        walkthrough = Walkthrough(
            id=own["id"],
            name=own.get("name", own["id"]),
            date=date,
            drawing=drawing,
            start_position=parse_position(values["start_position"]),
            end_position=parse_position(values["end_position"]),
            files=tuple(own["files"]),
            route=own.get("route"),
            target_points_count=count,
            target_points=points,
            place=place(path),
            file_places=tuple(place((*path, "files", i)) for i in range(len(own["files"]))),
        )
        self.out.entries.append(Entry(walkthrough, paths))

    def _unsound_route(self, own: Mapping[str, Any]) -> bool:
        name = own.get("route")
        return name is not None and name not in self._sound("routes")

    def _with_route(
        self, path: DocumentPath, own: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, DocumentPath]]:
        values = dict(own)
        paths: dict[str, DocumentPath] = {key: (*path, key) for key in own}
        name = own.get("route")
        if name is None:
            return values, paths
        routes = self._section("routes") or {}
        if name not in routes:
            self._undefined(meaning_rules.UNDEFINED_ROUTE, "route", name, routes, (*path, "route"))
        elif ("routes", name) not in self.bad:
            for key in _FROM_ROUTE:
                if key not in own and key in routes[name]:
                    values[key] = routes[name][key]
                    paths[key] = ("routes", name, key)
        return values, paths

    def _drawing_of(
        self, path: DocumentPath, values: Mapping[str, Any], paths: Mapping[str, DocumentPath]
    ) -> Drawing | None:
        name = values.get("drawing")
        if name is None:
            if not self._unsound_route(values):
                help_ = "name one of `drawings` here, or in the route"
                message = f"walkthrough `{values['id']}` has no `drawing`"
                self._problem(schema_rules.MISSING_KEY, message, path, help_)
            return None
        drawings = self._section("drawings") or {}
        if name not in drawings:
            self._undefined(
                meaning_rules.UNDEFINED_DRAWING, "drawing", name, drawings, paths["drawing"]
            )
        return self.out.drawings.get(name)

    def _date(self, text: str, path: DocumentPath) -> Any:
        try:
            return parse_date(text)
        except ValueError:
            self._problem(
                meaning_rules.IMPOSSIBLE_DATE,
                f"there is no day {text}",
                path,
                "check the day and the month",
            )
            return None

    def _undefined(
        self, rule: Rule, what: str, name: str, known: Iterable[str], path: DocumentPath
    ) -> None:
        near = difflib.get_close_matches(name, list(known), n=1)
        listed = ", ".join(f"`{one}`" for one in known) or "none"
        help_ = f"did you mean `{near[0]}`?" if near else f"defined in `{what}s`: {listed}"
        problem = rule.problem(
            f"the {what} `{name}` is not defined", self.document.place(path), help_
        )
        if problem not in self.out.problems:  # a route's mistake shows once, not once per walk
            self.out.problems.append(problem)

    def _problem(self, rule: Rule, message: str, path: DocumentPath, help_: str) -> None:
        self.out.problems.append(rule.problem(message, self.document.place(path), help_))


def _target_points(value: Any) -> tuple[int, tuple[Position, ...]]:
    if isinstance(value, int):
        return value, ()
    points = tuple(parse_position(point) for point in value)
    return len(points), points
