"""Own where pins stand on a drawing: on their spot, or beside each other where several share it."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

Point = tuple[float, float]
"""x to the right and y downwards, in a drawing's own units."""

PIN = 18.0
"""Half the width of a pin."""

_STEP = 2 * PIN + 4
_IN_A_ROW = 4
_TOGETHER = 8
_BESIDE = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where pins stand: which ones, each with its way from the spot, and what is left out.

    `slots` go by the index of the pin; `more` is the way to the sign that counts the `hidden`.
    """

    at: Point
    slots: dict[int, Point]
    hidden: tuple[int, ...] = ()
    more: Point = (0, 0)

    def places(self) -> dict[int, Point]:
        """Where each of its pins stands; those left out stand on the spot."""
        x, y = self.at
        shown = {pin: (x + dx, y + dy) for pin, (dx, dy) in self.slots.items()}
        return shown | dict.fromkeys(self.hidden, self.at)


def spread(points: Sequence[Point]) -> tuple[Spot, ...]:
    """Gather pins that would cover each other, and give each a place of its own around the spot."""
    return tuple(_spot(at, pins) for at, pins in _gathered(points))


def _gathered(points: Sequence[Point]) -> list[tuple[Point, list[int]]]:
    """The points too close to be told apart, by the first of them."""
    found: list[tuple[Point, list[int]]] = []
    cells: dict[tuple[int, int], list[tuple[Point, list[int]]]] = defaultdict(list)
    for index, point in enumerate(points):
        column, row = int(point[0] // PIN), int(point[1] // PIN)
        around = (cells.get((column + dx, row + dy), ()) for dx in _BESIDE for dy in _BESIDE)
        near = (pins for at, pins in chain(*around) if math.dist(at, point) < PIN)
        pins = next(near, None)
        if pins is None:
            spot = (point, [index])
            found.append(spot)
            cells[column, row].append(spot)
        else:
            pins.append(index)
    return found


def _spot(at: Point, pins: Sequence[int]) -> Spot:
    if len(pins) <= _TOGETHER:
        return Spot(at, dict(zip(pins, _rows(len(pins)), strict=True)))
    *slots, more = _rows(_TOGETHER)
    return Spot(at, dict(zip(pins, slots, strict=False)), tuple(pins[len(slots) :]), more)


def _rows(count: int) -> list[Point]:
    """Ways from a spot to places in rows that are centred on it."""
    rows = math.ceil(count / _IN_A_ROW)
    places = []
    for index in range(count):
        row, column = divmod(index, _IN_A_ROW)
        wide = min(_IN_A_ROW, count - row * _IN_A_ROW)
        places.append(((column - (wide - 1) / 2) * _STEP, (row - (rows - 1) / 2) * _STEP))
    return places
