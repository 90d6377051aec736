"""Own what content tells of files that belong together: chapters that follow, lenses that pair."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runner.recordings.facts import InsvFacts

    _Lenses = Sequence[InsvFacts | None]

SEAMLESS = 5.0
"""Seconds between the end of one file and the start of the next, if nothing lies between them."""
SAME = 2.0
"""Seconds by which the starts and the lengths of the two files of a pair may differ."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Two numbers of a recording's files between which another is missing.

    It is sure where both sides name a camera that is known; else numbers may skip for all we know.
    """

    before: int
    after: int
    is_sure: bool


def find_gaps(chapters: Iterable[tuple[int, InsvFacts | None]]) -> Iterator[Gap]:
    """The gaps in one recording, of whose files the numbers and the content are given.

    A number that no file has is no gap where the camera's clock goes on without a break.
    """
    files: dict[int, list[InsvFacts | None]] = {}
    for number, facts in chapters:
        files.setdefault(number, []).append(facts)
    for before, after in pairwise(sorted(files)):
        if after > before + 1 and not _goes_on(files[before], files[after]):
            yield Gap(before, after, _is_told(files[before]) and _is_told(files[after]))


def _goes_on(before: _Lenses, after: _Lenses) -> bool:
    """Whether the camera's clock says that one goes on where the other ends."""
    ends = [facts.local_end for facts in before if facts and facts.local_end]
    starts = [facts.local_start for facts in after if facts and facts.local_start]
    if not ends or not starts:
        return False
    return abs((min(starts) - max(ends)).total_seconds()) <= SEAMLESS


def _is_told(files: _Lenses) -> bool:
    """Whether one of them tells which camera made it, and that is known."""
    return any(facts and facts.serial and facts.camera_is_known for facts in files)


def may_be_pair(one: InsvFacts, other: InsvFacts) -> bool:
    """Whether two lens files were recorded by one camera at one time, for all they say."""
    if one.serial and other.serial and one.serial != other.serial:
        return False
    if one.duration and other.duration and abs(one.duration - other.duration) > SAME:
        return False
    starts = one.local_start, other.local_start
    return not (starts[0] and starts[1] and abs((starts[0] - starts[1]).total_seconds()) > SAME)
