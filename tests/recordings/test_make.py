from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given

from runner.recordings.names import parse_name
from runner.recordings.samples import recipes
from runner.recordings.samples.make import make_recording, write_recording
from tests.recordings.strategies import recordings

if TYPE_CHECKING:
    from pathlib import Path

    from runner.recordings.samples.recipes import RecordingRecipe


@given(recordings())
def test_the_same_recipe_gives_the_same_bytes(recipe: RecordingRecipe) -> None:
    assert make_recording(recipe) == make_recording(recipe)
    assert make_recording(recipe) != make_recording(replace(recipe, seed=recipe.seed + 1))


def test_a_written_file_is_the_made_one(tmp_path: Path) -> None:
    recipe = replace(recipes.X5, payload_size=3 * 1024 * 1024 + 1)

    write_recording(tmp_path / recipe.file_name, recipe)

    assert (tmp_path / recipe.file_name).read_bytes() == make_recording(recipe)


def test_media_data_cannot_be_compressed() -> None:
    media = make_recording(recipes.X3)[40 : 40 + recipes.X3.payload_size]

    assert len(zlib.compress(media)) > 0.99 * len(media)


def test_lens_pairs_and_chapters_are_named_as_a_camera_does() -> None:
    left, right = recipes.lens_pair(recipes.X3)
    first, second = recipes.chapters(recipes.X5, 2)

    assert left.file_name == "VID_20260120_101500_00_001.insv"
    assert right.file_name == "VID_20260120_101500_10_001.insv"
    assert (first.file_name, second.file_name) == (
        "VID_20260120_101500_00_001.insv",
        "VID_20260120_101500_00_002.insv",
    )
    assert recipes.SINGLE_LENS.file_name == "PRO_VID_20260120_101500_00_001.insv"
    assert len({make_recording(r) for r in (left, right, first, second)}) == 4
    assert all(parse_name(r.file_name) for r in (left, right, first, second))
