"""Own the setting of values in a manifest's text, in which all that is not set stays as it is.

New text goes in where the parser says a value stands, in the style of what was there. What comes
of it is read again: unless it says just what was meant, and nothing else, nobody gets it.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from runner.errors import UsageError
from runner.manifest.blanks import BLANK
from runner.manifest.document import Document, parse_document, value_at
from runner.manifest.model import Position
from runner.manifest.notation import parse_position
from runner.manifest.places import DocumentPath
from runner.manifest.spots import Spots

_BOM = b"\xef\xbb\xbf"
_POSITION = re.compile(r"\s*[-+]?[0-9]*\.?[0-9]+\s*,(\s*)[-+]?[0-9]*\.?[0-9]+\s*\Z", re.ASCII)
_PLAIN = re.compile(r"(?!(?:null|true|false)\Z)[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*\Z", re.IGNORECASE)
_INDENT = 2

Points = tuple[Position, ...]
Wanted = str | int | Position | Points

_BEHIND = {
    "drawing": ("route", "date", "name", "id"),
    "start_position": ("drawing", "route", "date", "name", "id"),
    "end_position": ("start_position", "drawing", "route", "date", "name", "id"),
    "target_points": ("end_position", "start_position", "drawing", "route", "date", "name", "id"),
}
"""Behind which of its neighbours a missing key is written, the nearest first."""


@dataclass(frozen=True, slots=True)
class Positions:
    """What to set in a walkthrough or route; None leaves a value as it stands.

    Target points are their positions, or only how many there are. `removed` are the manifest's
    keys of what is to be set no more.
    """

    start: Position | None = None
    end: Position | None = None
    target_points: Points | int | None = None
    drawing: str | None = None
    removed: frozenset[str] = frozenset()

    @property
    def by_key(self) -> dict[str, Any]:
        """The values to set, by the manifest's keys."""
        values = {
            "drawing": self.drawing,
            "start_position": self.start,
            "end_position": self.end,
            "target_points": self.target_points,
        }
        return {key: value for key, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Splice:
    """New text in place of what stands from `start` to `end`."""

    start: int
    end: int
    text: str


def set_positions(raw: bytes, file: str, owner: DocumentPath, positions: Positions) -> bytes:
    """A manifest's bytes with the positions of one walkthrough or route set.

    `owner` leads to it: `("routes", name)` or `("walkthroughs", index)`. What is removed leaves the
    mark for a value to fill in, unless the walkthrough's route has it, or none is needed: then its
    key goes, too. Raises UsageError when the manifest is written in a way that does not let just
    these values be set.
    """
    document, _ = parse_document(raw, file)
    if document is None or not isinstance(value_at(document.data, owner), dict):
        raise _unfit(file)
    editor = _Editor(document, owner, positions)
    edited = _spliced(document.text, list(editor.splices()))
    bom = _BOM if raw.startswith(_BOM) else b""
    changed = bom + edited.encode()
    read, _ = parse_document(changed, file)
    wanted = _with_owner(document.data, owner, lambda old: editor.after(_read(old)))
    if read is None or _with_owner(read.data, owner, _read) != wanted:
        raise _unfit(file)
    return changed


def set_project(raw: bytes, file: str, project: str) -> bytes:
    """A manifest's bytes with the project that stands there replaced.

    Raises UsageError when it is written in a way that does not let just this value be set.
    """
    document, _ = parse_document(raw, file)
    if document is None or not value_at(document.data, ("project",)):
        raise _unfit_for_project(file, project)
    splice = _Splice(*Spots(document).span(("project",)), in_line(project))
    bom = _BOM if raw.startswith(_BOM) else b""
    changed = bom + _spliced(document.text, [splice]).encode()
    read, _ = parse_document(changed, file)
    if read is None or read.data != {**document.data, "project": project}:
        raise _unfit_for_project(file, project)
    return changed


def _unfit_for_project(file: str, project: str) -> UsageError:
    message = f"{file} is written in a way that does not let its project be set"
    return UsageError(message, f"write `project: {project}` there yourself")


def _unfit(file: str) -> UsageError:
    message = f"{file} is written in a way that does not let these positions alone be set"
    help_ = "is the value shared by an alias (`*name`)? copy the positions and paste them yourself"
    return UsageError(message, help_)


def _spliced(text: str, splices: Sequence[_Splice]) -> str:
    pieces, at = [], 0
    for splice in sorted(splices, key=lambda one: (one.start, one.end)):  # stable, new text first
        pieces += [text[at : splice.start], splice.text]
        at = splice.end
    return "".join([*pieces, text[at:]])


class _Editor:
    """Finds what to write, and where, in one walkthrough or route."""

    def __init__(self, document: Document, owner: DocumentPath, positions: Positions) -> None:
        self.data = document.data
        self.spots = Spots(document)
        self.owner = tuple(owner)
        self.is_flow = not self.spots.is_block(self.owner)
        self.present: dict[str, Any] = value_at(self.data, self.owner)
        removed = positions.removed & self.present.keys()
        self.gone = {key for key in removed if self._can_go(key)}
        self.values = {**positions.by_key, **dict.fromkeys(sorted(removed - self.gone), BLANK)}

    def _can_go(self, key: str) -> bool:
        route = value_at(self.data, ("routes", self.present.get("route", "")))
        return key == "target_points" or (isinstance(route, dict) and key in route)

    def after(self, old: dict[str, Any]) -> dict[str, Any]:
        """What the walkthrough or route says in the end."""
        kept = {key: value for key, value in old.items() if key not in self.gone}
        return {**kept, **self.values}

    def splices(self) -> Iterator[_Splice]:
        """Yield the changes, in the order in which they stand at one place."""
        if not self.present:
            inside = self.spots.span(self.owner)[1] - 1
            values = ", ".join(f"{key}: {in_line(one)}" for key, one in self.values.items())
            yield _Splice(inside, inside, values)
            return
        yield from map(self._without, self.gone)
        for key, wanted in self.values.items():
            if key in self.present:
                yield from self._present((*self.owner, key), wanted)
        for key, wanted in self.values.items():
            if key not in self.present:
                yield self._missing(key, wanted)

    def _without(self, key: str) -> _Splice:
        """Take a key and its value out; a comment behind them in their line stays there."""
        path = (*self.owner, key)
        start, end = self.spots.key(path), self.spots.end(path)
        if self.is_flow:
            return self._without_comma(key, start, end)
        first = start - self.spots.column(start)
        last = self.spots.line_end(end)
        end = last if self.spots.is_block(path) else end
        before, behind = self.spots.text[first:start], self.spots.text[end:last]
        if (before + behind).strip():
            return _Splice(start, last - len(behind.lstrip()), "")
        return _Splice(first, self.spots.next_line(last), "")

    def _without_comma(self, key: str, start: int, end: int) -> _Splice:
        keys = list(self.present)
        at = keys.index(key)
        if set(keys[:at]) - self.gone:
            return _Splice(self.spots.end((*self.owner, keys[at - 1])), end, "")
        later = keys[at + 1 : at + 2]
        return _Splice(start, self.spots.key((*self.owner, *later)) if later else end, "")

    def _present(self, path: DocumentPath, wanted: Wanted) -> Iterator[_Splice]:
        if path[-1] == "target_points" and isinstance(wanted, (tuple, int)):
            yield from self._points(path, wanted)
        elif isinstance(wanted, Position):
            yield from self._position(path, wanted)
        elif value_at(self.data, path) != wanted:
            yield self._scalar(*self.spots.span(path), in_line(wanted))

    def _position(self, path: DocumentPath, wanted: Position) -> Iterator[_Splice]:
        old = value_at(self.data, path)
        start, end = self.spots.span(path)
        text = self.spots.text[start:end]
        if understood(old) == wanted:
            return
        if isinstance(old, dict) and old.keys() == {"lat", "lng"} and text[0] != "*":
            yield from self._number((*path, "lat"), old["lat"], wanted.lat)
            yield from self._number((*path, "lng"), old["lng"], wanted.lng)
        else:
            yield self._scalar(start, end, _in_style_of(old, text, wanted))

    def _number(self, path: DocumentPath, old: Any, wanted: float) -> Iterator[_Splice]:
        if old != wanted:
            yield self._scalar(*self.spots.span(path), _digits(wanted))

    def _scalar(self, start: int, end: int, new: str) -> _Splice:
        at_its_colon = start == end and not self.spots.text[start - 1].isspace()
        return _Splice(start, end, f" {new}" if at_its_colon else new)

    def _points(self, path: DocumentPath, wanted: Points | int) -> Iterator[_Splice]:
        old = value_at(self.data, path)
        start, end = self.spots.span(path)
        if isinstance(wanted, int) and self.spots.is_block(path):
            yield from self._in_place_of_lines(path, in_line(wanted))
        elif isinstance(wanted, int):
            yield from [self._scalar(start, end, in_line(wanted))] if wanted != old else ()
        elif isinstance(old, list) and self.spots.text[start] != "*":
            yield from self._items(path, old, wanted)
        elif self.is_flow or not wanted:
            yield self._scalar(start, end, in_line(wanted))
        else:  # below the line, so that a comment behind the old value stays where it is
            yield _Splice(self.spots.colon(path), end, "")
            column = self.spots.column(self.spots.key(path)) + _INDENT
            yield self._behind_line(end, self._block(wanted, column))

    def _items(self, path: DocumentPath, old: list[Any], wanted: Points) -> Iterator[_Splice]:
        """Change, drop or add at the end of a list, so that what stays keeps its comments."""
        for index, point in enumerate(wanted[: len(old)]):
            yield from self._position((*path, index), point)
        if len(wanted) < len(old):
            yield from self._fewer(path, len(wanted))
        elif len(wanted) > len(old):
            yield self._more(path, len(old), wanted[len(old) :])

    def _fewer(self, path: DocumentPath, kept: int) -> Iterator[_Splice]:
        start, end = self.spots.span(path)
        if not self.spots.is_block(path):
            start = self.spots.end((*path, kept - 1)) if kept else start + 1
            yield _Splice(start, end - 1, "")
            return
        if not kept:
            yield from self._in_place_of_lines(path, "[]")
            return
        start = self.spots.line_end(self.spots.end((*path, kept - 1)))
        yield _Splice(start, self.spots.line_end(self.spots.end(path)), "")

    def _in_place_of_lines(self, path: DocumentPath, value: str) -> Iterator[_Splice]:
        """Write a value in one line where a list stands below its key."""
        colon, start = self.spots.colon(path), self.spots.span(path)[0]
        yield _Splice(colon, colon, f" {value}")
        above = len(self.spots.text[:start].rstrip())
        yield _Splice(above, self.spots.line_end(self.spots.end(path)), "")

    def _more(self, path: DocumentPath, count: int, added: Points) -> _Splice:
        start, end = self.spots.span(path)
        if self.spots.is_block(path):
            lines = self._block(added, self.spots.column(start))
            return self._behind_line(self.spots.end(path), lines)
        inner = in_line(added)[1:-1]
        if count == 0:
            return _Splice(end - 1, end - 1, inner)
        at = self.spots.end((*path, count - 1))
        return _Splice(at, at, f", {inner}")

    def _missing(self, key: str, wanted: Any) -> _Splice:
        kept = [one for one in self.present if one not in self.gone]
        before = next((one for one in _BEHIND[key] if one in kept), kept[-1])
        at, key_at = self.spots.end((*self.owner, before)), self.spots.key((*self.owner, before))
        if self.is_flow:
            quote = '"' if self.spots.text[key_at] == '"' else ""
            return _Splice(at, at, f", {quote}{key}{quote}: {in_line(wanted)}")
        column = self.spots.column(key_at)
        return self._behind_line(at, self._line(f"{key}:{self._below(wanted, column)}", column))

    def _below(self, wanted: Wanted, column: int) -> str:
        if not isinstance(wanted, tuple) or not wanted:
            return f" {in_line(wanted)}"
        return self._block(wanted, column + _INDENT)

    def _block(self, points: Points, column: int) -> str:
        return "".join(self._line(f"- {in_line(one)}", column) for one in points)

    def _line(self, text: str, column: int) -> str:
        return self.spots.newline + " " * column + text

    def _behind_line(self, at: int, text: str) -> _Splice:
        end = self.spots.line_end(at)
        return _Splice(end, end, text)


def _in_style_of(old: Any, text: str, wanted: Position) -> str:
    """A position in the quotes, and with the gap, of the one that stood there."""
    known = _POSITION.match(old) if isinstance(old, str) else None
    if known is None or "\n" in known[1]:
        return in_line(wanted)
    quote = text[0] if text[0] in "\"'" else "" if text == old else '"'
    return f"{quote}{_pair(wanted, known[1])}{quote}"


def in_line(wanted: Wanted) -> str:
    """A drawing's name, a number, a position or a list of them, as YAML in one line."""
    if isinstance(wanted, str):
        return wanted if _PLAIN.match(wanted) else json.dumps(wanted, ensure_ascii=False)
    if isinstance(wanted, int):
        return str(wanted)
    if isinstance(wanted, Position):
        return f'"{_pair(wanted)}"'
    return "[" + ", ".join(map(in_line, wanted)) + "]"


def _pair(position: Position, gap: str = " ") -> str:
    return str(position).replace(",", f",{gap}")


def _digits(number: float) -> str:
    return str(Position(number, 0)).partition(",")[0]


def _with_owner(data: Any, owner: DocumentPath, change: Callable[[Any], Any]) -> Any:
    """The data with one value of it changed; what it shares with aliases is not touched."""
    if not owner:
        return change(data)
    step, *rest = owner
    inner = _with_owner(value_at(data, (step,)), rest, change)
    if isinstance(data, list) and isinstance(step, int):
        return [*data[:step], inner, *data[step + 1 :]]
    return {**data, step: inner} if isinstance(data, dict) else data


def _read(values: Any) -> Any:
    """A walkthrough or route in which positions are positions, however they are written."""
    known = values if isinstance(values, dict) else {}
    return {key: understood(one) if key in _BEHIND else one for key, one in known.items()}


def understood(value: Any) -> Any:
    """The position that a value says, or the positions; or else the value itself."""
    match value:
        case str() if _POSITION.match(value):
            return parse_position(value)
        case {"lat": int() | float(), "lng": int() | float(), **others} if not others:
            return parse_position(value)
        case list():
            return tuple(map(understood, value))
    return value
