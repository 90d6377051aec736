from __future__ import annotations

import io
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.recordings.insv.examine import CLUSTER, FEWEST, MOST, PROBE, Hole, find_holes
from runner.recordings.samples import recipes
from runner.recordings.samples.make import FILE_TYPE, MEDIA_HEADER, _head, _tail, make_recording
from tests.recordings.files import HollowFile, MeteredFile

if TYPE_CHECKING:
    from pathlib import Path

MEDIA_START = len(FILE_TYPE) + MEDIA_HEADER
CLUSTERS = 60
WHOLE = make_recording(replace(recipes.X4, payload_size=CLUSTERS * CLUSTER))


def test_a_sound_recording_has_no_holes_though_its_trailer_is_padded_with_zeros() -> None:
    assert find_holes(io.BytesIO(WHOLE)) == ()


@given(st.integers(1, CLUSTERS - 2), st.integers(1, 5))
def test_lost_clusters_are_found(first: int, count: int) -> None:
    count = min(count, CLUSTERS - 1 - first)
    start, length = first * CLUSTER, count * CLUSTER
    holed = WHOLE[:start] + bytes(length) + WHOLE[start + length :]

    assert find_holes(io.BytesIO(holed)) == (Hole(start, length),)


def test_a_lost_end_is_found_in_a_large_file() -> None:
    recipe = replace(recipes.X5, payload_size=6_500_000_000)
    lost = bytes(10 * CLUSTER)
    file = HollowFile(_head(recipe), recipe.payload_size - len(lost), lost + _tail(recipe))

    (hole,) = find_holes(file)

    assert hole.length == CLUSTER
    assert recipe.payload_size - hole.offset < 2 * CLUSTER
    assert file.bytes_read < MOST * PROBE + 4 * CLUSTER


@given(st.floats(0, 1))
@settings(max_examples=50)
def test_no_twenty_megabytes_are_missed_in_a_common_file(where: float) -> None:
    recipe = replace(recipes.X5, payload_size=6_500_000_000)
    start = MEDIA_START + round(where * (recipe.payload_size - 21_000_000))
    lost = range(start, start + 21_000_000)
    file = HollowFile(_head(recipe), recipe.payload_size, _tail(recipe), lost)

    (hole,) = find_holes(file)

    assert lost.start <= hole.offset < hole.offset + hole.length <= lost.stop


def test_a_sound_file_of_any_size_costs_a_quarter_of_a_megabyte() -> None:
    recipe = replace(recipes.X5, payload_size=50_000_000_000)
    file = HollowFile(_head(recipe), recipe.payload_size, _tail(recipe))

    assert find_holes(file) == ()
    assert MOST * PROBE <= file.bytes_read < MOST * PROBE + 4 * CLUSTER


@pytest.fixture
def sparse(tmp_path: Path) -> Path:
    """A folder on a file system that can say what was never written."""
    sparse = tmp_path / "sparse"
    with sparse.open("wb") as file:
        file.truncate(100 * CLUSTER)
    with sparse.open("rb") as file:
        if not hasattr(os, "SEEK_HOLE") or file.seek(0, os.SEEK_HOLE):
            pytest.skip("this system does not tell what was never written")
    return tmp_path


@given(st.integers(1, 290), st.integers(1, 8))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_never_written_is_found_however_small(sparse: Path, at: int, count: int) -> None:
    recipe = replace(recipes.X4, payload_size=300 * CLUSTER)
    lost = range(at * CLUSTER, (at + count) * CLUSTER)
    with (sparse / "VID.insv").open("wb") as file:
        head = _head(recipe)
        file.write(head)
        file.write(b"\1" * (lost.start - len(head)))
        file.seek(lost.stop)
        file.write(b"\1" * (len(head) + recipe.payload_size - lost.stop))
        file.write(_tail(recipe))

    with (sparse / "VID.insv").open("rb") as file:
        assert find_holes(file) == (Hole(lost.start, len(lost)),)


@pytest.mark.usefixtures("sparse")
def test_what_only_seems_unwritten_is_no_hole() -> None:
    """Some file systems say so of what is on its way to the disk."""

    class Late(io.BytesIO):
        def seek(self, offset: int, whence: int = 0, /) -> int:
            if whence == os.SEEK_HOLE:
                return offset
            return super().seek(*((0, io.SEEK_END) if whence == os.SEEK_DATA else (offset, whence)))

    assert find_holes(Late(WHOLE)) == ()


def test_a_file_of_zeros_is_one_hole_and_bounded() -> None:
    file = MeteredFile(bytes(400 * CLUSTER))

    assert find_holes(file) == (Hole(0, 400 * CLUSTER),)
    assert file.calls < 3 * FEWEST


@given(st.binary(max_size=300))
def test_no_file_is_too_small(data: bytes) -> None:
    assert find_holes(io.BytesIO(data)) == ()
