"""Own the ways of walks on a drawing, and how those of one route stay apart."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from runner.pages.spots import Point

Way = tuple[Point, ...]
"""The stops of a walk: its start, its target points, its end."""

_GAP = 8.0
_WIDEST = 48.0
_SHARPEST = 0.5


def side_by_side(ways: Sequence[Way]) -> tuple[Way, ...]:
    """The ways, with those that are the same moved apart like the lanes of a road."""
    same: dict[Way, list[int]] = defaultdict(list)
    for index, way in enumerate(ways):
        same[way].append(index)
    moved = list(ways)
    for way, members in same.items():
        gap = min(_GAP, _WIDEST / len(members))
        for lane, index in enumerate(members):
            distance = (lane - (len(members) - 1) / 2) * gap
            moved[index] = tuple(_lane(way, distance))
    return tuple(moved)


def _lane(way: Way, distance: float) -> Iterator[Point]:
    """The stops, each moved across the way there, so that legs stay parallel."""
    normals = [_normal(*leg) for leg in pairwise(way)]
    for (x, y), before, after in zip(
        way, normals[:1] + normals, normals + normals[-1:], strict=True
    ):
        across, down = (before[0] + after[0]) / 2, (before[1] + after[1]) / 2
        flat = max(across**2 + down**2, _SHARPEST)  # 1 on a straight way, 0 where it turns back
        yield round(x + across / flat * distance, 1), round(y + down / flat * distance, 1)


def _normal(start: Point, end: Point) -> Point:
    """The direction across a leg, of length 1; downwards where the leg goes nowhere."""
    length = math.dist(start, end)
    return ((start[1] - end[1]) / length, (end[0] - start[0]) / length) if length else (0.0, 1.0)
