"""Positions as people write them into a manifest, and as they are written there for them."""

import re
from dataclasses import dataclass
from typing import Any

from runner.manifest.model import Position
from runner.manifest.schema.formats import parse_position
from runner.manifest.yaml.scalars import quoted_in_brackets

_POSITION = re.compile(r"\s*[-+]?[0-9]*\.?[0-9]+\s*,(\s*)[-+]?[0-9]*\.?[0-9]+\s*\Z", re.ASCII)

NEIGHBOURS = {
    "drawing": ("route", "date", "name", "id"),
    "start_position": ("drawing", "route", "date", "name", "id"),
    "end_position": ("start_position", "drawing", "route", "date", "name", "id"),
    "target_points": ("end_position", "start_position", "drawing", "route", "date", "name", "id"),
}
"""Behind which of its neighbours a missing key is written, the nearest first."""

Points = tuple[Position, ...]
Wanted = str | int | Position | Points


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


def with_positions(values: Any) -> Any:
    """A walkthrough or route in which positions are positions, however they are written."""
    known = values if isinstance(values, dict) else {}
    return {key: understood(value) if key in NEIGHBOURS else value for key, value in known.items()}


def in_line(wanted: Wanted) -> str:
    """A drawing's name, a number, a position or a list of them, as YAML in one line."""
    if isinstance(wanted, str):
        return quoted_in_brackets(wanted)
    if isinstance(wanted, int):
        return str(wanted)
    if isinstance(wanted, Position):
        return f'"{_pair(wanted)}"'
    return "[" + ", ".join(map(in_line, wanted)) + "]"


def in_style_of(old: Any, text: str, wanted: Position) -> str:
    """A position in the quotes, and with the gap, of the one that stood there."""
    known = _POSITION.match(old) if isinstance(old, str) else None
    if known is None or "\n" in known[1]:
        return in_line(wanted)
    quote = text[0] if text[0] in "\"'" else "" if text == old else '"'
    return f"{quote}{_pair(wanted, known[1])}{quote}"


def _pair(position: Position, gap: str = " ") -> str:
    return str(position).replace(",", f",{gap}")


def digits(number: float) -> str:
    """One coordinate in digits only."""
    return str(Position(number, 0)).partition(",")[0]
