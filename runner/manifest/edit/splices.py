"""Splices: where new text goes into a manifest's text to set positions, in the style it has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from runner.manifest.edit.positions import (
    NEIGHBOURS,
    Points,
    Positions,
    Wanted,
    digits,
    in_line,
    in_style_of,
    understood,
)
from runner.manifest.model import Position
from runner.manifest.schema.placeholders import TODO
from runner.manifest.yaml.document import Document, value_at
from runner.manifest.yaml.marks import DocumentPath

_INDENT = 2
_DECIDED = frozenset({"drawing", "start_position", "end_position"})
"""What a walk says itself where no route says it."""


@dataclass(frozen=True, slots=True)
class Splice:
    """New text in place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


class PositionEditor:
    """Finds the splices that set positions in one walkthrough or route."""

    def __init__(
        self,
        document: Document,
        owner: DocumentPath,
        positions: Positions,
        shared_routes: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.data = document.data
        routes = self.data.get("routes")
        self.routes = {**shared_routes, **(routes if isinstance(routes, dict) else {})}
        self.offsets = document.offsets()
        self.owner = tuple(owner)
        self.is_flow = not self.offsets.is_block(self.owner)
        self.present: dict[str, Any] = value_at(self.data, self.owner)
        removed = positions.removed & self.present.keys()
        route = None if "route" in removed else positions.route or self.present.get("route")
        self.gone = {key for key in removed if self._can_go(key, route)}
        missing = _DECIDED - self.present.keys() if "route" in removed else frozenset()
        values = dict.fromkeys((removed - self.gone) | missing, TODO) | positions.by_key
        self.values = {key: values[key] for key in NEIGHBOURS if key in values}

    def _can_go(self, key: str, route: Any) -> bool:
        known = self.routes.get(route) if isinstance(route, str) else None
        return key in {"target_points", "route"} or (isinstance(known, dict) and key in known)

    def after(self, old: dict[str, Any]) -> dict[str, Any]:
        """The values that the walkthrough or route has to have in the end."""
        kept = {key: value for key, value in old.items() if key not in self.gone}
        return {**kept, **self.values}

    def splices(self) -> Iterator[Splice]:
        """Yield the splices; those at one place come in the order in which they stand."""
        if not self.present:
            inside = self.offsets.span(self.owner)[1] - 1
            values = ", ".join(f"{key}: {in_line(value)}" for key, value in self.values.items())
            yield Splice(inside, inside, values)
            return
        yield from map(self._without, self.gone)
        for key, wanted in self.values.items():
            if key in self.present:
                yield from self._present((*self.owner, key), wanted)
        for key, wanted in self.values.items():
            if key not in self.present:
                yield self._missing(key, wanted)

    def _without(self, key: str) -> Splice:
        """Take out a key and its value; a comment behind them in their line stays."""
        path = (*self.owner, key)
        start, end = self.offsets.key(path), self.offsets.end(path)
        if self.is_flow:
            return self._without_comma(key, start, end)
        first = start - self.offsets.column(start)
        last = self.offsets.line_end(end)
        end = last if self.offsets.is_block(path) else end
        before, behind = self.offsets.text[first:start], self.offsets.text[end:last]
        if (before + behind).strip():
            return Splice(start, last - len(behind.lstrip()), "")
        return Splice(first, self.offsets.next_line(last), "")

    def _without_comma(self, key: str, start: int, end: int) -> Splice:
        keys = list(self.present)
        at = keys.index(key)
        if set(keys[:at]) - self.gone:
            return Splice(self.offsets.end((*self.owner, keys[at - 1])), end, "")
        later = keys[at + 1 : at + 2]
        return Splice(start, self.offsets.key((*self.owner, *later)) if later else end, "")

    def _present(self, path: DocumentPath, wanted: Wanted) -> Iterator[Splice]:
        if path[-1] == "target_points" and isinstance(wanted, (tuple, int)):
            yield from self._points(path, wanted)
        elif isinstance(wanted, Position):
            yield from self._position(path, wanted)
        elif value_at(self.data, path) != wanted:
            yield self._scalar(*self.offsets.span(path), in_line(wanted))

    def _position(self, path: DocumentPath, wanted: Position) -> Iterator[Splice]:
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

    def _number(self, path: DocumentPath, old: Any, wanted: float) -> Iterator[Splice]:
        if old != wanted:
            yield self._scalar(*self.offsets.span(path), digits(wanted))

    def _scalar(self, start: int, end: int, new: str) -> Splice:
        at_its_colon = start == end and not self.offsets.text[start - 1].isspace()
        return Splice(start, end, f" {new}" if at_its_colon else new)

    def _points(self, path: DocumentPath, wanted: Points | int) -> Iterator[Splice]:
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
            yield Splice(self.offsets.colon(path), end, "")
            column = self.offsets.column(self.offsets.key(path)) + _INDENT
            yield self._behind_line(end, self._block(wanted, column))

    def _items(self, path: DocumentPath, old: list[Any], wanted: Points) -> Iterator[Splice]:
        """Change, drop or add items at the end of a list, so that the rest keep their comments."""
        for index, point in enumerate(wanted[: len(old)]):
            yield from self._position((*path, index), point)
        if len(wanted) < len(old):
            yield from self._fewer(path, len(wanted))
        elif len(wanted) > len(old):
            yield self._more(path, len(old), wanted[len(old) :])

    def _fewer(self, path: DocumentPath, kept: int) -> Iterator[Splice]:
        start, end = self.offsets.span(path)
        if not self.offsets.is_block(path):
            start = self.offsets.end((*path, kept - 1)) if kept else start + 1
            yield Splice(start, end - 1, "")
            return
        if not kept:
            yield from self._in_place_of_lines(path, "[]")
            return
        start = self.offsets.line_end(self.offsets.end((*path, kept - 1)))
        yield Splice(start, self.offsets.line_end(self.offsets.end(path)), "")

    def _in_place_of_lines(self, path: DocumentPath, value: str) -> Iterator[Splice]:
        """Write a value in one line in place of a list below its key."""
        colon, start = self.offsets.colon(path), self.offsets.span(path)[0]
        yield Splice(colon, colon, f" {value}")
        above = len(self.offsets.text[:start].rstrip())
        yield Splice(above, self.offsets.line_end(self.offsets.end(path)), "")

    def _more(self, path: DocumentPath, count: int, added: Points) -> Splice:
        start, end = self.offsets.span(path)
        if self.offsets.is_block(path):
            lines = self._block(added, self.offsets.column(start))
            return self._behind_line(self.offsets.end(path), lines)
        inner = in_line(added)[1:-1]
        if count == 0:
            return Splice(end - 1, end - 1, inner)
        at = self.offsets.end((*path, count - 1))
        return Splice(at, at, f", {inner}")

    def _missing(self, key: str, wanted: Any) -> Splice:
        kept = [name for name in self.present if name not in self.gone]
        before = next((name for name in NEIGHBOURS[key] if name in kept), kept[-1])
        at, key_at = (
            self.offsets.end((*self.owner, before)),
            self.offsets.key((*self.owner, before)),
        )
        if self.is_flow:
            quote = '"' if self.offsets.text[key_at] == '"' else ""
            return Splice(at, at, f", {quote}{key}{quote}: {in_line(wanted)}")
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

    def _behind_line(self, at: int, text: str) -> Splice:
        end = self.offsets.line_end(at)
        return Splice(end, end, text)
