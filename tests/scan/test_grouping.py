"""Which files make a walk, when it was, and what keeps files from making one."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from runner.recordings.insv.facts import Layout
from runner.recordings.samples.recipes import (
    EQUIRECTANGULAR,
    ONE_R,
    SIDE_BY_SIDE,
    SINGLE_LENS,
    X2,
    X3,
    X4,
    X5,
    RecordingRecipe,
    chapters,
    lens_pair,
)
from runner.scan.model import Reason
from runner.scan.scanning import ScanProgress
from tests.scan.cards import PREVIEW, cut, put, put_preview, small
from tests.scan.scans import files, left_out, only, scan

_AT = dt.datetime(2026, 1, 20, 10, 15)  # noqa: DTZ001 - a camera's clock


@pytest.mark.parametrize("recipe", [X5, X4, SIDE_BY_SIDE, EQUIRECTANGULAR])
def test_one_file_may_be_a_whole_walk(recipe: RecordingRecipe, tmp_path: Path) -> None:
    paths = put(tmp_path, small(recipe))
    put_preview(tmp_path, small(recipe))
    assert files(scan(tmp_path)) == [paths]


@pytest.mark.parametrize("recipe", [X3, X2, ONE_R])
def test_lenses_and_chapters_make_one_walk_in_order(
    recipe: RecordingRecipe, tmp_path: Path
) -> None:
    parts = chapters(small(recipe, chapter=7), 3)
    paths = [path for part in parts for path in put(tmp_path, *lens_pair(part))]
    assert files(scan(tmp_path)) == [paths]


def test_a_future_layout_is_taken_as_it_is(tmp_path: Path) -> None:
    paths = put(tmp_path, small(X5, layout=Layout.UNKNOWN, camera="Insta360 X9"))
    assert files(scan(tmp_path)) == [paths]


def test_two_cameras_of_one_second_make_two_walks(tmp_path: Path) -> None:
    first = put(tmp_path, *lens_pair(small(X3)), folder="card-a")
    second = put(tmp_path, *lens_pair(small(X3, serial="OTHER", seed=9)), folder="card-b")
    assert files(scan(tmp_path)) == [first, second]


def test_renamed_files_are_grouped_and_dated_by_their_content(tmp_path: Path) -> None:
    left, right = lens_pair(small(X3))
    paths = [*put(tmp_path, left, name="a.insv"), *put(tmp_path, right, name="b.insv")]
    (walk,) = scan(tmp_path).walks
    assert [file.path for file in walk.files] == paths
    assert walk.start == _AT


def test_a_name_with_another_time_is_not_believed(tmp_path: Path) -> None:
    name = small(X5, local_start=_AT - dt.timedelta(days=3)).file_name
    put(tmp_path, small(X5), name=name)
    (walk,) = scan(tmp_path).walks
    assert walk.start == _AT


def test_a_chapter_with_a_clock_of_its_own_stays_with_its_walk(tmp_path: Path) -> None:
    first, second = chapters(small(X5), 2)
    late = replace(second, local_start=_AT + dt.timedelta(minutes=30))
    paths = [*put(tmp_path, first), *put(tmp_path, late, name=second.file_name)]
    (walk,) = scan(tmp_path).walks
    assert [file.path for file in walk.files] == paths
    assert walk.start == _AT


def test_walks_come_in_the_order_of_time(tmp_path: Path) -> None:
    minutes = [40, 0, 20]
    recipes = [
        small(X5, seed=i, local_start=_AT + dt.timedelta(minutes=later))
        for i, later in enumerate(minutes)
    ]
    put(tmp_path, *recipes, folder="z")
    put(tmp_path, small(X5, seed=9, local_start=_AT + dt.timedelta(minutes=10)), folder="a")
    starts = [walk.start for walk in scan(tmp_path).walks]
    assert starts == [_AT + dt.timedelta(minutes=later) for later in (0, 10, 20, 40)]


@pytest.mark.parametrize("year", [2000, 2014, 2099])
def test_a_clock_that_was_not_set_dates_nothing(year: int, tmp_path: Path) -> None:
    put(tmp_path, small(X5, local_start=_AT.replace(year=year)))
    put(tmp_path, small(X4))
    starts = [walk.start for walk in scan(tmp_path).walks]
    assert starts == [_AT, None]


def test_where_the_content_has_no_time_the_name_is_a_hint(tmp_path: Path) -> None:
    unset = small(X5, local_start=_AT.replace(year=2001))
    put(tmp_path, unset, name=small(X5).file_name)
    (walk,) = scan(tmp_path).walks
    assert walk.start == _AT


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"group_type": 2}, Reason.TIME_LAPSE),
        ({"group_type": 9}, Reason.TIME_LAPSE),
        ({"resolution": PREVIEW}, Reason.PROXY),
    ],
)
def test_what_the_content_rules_out_is_left_out_whatever_its_name(
    changes: dict[str, object], reason: Reason, tmp_path: Path
) -> None:
    put(tmp_path, small(X5, **changes))
    assert only(scan(tmp_path)).reason is reason


def test_a_renamed_proxy_does_not_join_its_recording(tmp_path: Path) -> None:
    paths = put(tmp_path, *lens_pair(small(X3)))
    (preview,) = put(tmp_path, small(X3, resolution=PREVIEW, dimension=PREVIEW), name="a.insv")
    scanned = scan(tmp_path)
    assert files(scanned) == [paths]
    assert left_out(scanned) == {preview: Reason.PROXY}


def test_a_small_recording_is_kept_where_there_is_no_larger_one(tmp_path: Path) -> None:
    paths = put(tmp_path, small(X3, resolution=PREVIEW, dimension=PREVIEW))
    assert files(scan(tmp_path)) == [paths]


def test_a_flat_video_is_left_out_whatever_its_name(tmp_path: Path) -> None:
    put(tmp_path, small(SINGLE_LENS), name=X5.file_name)
    assert only(scan(tmp_path)).reason is Reason.SINGLE_LENS


def test_a_copy_in_another_folder_is_left_out(tmp_path: Path) -> None:
    paths = put(tmp_path, small(X5))
    copies = put(tmp_path, small(X5), folder="backup", name="again.insv")
    scanned = scan(tmp_path)
    assert files(scanned) == [paths]
    assert left_out(scanned) == {copies[0]: Reason.COPY}


def test_one_lens_of_two_makes_no_walk(tmp_path: Path) -> None:
    left, right = lens_pair(small(X3))
    put(tmp_path, right)
    left_out = only(scan(tmp_path))
    assert left_out.reason is Reason.INCOMPLETE
    assert left.file_name in left_out.detail


def test_a_renamed_lens_belongs_to_the_other(tmp_path: Path) -> None:
    left, right = lens_pair(small(X3))
    paths = [*put(tmp_path, right, name="a.insv"), *put(tmp_path, left)]
    assert files(scan(tmp_path)) == [paths]


def test_lenses_of_different_length_are_no_pair(tmp_path: Path) -> None:
    left, right = lens_pair(small(X3))
    put(tmp_path, left, replace(right, duration=left.duration + 10))
    left_out = only(scan(tmp_path))
    assert left_out.reason is Reason.INCOMPLETE
    assert left_out.detail.startswith(f"{left.file_name} and {right.file_name} differ")


def test_a_gap_between_chapters_makes_no_walk(tmp_path: Path) -> None:
    first, _, _, fourth = chapters(small(X5), 4)
    paths = put(tmp_path, first, fourth)
    left_out = only(scan(tmp_path))
    assert (left_out.reason, list(left_out.paths)) == (Reason.INCOMPLETE, paths)
    assert "number 002 to 003" in left_out.detail


def test_numbers_may_skip_where_the_clock_does_not(tmp_path: Path) -> None:
    first, _, third = chapters(small(X5), 3)
    later = replace(third, local_start=_AT + dt.timedelta(seconds=first.duration))
    paths = [*put(tmp_path, first), *put(tmp_path, later, name=third.file_name)]
    assert files(scan(tmp_path)) == [paths]


def test_a_broken_file_holds_its_whole_walk_back(tmp_path: Path) -> None:
    paths = put(tmp_path, *chapters(small(X5), 3))
    others = put(tmp_path, small(X4, local_start=_AT + dt.timedelta(hours=1)))
    cut(tmp_path / paths[2])
    scanned = scan(tmp_path)
    assert files(scanned) == [others]
    assert only(scanned).reason is Reason.BROKEN
    assert list(only(scanned).paths) == paths
    assert scanned.needs_attention


def test_a_broken_copy_does_no_harm_beside_a_whole_one(tmp_path: Path) -> None:
    paths = put(tmp_path, *lens_pair(small(X3)))
    (again,) = put(tmp_path, lens_pair(small(X3))[1], folder="interrupted")
    cut(tmp_path / again)
    scanned = scan(tmp_path)
    assert files(scanned) == [paths]
    assert left_out(scanned) == {again: Reason.COPY}


def test_two_different_files_for_one_place_need_a_decision(tmp_path: Path) -> None:
    put(tmp_path, small(X5))
    put(tmp_path, small(X5, seed=3), folder="edited")
    assert only(scan(tmp_path)).reason is Reason.INCOMPLETE


@pytest.mark.parametrize("content", [b"", bytes(5000), b"%PDF", b"text"])
def test_what_is_no_recording_is_called_broken(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.insv").write_bytes(content)
    assert only(scan(tmp_path)).reason is Reason.BROKEN


def test_a_photo_is_one_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.insv").write_bytes(b"\xff\xd8\xff" + bytes(99))
    assert only(scan(tmp_path)).reason is Reason.PHOTO


def test_of_an_unknown_camera_nothing_is_held_back(tmp_path: Path) -> None:
    new = small(X3, camera="Insta360 X9")
    paths = put(tmp_path, lens_pair(new)[0])
    later = small(SINGLE_LENS, camera="Insta360 X9", local_start=_AT + dt.timedelta(hours=1))
    paths += put(tmp_path, later)
    assert files(scan(tmp_path)) == [[path] for path in paths]


def test_all_looked_into_is_told(tmp_path: Path) -> None:
    put(tmp_path, *chapters(small(X5), 40))
    put_preview(tmp_path, small(X5))
    progress: list[ScanProgress] = []
    scan(tmp_path, progress=progress)
    assert progress == [ScanProgress(32, 40), ScanProgress(40, 40)]
