"""The files of one long recording."""

from dataclasses import replace

import pytest

from runner.recordings.samples.make import make_recording
from runner.recordings.samples.recipes import chapters
from tests.recordings.checks.listing import X4, at, codes, judge, named

LONG = chapters(replace(X4, chapter=10), 4)


def test_all_chapters_of_one_walk_are_fine_wherever_they_begin_to_count() -> None:
    assert codes(named(*LONG)) == codes(named(*reversed(LONG))) == []


@pytest.mark.parametrize("missing", [1, 2])
def test_a_gap_is_refused(missing: int) -> None:
    (problem,) = judge(named(*(chapter for chapter in LONG if chapter is not LONG[missing])))
    assert (problem.code, problem.severity) == ("M057", "error")
    assert f"{10 + missing:03} is missing" in problem.message
    assert "two walkthroughs" in problem.help


def test_a_gap_names_the_file_that_lies_beside() -> None:
    (problem,) = judge(named(LONG[0], LONG[2]), neighbours=[LONG[1].file_name])
    assert LONG[1].file_name in problem.help


def test_a_gap_by_names_alone_only_warns() -> None:
    nameless = [replace(chapter, serial="") for chapter in (LONG[0], LONG[2])]
    assert codes(named(*nameless)) == ["M057?"]


def test_two_cameras_started_in_one_second_are_two_recordings() -> None:
    other = replace(X4, serial="IAHED2400002CD", chapter=300, seed=9)
    assert codes(named(LONG[0], other)) == []


def test_what_is_listed_of_another_camera_is_not_forgotten() -> None:
    other = replace(LONG[1], serial="IAHED2400002CD", seed=9)
    assert codes(named(LONG[0]), named(other)) == []


def test_the_clock_may_say_that_nothing_is_missing() -> None:
    first = replace(LONG[0], duration=60.0)
    then = at(LONG[2], "2026-01-20T10:16:02")
    assert codes({first.file_name: first, LONG[2].file_name: then}) == []


def test_a_hostile_number_takes_no_time() -> None:
    far = replace(LONG[0], chapter=999_999_999, seed=5)
    (problem,) = judge(named(LONG[0], far))
    assert "011 and more are missing" in problem.message


def test_chapters_in_two_walks_are_told_once_for_each_walk() -> None:
    found = judge(named(LONG[0]), named(LONG[1], LONG[2]), named(LONG[3]))
    assert [(problem.code, problem.severity, problem.place.line) for problem in found] == [
        ("M056", "warning", 102),
        ("M056", "warning", 202),
    ]
    assert all(note.place.line == 2 for problem in found for note in problem.notes)


def test_parts_before_and_after_a_lost_chapter_may_be_two_walks() -> None:
    assert codes(named(*LONG[:1]), named(*LONG[2:])) == ["M056?"]


def test_a_broken_chapter_is_one_mistake() -> None:
    cut = make_recording(LONG[1])[:2000]
    files = {**named(*LONG), LONG[1].file_name: cut}
    assert codes(files) == ["M047"]


@pytest.mark.parametrize("forgotten", [LONG[0], LONG[3]], ids=["first", "last"])
def test_a_forgotten_end_is_told(forgotten: object) -> None:
    rest = [chapter for chapter in LONG if chapter is not forgotten]
    (problem,) = judge(named(*rest), neighbours=[chapter.file_name for chapter in LONG])
    assert (problem.code, problem.severity) == ("M058", "warning")


def test_other_recordings_beside_are_none_of_its_chapters() -> None:
    later = at(replace(X4, chapter=14), "2026-01-20T12:00")
    assert judge(named(*LONG), neighbours=[later.file_name]) == []
