"""Own which warning belongs beside which walkthrough or drawing, by where they stand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runner.manifest.model import Manifest, Walkthrough
from runner.pages.canvas import SheetKey
from runner.problems import Place, Problem

WalkKey = tuple[str, str]
"""A walkthrough, by project and id."""


@dataclass(frozen=True, slots=True)
class Warnings:
    """Problems by the walkthrough they are about, by the drawing whose image, and all others."""

    beside: Mapping[WalkKey, Sequence[Problem]]
    other: Sequence[Problem]
    on: Mapping[SheetKey, Sequence[Problem]] = field(default_factory=dict)


NO_WARNINGS = Warnings({}, ())


def place_warnings(
    problems: Sequence[Problem], manifests: Sequence[Manifest], texts: Mapping[str, str]
) -> Warnings:
    """Put every problem where it belongs; `texts` are the manifests' own, by file."""
    beside: dict[WalkKey, list[Problem]] = defaultdict(list)
    on: dict[SheetKey, list[Problem]] = defaultdict(list)
    other: list[Problem] = []
    owners, images = _owners(manifests, texts), _images(manifests)
    for problem in problems:
        owner = owners.get((problem.place.file, problem.place.line))
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


def _owners(
    manifests: Sequence[Manifest], texts: Mapping[str, str]
) -> dict[tuple[str, int], WalkKey]:
    """The walkthrough that each line of each manifest is about."""
    return {
        (walkthrough.place.file, line): (manifest.project, walkthrough.id)
        for manifest in manifests
        for walkthrough in manifest.walkthroughs
        for line in _lines_of(walkthrough, texts.get(walkthrough.place.file, "").splitlines())
    }


def _lines_of(walkthrough: Walkthrough, lines: Sequence[str]) -> range:
    """A walkthrough's lines: from its dash to where the text moves out to the left again."""
    first = _line_of_dash(walkthrough.place.line, lines)
    if first is None:  # in one line with others, or without a text at hand
        return range(walkthrough.place.line, walkthrough.place.line + 1)
    dash = _indent(lines[first - 1])
    for number, line in enumerate(lines[first:], start=first + 1):
        if line.strip() and not line.lstrip().startswith("#") and _indent(line) <= dash:
            return range(first, number)
    return range(first, len(lines) + 1)


def _line_of_dash(line: int, lines: Sequence[str]) -> int | None:
    """Where the entry begins that has a key in a line: there, or above it and further left."""
    for number in range(min(line, len(lines)), 0, -1):
        text = lines[number - 1]
        is_own = number == line or _indent(text) < _indent(lines[line - 1])
        if text.lstrip().startswith("-") and is_own:
            return number
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
