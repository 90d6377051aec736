"""The plain grid that stands for a drawing without a picture."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from runner.drawings.frame import Frame
from runner.manifest.model import Position

_FEWEST = 4


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of equal longitude or latitude: how far from the left or upper edge, of 1."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines down and the lines across."""

    down: tuple[GridLine, ...]
    across: tuple[GridLine, ...]


def grid_of(frame: Frame) -> Grid:
    """Lines at round coordinates, a handful each way."""
    box = frame.bounds
    down = (
        GridLine(frame.place(Position(box.south, lng))[0], label)
        for lng, label in _round_numbers(box.west, box.east)
    )
    across = (
        GridLine(frame.place(Position(lat, box.west))[1], label)
        for lat, label in _round_numbers(box.south, box.north)
    )
    return Grid(tuple(down), tuple(across))


def _round_numbers(low: float, high: float) -> Iterator[tuple[float, str]]:
    step, decimals = _step(high - low)
    for index in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        yield index * step, f"{index * step:.{decimals}f}"


def _step(span: float) -> tuple[float, int]:
    """The largest of 1, 2, 5 and their tenfolds that makes lines enough, and its decimals."""
    power = math.floor(math.log10(span / _FEWEST))
    digit = next(digit for digit in (5, 2, 1) if digit * 10.0**power * _FEWEST <= span * (1 + 1e-9))
    return digit * 10.0**power, max(0, -power)
