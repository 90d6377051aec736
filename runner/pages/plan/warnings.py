"""Warnings on a page: beside which walkthrough or drawing each stands, by its place in the text."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runner.manifest.model import Manifest
from runner.pages.plan.canvas import SheetKey
from runner.problems.problem import Place, Problem

WalkKey = tuple[str, str]
"""A walkthrough, by project and id."""


@dataclass(frozen=True, slots=True)
class Warnings:
    """Problems by the walkthrough they are about, by the drawing whose image, and all others."""

    beside: Mapping[WalkKey, Sequence[Problem]]
    other: Sequence[Problem]
    on: Mapping[SheetKey, Sequence[Problem]] = field(default_factory=dict)


NO_WARNINGS = Warnings({}, ())


def place_warnings(problems: Sequence[Problem], manifests: Sequence[Manifest]) -> Warnings:
    """Put every problem where it belongs."""
    beside: dict[WalkKey, list[Problem]] = defaultdict(list)
    on: dict[SheetKey, list[Problem]] = defaultdict(list)
    other: list[Problem] = []
    images = _images(manifests)
    entries = {manifest.path: _Entries.of(manifest) for manifest in manifests}
    for problem in problems:
        owner = entries.get(problem.place.file, _NO_ENTRIES).at(problem.place)
        if owner is not None:
            beside[owner].append(problem)
        elif problem.place in images:
            on[images[problem.place]].append(problem)
        else:
            other.append(problem)
    return Warnings(beside, other, on)


def _images(manifests: Sequence[Manifest]) -> dict[Place, SheetKey]:
    """The drawing on the page that each image in a manifest is of."""
    return {
        walkthrough.drawing.image_place: (manifest.project, walkthrough.drawing.id)
        for manifest in manifests
        for walkthrough in manifest.walkthroughs
        if walkthrough.drawing.image_place is not None
    }


@dataclass(frozen=True, slots=True)
class _Entries:
    """The walkthroughs of one manifest in the order of its text, with where each begins."""

    starts: Sequence[tuple[int, int]]
    ends: Sequence[tuple[int, int]]
    keys: Sequence[WalkKey]

    @classmethod
    def of(cls, manifest: Manifest) -> "_Entries":
        known = [(each.entry, each.id) for each in manifest.walkthroughs if each.entry]
        known.sort()
        return cls(
            [(entry.line, entry.column) for entry, _ in known],
            [(entry.end_line, entry.end_column) for entry, _ in known],
            [(manifest.project, id_) for _, id_ in known],
        )

    def at(self, place: Place) -> WalkKey | None:
        """The walkthrough that a place is in."""
        point = (place.line, place.column)
        index = bisect_right(self.starts, point) - 1
        return self.keys[index] if index >= 0 and point < self.ends[index] else None


_NO_ENTRIES = _Entries((), (), ())
