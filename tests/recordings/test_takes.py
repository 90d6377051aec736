"""Which files belong to one take, which follow each other, and which are halves of a pair."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.insv.reader import read_recording
from runner.recordings.names import RecordingName, parse_name
from runner.recordings.samples import recipes
from runner.recordings.samples.make import make_recording
from runner.recordings.takes import (
    SAME,
    SEAMLESS,
    Gap,
    TakeFile,
    find_gaps,
    group_takes,
    lone_lenses,
    may_be_pair,
)
from tests.recordings.strategies import small

if TYPE_CHECKING:
    from runner.recordings.insv.facts import InsvFacts

CHAPTER = read_recording(io.BytesIO(make_recording(small(recipes.X5))))

HALF, OTHER_HALF = (
    read_recording(io.BytesIO(make_recording(small(lens))))
    for lens in recipes.lens_pair(recipes.X3)
)


@dataclass(frozen=True, slots=True)
class File(TakeFile):
    """A file with a name and a content, as anybody may see it."""

    name: RecordingName | None
    facts: InsvFacts | None


def chapter(number: int, facts: InsvFacts | None = CHAPTER) -> File:
    """A file under the name that a camera gives to a recording of this number."""
    return File(parse_name(f"VID_20260120_101500_00_{number:03}.insv"), facts)


def renamed(facts: InsvFacts, seconds: float = 0, **changes: str) -> File:
    """The facts some time after, in a file without a camera's name."""
    assert facts.local_start
    start = facts.local_start + timedelta(seconds=seconds)
    return File(None, replace(facts, local_start=start, **changes))  # type: ignore[arg-type] # as named


def later(seconds: float, **changes: str | float | None) -> InsvFacts:
    """The same, some time after."""
    assert CHAPTER.local_start
    start = CHAPTER.local_start + timedelta(seconds=seconds)
    return replace(CHAPTER, local_start=start, **changes)  # type: ignore[arg-type] # as named


@given(st.sets(st.integers(1, 30)))
def test_a_gap_is_where_a_number_is_skipped(numbers: set[int]) -> None:
    skipped = [
        Gap(number, after, is_sure=True)
        for number in numbers
        if number + 1 not in numbers
        and (after := min((n for n in numbers if n > number), default=0))
    ]
    gaps = list(find_gaps(map(chapter, numbers)))
    assert gaps == sorted(skipped, key=lambda gap: gap.before)


@given(st.floats(-SEAMLESS, SEAMLESS))
def test_a_number_may_be_skipped_where_the_clock_goes_on(pause: float) -> None:
    assert CHAPTER.duration
    assert not list(find_gaps([chapter(1), chapter(3, later(CHAPTER.duration + pause))]))
    much_later = later(CHAPTER.duration + pause + 2 * SEAMLESS + 1)
    assert list(find_gaps([chapter(1), chapter(3, much_later)]))


@pytest.mark.parametrize(
    "other", [None, later(0, serial=None), later(0, camera=None), later(0, camera="Insta360 X9")]
)
def test_of_what_does_not_tell_its_camera_nobody_can_be_sure(other: InsvFacts | None) -> None:
    assert list(find_gaps([chapter(1), chapter(3, other)])) == [Gap(1, 3, is_sure=False)]
    assert list(find_gaps([chapter(1, other), chapter(3)])) == [Gap(1, 3, is_sure=False)]


@given(st.floats(-SAME, SAME), st.floats(-SAME, SAME))
def test_halves_may_differ_a_little(start: float, length: float) -> None:
    assert CHAPTER.duration
    assert may_be_pair(CHAPTER, later(start, duration=CHAPTER.duration + length))
    assert not may_be_pair(CHAPTER, later(start + 2 * SAME + 1))
    assert not may_be_pair(CHAPTER, later(0, duration=CHAPTER.duration + length + 2 * SAME + 1))


def test_halves_are_of_one_camera() -> None:
    assert not may_be_pair(CHAPTER, later(0, serial="OTHER"))
    assert may_be_pair(CHAPTER, later(0, serial=None, duration=None))


@given(st.permutations([HALF, OTHER_HALF]), st.integers(-int(SAME), int(SAME)))
def test_renamed_lenses_are_one_take_though_the_clock_turned_over(
    lenses: list[InsvFacts], apart: int
) -> None:
    files = [renamed(lenses[0]), renamed(lenses[1], apart)]
    (take,) = group_takes(files)
    assert sorted(map(id, take.files)) == sorted(map(id, files))
    assert lone_lenses(take.files) == []
    far = [renamed(lenses[0]), renamed(lenses[1], SAME + 1)]
    assert len(group_takes(far)) == 2


def test_whole_recordings_without_names_are_takes_of_their_own() -> None:
    assert len(group_takes([renamed(CHAPTER), renamed(CHAPTER, 1)])) == 2


def test_a_file_that_names_no_camera_joins_the_only_take_of_its_second() -> None:
    torn, whole = chapter(2, None), chapter(1)
    other = chapter(1, later(0, serial="OTHER"))
    (take,) = group_takes([torn, whole])
    assert take.files == (whole, torn)
    assert [take.files for take in group_takes([torn, whole, other])] == [
        (whole,),
        (other,),
        (torn,),
    ]
