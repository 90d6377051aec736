"""Both lens files of a recording, in one walkthrough."""

from dataclasses import replace

import pytest

from runner.recordings.samples.make import make_recording
from runner.recordings.samples.recipes import RecordingRecipe, chapters, lens_pair
from tests.recordings.checks.listing import X2, X3, X4, at, codes, judge, named

FRONT, BACK = lens_pair(X3)
LATER = lens_pair(at(replace(X3, chapter=2), "2026-01-20T11:00"))


@pytest.mark.parametrize("camera", [X2, X3], ids=lambda recipe: recipe.camera)
def test_a_pair_is_fine_in_any_order(camera: RecordingRecipe) -> None:
    front, back = lens_pair(camera)
    assert codes(named(front, back)) == codes(named(back, front)) == []


@pytest.mark.parametrize("recipe", [FRONT, BACK], ids=["front", "back"])
def test_one_lens_is_refused(recipe: RecordingRecipe) -> None:
    assert codes(named(recipe)) == ["M054"]


def test_the_other_lens_is_named_and_where_it_is() -> None:
    (nearby,) = judge({f"card/{FRONT.file_name}": FRONT}, neighbours=[BACK.file_name.lower()])
    assert nearby.help == f"add `card/{BACK.file_name}`, which lies beside it"
    (gone,) = judge(named(FRONT))
    assert gone.help == f"`{BACK.file_name}` is not in its folder"


def test_a_renamed_pair_is_known_by_content() -> None:
    assert codes({"kitchen.insv": FRONT, "kitchen 2.insv": BACK}) == []
    assert codes({"front.insv": FRONT, BACK.file_name: BACK}) == []


def test_renamed_files_go_to_those_whose_partners_they_are() -> None:
    """Though they would make a pair among themselves, too."""
    first, second = map(lens_pair, chapters(X3, 2))
    assert (
        codes(
            {
                "a.insv": first[1],
                "b.insv": second[0],
                first[0].file_name: first[0],
                second[1].file_name: second[1],
            }
        )
        == []
    )


def test_the_clock_may_turn_over_between_the_lenses() -> None:
    assert codes({FRONT.file_name: FRONT, BACK.file_name: at(BACK, "2026-01-20T10:15:01")}) == []


def test_renamed_files_that_are_no_pair_are_told_apart() -> None:
    assert codes({"a.insv": FRONT, "b.insv": replace(FRONT, seed=9)}) == ["M054", "M054"]
    assert codes({"a.insv": FRONT, "b.insv": LATER[1]}) == ["M054", "M054"]
    other_camera = replace(BACK, serial="IAQEA2300002CD")
    assert codes({"a.insv": FRONT, "b.insv": other_camera}) == ["M054", "M054"]


def test_three_of_four_files_leave_one_alone() -> None:
    (problem,) = judge(named(FRONT, BACK, LATER[0]))
    assert problem.code == "M054"
    assert LATER[0].file_name in problem.message


def test_chapters_need_both_lenses_each() -> None:
    long = [chapter for lens in lens_pair(X3) for chapter in chapters(lens, 3)]
    assert codes(named(*long)) == []
    assert codes(named(*long[:-1])) == ["M054"]


@pytest.mark.parametrize("rename", [False, True], ids=["named", "renamed"])
def test_a_pair_in_two_walks_points_at_both(*, rename: bool) -> None:
    files = {"a.insv": FRONT}, {"b.insv": BACK}
    (problem,) = judge(*(files if rename else (named(FRONT), named(BACK))))
    assert (problem.code, problem.severity) == ("M055", "error")
    assert problem.place.line == 102
    assert [note.place.line for note in problem.notes] == [2]
    assert "`a`" in problem.message


def test_a_broken_lens_is_one_mistake() -> None:
    cut = make_recording(BACK)[:2000]
    assert codes({FRONT.file_name: FRONT, BACK.file_name: cut}) == ["M047"]
    assert codes({"front.insv": FRONT, "back.insv": cut}) == ["M047"]


def test_a_lens_that_is_not_on_disk_is_told_elsewhere() -> None:
    assert codes({FRONT.file_name: FRONT, BACK.file_name: b"not a recording"}) == []


def test_whole_recordings_named_like_lenses_are_whole() -> None:
    front, back = replace(X4, lens=0), replace(X4, lens=1, seed=1)
    assert codes(named(front)) == codes(named(back)) == []
