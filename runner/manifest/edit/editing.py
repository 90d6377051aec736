"""Values set in a manifest's text, in which all that is not set stays as it is.

New text goes in where the parser says a value stands, in the style of what was there. What comes
of it is read again: unless it says just what was meant, and nothing else, nobody gets it.
"""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from runner.base.errors import UsageError
from runner.manifest.edit.positions import (
    NEIGHBOURS,
    Points,
    Positions,
    Wanted,
    digits,
    in_line,
    in_style_of,
    understood,
    with_positions,
)
from runner.manifest.model import Position
from runner.manifest.schema.placeholders import TODO
from runner.manifest.yaml.document import Document, parse_document, value_at
from runner.manifest.yaml.marks import DocumentPath
from runner.manifest.yaml.scalars import quoted_in_brackets

_INDENT = 2


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
    changed = _spliced(raw, document.text, list(editor.splices()))
    read, _ = parse_document(changed, file)
    wanted = _with_owner(document.data, owner, lambda old: editor.after(with_positions(old)))
    if read is None or _with_owner(read.data, owner, with_positions) != wanted:
        raise _unfit(file)
    return changed


def set_project(raw: bytes, file: str, project: str) -> bytes:
    """A manifest's bytes with the project that stands there replaced.

    Raises UsageError when it is written in a way that does not let just this value be set.
    """
    document, _ = parse_document(raw, file)
    if document is None or not value_at(document.data, ("project",)):
        raise _unfit_for_project(file, project)
    splice = _Splice(*document.offsets().span(("project",)), quoted_in_brackets(project))
    changed = _spliced(raw, document.text, [splice])
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


def _spliced(raw: bytes, text: str, splices: Sequence[_Splice]) -> bytes:
    """The bytes of a text with new pieces in it; `raw` are those it was read from."""
    pieces, at = [], 0
    for splice in sorted(splices, key=lambda piece: (piece.start, piece.end)):  # stable: new first
        pieces += [text[at : splice.start], splice.text]
        at = splice.end
    bom = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    return bom + "".join([*pieces, text[at:]]).encode()


