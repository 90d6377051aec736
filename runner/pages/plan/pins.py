"""Pins: where lanes begin on a drawing, with the numbers of their walks."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from runner.pages.plan.lanes import WIDTH, DrawnRoute, DrawnWalk, Point, in_ranges

PIN = 18.0
"""Half the height of a pin, and half the width of one with a single number."""

EDGE = 32.0
"""Room around a drawing, in its own units, so that a pin on its very edge is whole."""

_ON_PHONES = 1.6
"""How much larger plan.css makes pins on a narrow screen, around the point where they stand."""

_STEP = 2 * PIN + 4
_BORDER = 2  # half of its stroke, and a little
_DIGIT = 9.5
_WIDEST_TEXT = 16
_AROUND = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Label:
    """The numbers of walks that start at a pin: all of one lane, and all finished or none.

    `x` and `y` are the distances right and down from the pin, in the drawing's units.
    """

    text: str
    walks: tuple[DrawnWalk, ...]
    x: float
    y: float

    @property
    def width(self) -> float:
        """Room for the text, in the drawing's units."""
        return _width(self.text)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do for its walks."""
        return self.walks[0].is_finished


@dataclass(frozen=True, slots=True)
class Pin:
    """A point where lanes start, with a label for each; those of finished walks come last."""

    at: Point
    labels: tuple[Label, ...]


def pins_of(lanes: Sequence[DrawnRoute], height: float) -> tuple[Pin, ...]:
    """The pins on a drawing of this height; starts closer than a pin is wide share one."""
    return tuple(
        _pin(at, [lanes[index] for index in near], -_STEP if at[1] > height / 2 else _STEP)
        for at, near in _gathered(lanes)
    )


def _gathered(lanes: Sequence[DrawnRoute]) -> list[tuple[Point, list[int]]]:
    """Points where lanes start, with the indices of all lanes that start within a pin's width."""
    found: list[tuple[Point, list[int]]] = []
    cells: dict[tuple[int, int], list[tuple[Point, list[int]]]] = defaultdict(list)
    for index, lane in enumerate(lanes):
        point = lane.stops[0]
        column, row = int(point[0] // (2 * PIN)), int(point[1] // (2 * PIN))
        around = (cells.get((column + dx, row + dy), ()) for dx in _AROUND for dy in _AROUND)
        near = (members for at, members in chain(*around) if math.dist(at, point) < 2 * PIN)
        members = next(near, None)
        if members is None:
            pin = (point, [index])
            found.append(pin)
            cells[column, row].append(pin)
        else:
            members.append(index)
    return found


def _pin(at: Point, lanes: Sequence[DrawnRoute], step: float) -> Pin:
    """A pin whose labels stand `step` apart, towards the middle of the drawing."""
    groups = sorted(chain(*map(_groups, lanes)), key=lambda walks: walks[0].is_finished)
    labels = (_label(at, walks, row * step) for row, walks in enumerate(groups))
    return Pin(at, tuple(labels))


def _label(at: Point, walks: tuple[DrawnWalk, ...], y: float) -> Label:
    """A label beside a pin's point, moved sideways where it would leave the drawing."""
    text = _text(walks)
    half = _width(text) / 2 + _BORDER
    left = (-EDGE - at[0]) / _ON_PHONES + half
    right = (WIDTH + EDGE - at[0]) / _ON_PHONES - half
    return Label(text, walks, max(left, min(0.0, right)), y)


def _width(text: str) -> float:
    return max(2 * PIN, len(text) * _DIGIT + PIN)


def _groups(lane: DrawnRoute) -> Iterator[tuple[DrawnWalk, ...]]:
    """The unfinished walks of a lane, then its finished ones; no group is empty."""
    for is_finished in (False, True):
        walks = tuple(walk for walk in lane.walks if walk.is_finished is is_finished)
        if walks:
            yield walks


def _text(walks: Sequence[DrawnWalk]) -> str:
    """The numbers, or as many as fit and how many more."""
    numbers = [walk.number for walk in walks]
    text = in_ranges(numbers)
    shown = len(numbers)
    while len(text) > _WIDEST_TEXT and shown > 1:
        shown -= 1
        text = f"{in_ranges(numbers[:shown])} +{len(numbers) - shown}"
    return text
