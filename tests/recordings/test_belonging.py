"""Which files go on from each other, and which are two halves of one."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.recordings import recipes
from runner.recordings.belonging import SAME, SEAMLESS, Gap, find_gaps, may_be_pair
from runner.recordings.insv import read_recording
from runner.recordings.make import make_recording
from tests.recordings.strategies import small

if TYPE_CHECKING:
    from runner.recordings.facts import InsvFacts

CHAPTER = read_recording(io.BytesIO(make_recording(small(recipes.X5))))


def later(seconds: float, **changes: str | float | None) -> InsvFacts:
    """The same, some time after."""
    assert CHAPTER.local_start
    start = CHAPTER.local_start + timedelta(seconds=seconds)
    return replace(CHAPTER, local_start=start, **changes)  # type: ignore[arg-type] # as named


@given(st.sets(st.integers(1, 30)))
def test_a_gap_is_where_a_number_is_skipped(numbers: set[int]) -> None:
    skipped = [
        Gap(one, other, is_sure=True)
        for one in numbers
        if one + 1 not in numbers and (other := min((n for n in numbers if n > one), default=0))
    ]
    gaps = list(find_gaps((number, CHAPTER) for number in numbers))
    assert gaps == sorted(skipped, key=lambda gap: gap.before)


@given(st.floats(-SEAMLESS, SEAMLESS))
def test_a_number_may_be_skipped_where_the_clock_goes_on(pause: float) -> None:
    assert CHAPTER.duration
    assert not list(find_gaps([(1, CHAPTER), (3, later(CHAPTER.duration + pause))]))
    assert list(find_gaps([(1, CHAPTER), (3, later(CHAPTER.duration + pause + 2 * SEAMLESS + 1))]))


@pytest.mark.parametrize(
    "other", [None, later(0, serial=None), later(0, camera=None), later(0, camera="Insta360 X9")]
)
def test_of_what_does_not_tell_its_camera_nobody_can_be_sure(other: InsvFacts | None) -> None:
    assert list(find_gaps([(1, CHAPTER), (3, other)])) == [Gap(1, 3, is_sure=False)]
    assert list(find_gaps([(1, other), (3, CHAPTER)])) == [Gap(1, 3, is_sure=False)]


@given(st.floats(-SAME, SAME), st.floats(-SAME, SAME))
def test_halves_may_differ_a_little(start: float, length: float) -> None:
    assert CHAPTER.duration
    assert may_be_pair(CHAPTER, later(start, duration=CHAPTER.duration + length))
    assert not may_be_pair(CHAPTER, later(start + 2 * SAME + 1))
    assert not may_be_pair(CHAPTER, later(0, duration=CHAPTER.duration + length + 2 * SAME + 1))


def test_halves_are_of_one_camera() -> None:
    assert not may_be_pair(CHAPTER, later(0, serial="OTHER"))
    assert may_be_pair(CHAPTER, later(0, serial=None, duration=None))