class _Editor:
    """Finds what to write, and where, in one walkthrough or route."""

    def __init__(self, document: Document, owner: DocumentPath, positions: Positions) -> None:
        self.data = document.data
        self.offsets = document.offsets()
        self.owner = tuple(owner)
        self.is_flow = not self.offsets.is_block(self.owner)
        self.present: dict[str, Any] = value_at(self.data, self.owner)
        removed = positions.removed & self.present.keys()
        self.gone = {key for key in removed if self._can_go(key)}
        self.values = {
            **positions.by_key,
            **dict.fromkeys(sorted(removed - self.gone), TODO),
        }

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
            inside = self.offsets.span(self.owner)[1] - 1
            values = ", ".join(f"{key}: {in_line(value)}" for key, value in self.values.items())
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
        start, end = self.offsets.key(path), self.offsets.end(path)
        if self.is_flow:
            return self._without_comma(key, start, end)
        first = start - self.offsets.column(start)
        last = self.offsets.line_end(end)
        end = last if self.offsets.is_block(path) else end
        before, behind = self.offsets.text[first:start], self.offsets.text[end:last]
        if (before + behind).strip():
            return _Splice(start, last - len(behind.lstrip()), "")
        return _Splice(first, self.offsets.next_line(last), "")

    def _without_comma(self, key: str, start: int, end: int) -> _Splice:
        keys = list(self.present)
        at = keys.index(key)
        if set(keys[:at]) - self.gone:
            return _Splice(self.offsets.end((*self.owner, keys[at - 1])), end, "")
        later = keys[at + 1 : at + 2]
        return _Splice(start, self.offsets.key((*self.owner, *later)) if later else end, "")

    def _present(self, path: DocumentPath, wanted: Wanted) -> Iterator[_Splice]:
        if path[-1] == "target_points" and isinstance(wanted, (tuple, int)):
            yield from self._points(path, wanted)
        elif isinstance(wanted, Position):
            yield from self._position(path, wanted)
        elif value_at(self.data, path) != wanted:
            yield self._scalar(*self.offsets.span(path), in_line(wanted))

    def _position(self, path: DocumentPath, wanted: Position) -> Iterator[_Splice]:
        old = value_at(self.data, path)
        start, end = self.offsets.span(path)
        text = self.offsets.text[start:end]
        if understood(old) == wanted:
            return
        if isinstance(old, dict) and old.keys() == {"lat", "lng"} and text[0] != "*":
            yield from self._number((*path, "lat"), old["lat"], wanted.lat)
            yield from self._number((*path, "lng"), old["lng"], wanted.lng)
        else:
            yield self._scalar(start, end, in_style_of(old, text, wanted))

    def _number(self, path: DocumentPath, old: Any, wanted: float) -> Iterator[_Splice]:
        if old != wanted:
            yield self._scalar(*self.offsets.span(path), digits(wanted))

    def _scalar(self, start: int, end: int, new: str) -> _Splice:
        at_its_colon = start == end and not self.offsets.text[start - 1].isspace()
        return _Splice(start, end, f" {new}" if at_its_colon else new)

    def _points(self, path: DocumentPath, wanted: Points | int) -> Iterator[_Splice]:
        old = value_at(self.data, path)
        start, end = self.offsets.span(path)
        if isinstance(wanted, int) and self.offsets.is_block(path):
            yield from self._in_place_of_lines(path, in_line(wanted))
        elif isinstance(wanted, int):
            yield from [self._scalar(start, end, in_line(wanted))] if wanted != old else ()
        elif isinstance(old, list) and self.offsets.text[start] != "*":
            yield from self._items(path, old, wanted)
        elif self.is_flow or not wanted:
            yield self._scalar(start, end, in_line(wanted))
        else:  # below the line, so that a comment behind the old value stays where it is
            yield _Splice(self.offsets.colon(path), end, "")
            column = self.offsets.column(self.offsets.key(path)) + _INDENT
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
        start, end = self.offsets.span(path)
        if not self.offsets.is_block(path):
            start = self.offsets.end((*path, kept - 1)) if kept else start + 1
            yield _Splice(start, end - 1, "")
            return
        if not kept:
            yield from self._in_place_of_lines(path, "[]")
            return
        start = self.offsets.line_end(self.offsets.end((*path, kept - 1)))
        yield _Splice(start, self.offsets.line_end(self.offsets.end(path)), "")

    def _in_place_of_lines(self, path: DocumentPath, value: str) -> Iterator[_Splice]:
        """Write a value in one line where a list stands below its key."""
        colon, start = self.offsets.colon(path), self.offsets.span(path)[0]
        yield _Splice(colon, colon, f" {value}")
        above = len(self.offsets.text[:start].rstrip())
        yield _Splice(above, self.offsets.line_end(self.offsets.end(path)), "")

    def _more(self, path: DocumentPath, count: int, added: Points) -> _Splice:
        start, end = self.offsets.span(path)
        if self.offsets.is_block(path):
            lines = self._block(added, self.offsets.column(start))
            return self._behind_line(self.offsets.end(path), lines)
        inner = in_line(added)[1:-1]
        if count == 0:
            return _Splice(end - 1, end - 1, inner)
        at = self.offsets.end((*path, count - 1))
        return _Splice(at, at, f", {inner}")

    def _missing(self, key: str, wanted: Any) -> _Splice:
        kept = [name for name in self.present if name not in self.gone]
        before = next((name for name in NEIGHBOURS[key] if name in kept), kept[-1])
        at, key_at = (
            self.offsets.end((*self.owner, before)),
            self.offsets.key((*self.owner, before)),
        )
        if self.is_flow:
            quote = '"' if self.offsets.text[key_at] == '"' else ""
            return _Splice(at, at, f", {quote}{key}{quote}: {in_line(wanted)}")
        column = self.offsets.column(key_at)
        return self._behind_line(at, self._line(f"{key}:{self._below(wanted, column)}", column))

    def _below(self, wanted: Wanted, column: int) -> str:
        if not isinstance(wanted, tuple) or not wanted:
            return f" {in_line(wanted)}"
        return self._block(wanted, column + _INDENT)

    def _block(self, points: Points, column: int) -> str:
        return "".join(self._line(f"- {in_line(point)}", column) for point in points)

    def _line(self, text: str, column: int) -> str:
        return self.offsets.newline + " " * column + text

    def _behind_line(self, at: int, text: str) -> _Splice:
        end = self.offsets.line_end(at)
        return _Splice(end, end, text)


def _with_owner(data: Any, owner: DocumentPath, change: Callable[[Any], Any]) -> Any:
    """The data with one value of it changed; what it shares with aliases is not touched."""
    if not owner:
        return change(data)
    step, *rest = owner
    inner = _with_owner(value_at(data, (step,)), rest, change)
    if isinstance(data, list) and isinstance(step, int):
        return [*data[:step], inner, *data[step + 1 :]]
    return {**data, step: inner} if isinstance(data, dict) else data
