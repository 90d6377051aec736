"""Own the ways of walks on a drawing, and how those of one route stay apart."""

import math
from collections import defaultdict
from collections.abc import Sequence

from runner.pages.spots import Point

Way = tuple[Point, ...]
"""The stops of a walk: its start, its target points, its end."""

_GAP = 7.0
_WIDEST = 42.0


def side_by_side(ways: Sequence[Way]) -> tuple[Way, ...]:
    """The ways, with those that are the same moved apart, across their direction."""
    same: dict[Way, list[int]] = defaultdict(list)
    for index, way in enumerate(ways):
        same[way].append(index)
    moved = list(ways)
    for way, members in same.items():
        gap = min(_GAP, _WIDEST / len(members))
        for place, index in enumerate(members):
            moved[index] = _moved(way, (place - (len(members) - 1) / 2) * gap)
    return tuple(moved)


def _moved(way: Way, distance: float) -> Way:
    (x0, y0), (x1, y1) = way[0], way[-1]
    length = math.dist(way[0], way[-1])
    across = ((y0 - y1) / length, (x1 - x0) / length) if length else (0.0, 1.0)
    return tuple((x + across[0] * distance, y + across[1] * distance) for x, y in way)
