"""The whole preflight: every rule over every recording of the manifests given together."""

from collections.abc import Iterable, Iterator

from runner.preflight.chapters import check_chapters
from runner.preflight.content import check_cameras, check_content
from runner.preflight.lenses import check_lenses
from runner.preflight.listed import ListedFile, each_once
from runner.preflight.places import check_places
from runner.preflight.times import check_days, check_overlaps
from runner.problems import Problem

_RULES = (
    check_content,
    check_cameras,
    check_lenses,
    check_chapters,
    check_days,
    check_overlaps,
    check_places,
)


def check_recordings(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """Everything that speaks against sending some recordings, in the order of the rules."""
    recordings = each_once(listed)
    for rule in _RULES:
        yield from rule(recordings)
