"""Warnings on a plan's page, each at the walkthrough or drawing that it is about."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runner.manifest.model import Manifest
from runner.pages.plan.canvas import DrawingKey
from runner.problems.problem import Place, Problem

WalkthroughKey = tuple[str, str]
"""A walkthrough, by project and id."""


@dataclass(frozen=True, slots=True)
class Warnings:
    """Problems by walkthrough, by the drawing whose image they are about, and all others."""

    by_walkthrough: Mapping[WalkthroughKey, Sequence[Problem]]
    other: Sequence[Problem]
    by_drawing: Mapping[DrawingKey, Sequence[Problem]] = field(default_factory=dict)


NO_WARNINGS = Warnings({}, ())


def place_warnings(problems: Sequence[Problem], manifests: Sequence[Manifest]) -> Warnings:
    """Sort problems by the walkthrough or drawing in whose text they stand."""
    by_walkthrough: dict[WalkthroughKey, list[Problem]] = defaultdict(list)
    by_drawing: dict[DrawingKey, list[Problem]] = defaultdict(list)
    other: list[Problem] = []
    images = _images(manifests)
    entries = {manifest.path: _Entries.of(manifest) for manifest in manifests}
    for problem in problems:
        walkthrough = entries.get(problem.place.file, _NO_ENTRIES).at(problem.place)
        if walkthrough is not None:
            by_walkthrough[walkthrough].append(problem)
        elif problem.place in images:
            by_drawing[images[problem.place]].append(problem)
        else:
            other.append(problem)
    return Warnings(by_walkthrough, other, by_drawing)


def _images(manifests: Sequence[Manifest]) -> dict[Place, DrawingKey]:
    """The drawings by the places where the manifests name their images."""
    return {
        walkthrough.drawing.image_place: (manifest.project, walkthrough.drawing.id)
        for manifest in manifests
        for walkthrough in manifest.walkthroughs
        if walkthrough.drawing.image_place is not None
    }


@dataclass(frozen=True, slots=True)
class _Entries:
    """The walkthroughs of a manifest in the order of its text: where each begins and ends."""

    starts: Sequence[tuple[int, int]]
    ends: Sequence[tuple[int, int]]
    keys: Sequence[WalkthroughKey]

    @classmethod
    def of(cls, manifest: Manifest) -> "_Entries":
        known = [
            (walkthrough.entry, walkthrough.id)
            for walkthrough in manifest.walkthroughs
            if walkthrough.entry
        ]
        known.sort()
        return cls(
            [(entry.line, entry.column) for entry, _ in known],
            [(entry.end_line, entry.end_column) for entry, _ in known],
            [(manifest.project, id_) for _, id_ in known],
        )

    def at(self, place: Place) -> WalkthroughKey | None:
        """The walkthrough whose text holds a place."""
        point = (place.line, place.column)
        index = bisect_right(self.starts, point) - 1
        return self.keys[index] if index >= 0 and point < self.ends[index] else None


_NO_ENTRIES = _Entries((), (), ())
