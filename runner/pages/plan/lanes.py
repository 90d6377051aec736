"""Lanes: each route on a drawing once, however many walks take it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner.plan.model import Action, PlannedWalkthrough

WIDTH = 1000.0
"""Width of every drawing, in its own units; the height follows from its shape."""

Point = tuple[float, float]
"""x to the right and y downwards, in a drawing's own units."""

Stops = tuple[Point, ...]
"""The stops of a walk: its start, its target points, its end."""

HUES = 10
"""Colours in plan.css; beyond them only the numbers differ."""


@dataclass(frozen=True, slots=True)
class DrawnWalk:
    """A walkthrough on the page: its number, the colour of its lane, and its drawing's number."""

    number: int
    hue: int
    canvas: int
    planned: PlannedWalkthrough

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.planned.action is Action.NOTHING


@dataclass(frozen=True, slots=True)
class DrawnRoute:
    """A route on a drawing with all walks that take it, unfinished ones first."""

    stops: Stops
    hue: int
    walks: tuple[DrawnWalk, ...]

    @property
    def targets(self) -> tuple[Point, ...]:
        """The target points."""
        return self.stops[1:-1]

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do for any of its walks."""
        return all(walk.is_finished for walk in self.walks)


def lanes_of(
    canvas: int, walks: Sequence[tuple[int, PlannedWalkthrough]], stops_of_walks: Sequence[Stops]
) -> tuple[DrawnRoute, ...]:
    """The lanes of numbered walks, in the order of their first walk.

    `stops_of_walks` are the stops of each walk, in the order of `walks`.
    """
    found: dict[Stops, list[tuple[int, PlannedWalkthrough]]] = defaultdict(list)
    for walk, stops in zip(walks, stops_of_walks, strict=True):
        found[stops].append(walk)
    return tuple(
        _lane(canvas, index % HUES, stops, members)
        for index, (stops, members) in enumerate(found.items())
    )


def _lane(
    canvas: int, hue: int, stops: Stops, members: Sequence[tuple[int, PlannedWalkthrough]]
) -> DrawnRoute:
    walks = [DrawnWalk(number, hue, canvas, planned) for number, planned in members]
    return DrawnRoute(
        stops, hue, tuple(sorted(walks, key=lambda walk: (walk.is_finished, walk.number)))
    )


def in_ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers as people write them: `1-3, 7`."""
    return ", ".join(_ranges(numbers))


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    first = 0
    for index, number in enumerate(numbers):
        if index + 1 < len(numbers) and numbers[index + 1] == number + 1:
            continue
        yield f"{numbers[first]}-{number}" if index > first else f"{number}"
        first = index + 1
