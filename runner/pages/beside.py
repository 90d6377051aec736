"""Own which warning belongs beside which walkthrough, by where both stand in their manifest."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runner.manifest.model import Manifest, Walkthrough
from runner.problems import Problem

WalkKey = tuple[str, str]
"""A walkthrough, by project and id."""


@dataclass(frozen=True, slots=True)
class Warnings:
    """Problems by the walkthrough they are about, and those about none of them."""

    beside: Mapping[WalkKey, Sequence[Problem]]
    other: Sequence[Problem]


NO_WARNINGS = Warnings({}, ())


def place_warnings(
    problems: Sequence[Problem], manifests: Sequence[Manifest], texts: Mapping[str, str]
) -> Warnings:
    """Put every problem beside its walkthrough; `texts` are the manifests' own, by file."""
    beside: dict[WalkKey, list[Problem]] = defaultdict(list)
    other: list[Problem] = []
    owners = _owners(manifests, texts)
    for problem in problems:
        key = owners.get((problem.place.file, problem.place.line))
        (other if key is None else beside[key]).append(problem)
    return Warnings(beside, other)


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
    """A walkthrough's lines: from its first to where the text moves out to the left again."""
    first = walkthrough.place.line
    for number, line in enumerate(lines[first:], start=first + 1):
        text = line.lstrip()
        if (
            text
            and not text.startswith("#")
            and len(line) - len(text) < walkthrough.place.column - 1
        ):
            return range(first, number)
    return range(first, len(lines) + 1)
