"""Own the meaning layer: rules about what a well-formed manifest says, each a small function."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runner.manifest.document import Document, DocumentPath
from runner.manifest.model import WHOLE_IMAGE, Bounds, Drawing, MapStyle, Position
from runner.manifest.resolve import Entry, Resolved
from runner.problems import Note, Problem
from runner.rules import meaning as meaning_rules
from runner.rules.rule import Rule

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(?:\.[^@\s,;<>\".]+)+\Z")
_WHOLE_EARTH = Bounds(north=90, south=-90, east=180, west=-180)
_SURELY_DEGREES = 2
_LONG_AGO = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class _Context:
    document: Document
    resolved: Resolved
    today: dt.date

    @property
    def entries(self) -> list[Entry]:
        return self.resolved.entries

    def problem(self, rule: Rule, message: str, path: DocumentPath, help_: str = "") -> Problem:
        return rule.problem(message, self.document.place(path), help_)


_Rule = Callable[[_Context], Iterator[Problem]]


def check_meaning(document: Document, resolved: Resolved, today: dt.date) -> Iterator[Problem]:
    """Yield what the rules find; what a route says wrongly is found once, not once per walk."""
    context = _Context(document, resolved, today)
    seen: set[Problem] = set()
    for rule in _RULES:
        for problem in rule(context):
            if problem not in seen:
                seen.add(problem)
                yield problem


def _uploader_is_an_address(context: _Context) -> Iterator[Problem]:
    email = context.resolved.uploaded_by
    if email is not None and not _EMAIL.match(email):
        message = f"`{email}` is not an e-mail address"
        yield context.problem(
            meaning_rules.UPLOADER_ADDRESS,
            message,
            ("uploaded_by",),
            "for example `you@example.com`",
        )


def _ids_are_unique(context: _Context) -> Iterator[Problem]:
    first: dict[str, Entry] = {}
    for entry in context.entries:
        id_ = entry.walkthrough.id
        if id_ in first:
            known = context.document.place(first[id_].paths["id"])
            place = context.document.place(entry.paths["id"])
            message = f"the id `{id_}` stands twice, first in line {known.line}"
            notes = (Note(known, "first used here"),)
            yield meaning_rules.DUPLICATE_ID.problem(
                message, place, "give each walkthrough its own id", notes
            )
        first.setdefault(id_, entry)


def _names_are_printable(context: _Context) -> Iterator[Problem]:
    for entry in context.entries:
        name = entry.walkthrough.name
        if "name" in entry.paths and not name.isprintable() and _has_control(name):
            message = "`name` has a line break or another control character"
            yield context.problem(
                meaning_rules.CONTROL_CHARACTER, message, entry.paths["name"], "keep it to one line"
            )


def _has_control(text: str) -> bool:
    return any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text)


def _dates_are_plausible(context: _Context) -> Iterator[Problem]:
    for entry in context.entries:
        date = entry.walkthrough.date
        if date > context.today:
            message, help_ = f"{date} lies in the future", "the date is the day of the walk"
            yield context.problem(meaning_rules.FUTURE_DATE, message, entry.paths["date"], help_)
        elif date < context.today - _LONG_AGO:
            message = f"{date} is more than a year ago"
            yield context.problem(
                meaning_rules.OLD_DATE, message, entry.paths["date"], "is the year right?"
            )


def _names_are_used(context: _Context) -> Iterator[Problem]:
    # Where a name is not defined, it may well be a misspelling of the one that seems unused.
    data = context.document.data
    listed = data.get("walkthroughs")
    walks = [walk for walk in listed if isinstance(walk, dict)] if isinstance(listed, list) else []
    routes = data.get("routes") if isinstance(data.get("routes"), dict) else {}
    named = {_hashable(walk.get("route")) for walk in walks}
    users = [*walks, *(route for route in routes.values() if isinstance(route, dict))]
    drawn = {_hashable(user.get("drawing")) for user in users}
    for name in routes if named <= routes.keys() | {None} else ():
        if name not in named:
            message = f"no walkthrough uses the route `{name}`"
            yield context.problem(meaning_rules.UNUSED, message, ("routes", name))
    drawings = context.resolved.drawings
    for name in drawings if drawn <= drawings.keys() | {None} else ():
        if name not in drawn:
            message = f"no walkthrough or route uses the drawing `{name}`"
            yield context.problem(meaning_rules.UNUSED, message, ("drawings", name))


def _hashable(value: object) -> object:
    return value if isinstance(value, str) else None


def _bounds_are_a_box(context: _Context) -> Iterator[Problem]:
    for drawing in context.resolved.drawings.values():
        bounds = drawing.bounds
        if bounds is None:
            continue
        path = ("drawings", drawing.name, "bounds")
        if not _is_a_box(bounds):
            message = "`north` must be larger than `south`, and `east` larger than `west`"
            yield context.problem(meaning_rules.BOUNDS, message, path)
        elif not _within(bounds, _limits(drawing)):
            message = f"the bounds leave the range of a {drawing.map_style} drawing"
            yield context.problem(meaning_rules.BOUNDS, message, path, _range_help(drawing))


def _is_a_box(bounds: Bounds) -> bool:
    return bounds.north > bounds.south and bounds.east > bounds.west


def _within(inner: Bounds, outer: Bounds) -> bool:
    return (
        inner.north <= outer.north
        and inner.south >= outer.south
        and inner.east <= outer.east
        and inner.west >= outer.west
    )


def _limits(drawing: Drawing) -> Bounds:
    return WHOLE_IMAGE if drawing.map_style is MapStyle.BLANK else _WHOLE_EARTH


def _range_help(drawing: Drawing) -> str:
    if drawing.map_style is MapStyle.BLANK:
        return "0 to 1 on a blank drawing; a satellite drawing says `map_style: satellite`"
    return "-90 to 90 and -180 to 180 on a satellite drawing"


def _positions_are_on_the_drawing(context: _Context) -> Iterator[Problem]:
    for entry in context.entries:
        for position, path in _positions(entry):
            yield from _check_position(context, entry.walkthrough.drawing, position, path)


def _positions(entry: Entry) -> Iterator[tuple[Position, DocumentPath]]:
    walkthrough = entry.walkthrough
    yield walkthrough.start_position, entry.paths["start_position"]
    yield walkthrough.end_position, entry.paths["end_position"]
    for index, point in enumerate(walkthrough.target_points):
        yield point, (*entry.paths["target_points"], index)


def _check_position(
    context: _Context, drawing: Drawing, position: Position, path: DocumentPath
) -> Iterator[Problem]:
    if not _inside(position, _limits(drawing)):
        rule, message = _out_of_range(drawing, position)
        yield context.problem(rule, message, path, _range_help(drawing))
    elif drawing.map_style is MapStyle.SATELLITE and _inside(position, WHOLE_IMAGE):
        message = f"`{position}` looks like 0 to 1 coordinates, but the drawing is a satellite one"
        help_ = "positions on a satellite drawing are degrees; is it `map_style: blank`?"
        yield context.problem(meaning_rules.MAP_STYLE, message, path, help_)
    elif drawing.bounds and _is_a_box(drawing.bounds) and not _inside(position, drawing.bounds):
        yield _out_of_bounds(context, drawing.bounds, position, path)


def _inside(position: Position, bounds: Bounds) -> bool:
    return (
        bounds.south <= position.lat <= bounds.north and bounds.west <= position.lng <= bounds.east
    )


def _out_of_range(drawing: Drawing, position: Position) -> tuple[Rule, str]:
    far = max(abs(position.lat), abs(position.lng)) >= _SURELY_DEGREES
    if drawing.map_style is MapStyle.BLANK and far and _inside(position, _WHOLE_EARTH):
        return (
            meaning_rules.MAP_STYLE,
            f"`{position}` looks like degrees, but the drawing `{drawing.name}` is blank",
        )
    if drawing.map_style is MapStyle.SATELLITE and _inside(_swapped(position), _WHOLE_EARTH):
        return meaning_rules.SWAPPED, f"`{position}`: latitude and longitude look swapped"
    return meaning_rules.POSITION_RANGE, f"`{position}` is not on a {drawing.map_style} drawing"


def _out_of_bounds(
    context: _Context, bounds: Bounds, position: Position, path: DocumentPath
) -> Problem:
    if _inside(_swapped(position), bounds):
        message = f"`{position}`: latitude and longitude look swapped"
        return context.problem(meaning_rules.SWAPPED, message, path, "latitude comes first")
    message = f"`{position}` lies outside the drawing's bounds"
    return context.problem(
        meaning_rules.POSITION_RANGE, message, path, "check the position, or `bounds`"
    )


def _swapped(position: Position) -> Position:
    return Position(position.lng, position.lat)


def _walks_go_somewhere(context: _Context) -> Iterator[Problem]:
    for entry in context.entries:
        if entry.walkthrough.start_position == entry.walkthrough.end_position:
            help_ = "the walked path is fitted between the two; move one of them a little"
            message = "the walk ends where it starts"
            yield context.problem(
                meaning_rules.SAME_ENDS, message, entry.paths["end_position"], help_
            )


def _files_stand_once(context: _Context) -> Iterator[Problem]:
    first: dict[str, tuple[Entry, int]] = {}
    for entry in context.entries:
        for index, name in enumerate(entry.walkthrough.files):
            if name in first:
                yield _twice(first[name], entry, index)
            first.setdefault(name, (entry, index))


def _twice(first: tuple[Entry, int], entry: Entry, index: int) -> Problem:
    known = first[0].walkthrough.file_places[first[1]]
    name = entry.walkthrough.files[index]
    owner = first[0].walkthrough.id
    message = f"the recording `{name}` is already in walkthrough `{owner}`, line {known.line}"
    place = entry.walkthrough.file_places[index]
    note = Note(known, "first listed here")
    return meaning_rules.REPEATED_RECORDING.problem(
        message, place, "a recording belongs to one walkthrough", notes=(note,)
    )


_RULES: tuple[_Rule, ...] = (
    _uploader_is_an_address,
    _ids_are_unique,
    _names_are_printable,
    _dates_are_plausible,
    _names_are_used,
    _bounds_are_a_box,
    _positions_are_on_the_drawing,
    _walks_go_somewhere,
    _files_stand_once,
)
