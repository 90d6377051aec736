"""Positions in a manifest's text: how people write them, and how this program does."""

import re
from dataclasses import dataclass
from typing import Any

from runner.manifest.model import Position
from runner.manifest.schema.formats import parse_position
from runner.manifest.yaml.scalars import quoted_in_brackets

_POSITION = re.compile(r"\s*[-+]?[0-9]*\.?[0-9]+\s*,(\s*)[-+]?[0-9]*\.?[0-9]+\s*\Z", re.ASCII)

NEIGHBOURS = {
    "route": ("date", "name", "id"),
    "drawing": ("route", "date", "name", "id"),
    "start_position": ("drawing", "route", "date", "name", "id"),
    "end_position": ("start_position", "drawing", "route", "date", "name", "id"),
    "target_points": ("end_position", "start_position", "drawing", "route", "date", "name", "id"),
}
"""The keys behind which a missing key is written, the nearest first."""

Points = tuple[Position, ...]
Wanted = str | int | Position | Points


@dataclass(frozen=True, slots=True)
class Positions:
    """The values to set in a walkthrough or route; None leaves a value as it is.

    Target points are positions, or only their number. `removed` are the manifest's keys whose
    values are taken out.
    """

    start: Position | None = None
    end: Position | None = None
    target_points: Points | int | None = None
    drawing: str | None = None
    removed: frozenset[str] = frozenset()
    route: str | None = None

    @property
    def by_key(self) -> dict[str, Any]:
        """The values to set, by the manifest's keys."""
        values = {
            "route": self.route,
            "drawing": self.drawing,
            "start_position": self.start,
            "end_position": self.end,
            "target_points": self.target_points,
        }
        return {key: value for key, value in values.items() if value is not None}


def understood(value: Any) -> Any:
    """The position or positions that a value means; any other value as it is."""
    match value:
        case str() if _POSITION.match(value):
            return parse_position(value)
        case {"lat": int() | float(), "lng": int() | float(), **others} if not others:
            return parse_position(value)
        case list():
            return tuple(map(understood, value))
    return value


def with_positions(values: Any) -> Any:
    """A walkthrough or route with its positions parsed, however they are written."""
    known = values if isinstance(values, dict) else {}
    return {key: understood(value) if key in NEIGHBOURS else value for key, value in known.items()}


def in_line(wanted: Wanted) -> str:
    """Write a name, a number, a position or a list of positions as YAML in one line."""
    if isinstance(wanted, str):
        return quoted_in_brackets(wanted)
    if isinstance(wanted, int):
        return str(wanted)
    if isinstance(wanted, Position):
        return f'"{_pair(wanted)}"'
    return "[" + ", ".join(map(in_line, wanted)) + "]"


def in_style_of(old: Any, text: str, wanted: Position) -> str:
    """Write a position with the quotes and the gap of the value it replaces."""
    known = _POSITION.match(old) if isinstance(old, str) else None
    if known is None or "\n" in known[1]:
        return in_line(wanted)
    quote = text[0] if text[0] in "\"'" else "" if text == old else '"'
    return f"{quote}{_pair(wanted, known[1])}{quote}"


def _pair(position: Position, gap: str = " ") -> str:
    return str(position).replace(",", f",{gap}")


def digits(number: float) -> str:
    """Write one coordinate in digits only."""
    return str(Position(number, 0)).partition(",")[0]
