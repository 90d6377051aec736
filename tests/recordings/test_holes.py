from __future__ import annotations

import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from runner.recordings import recipes
from runner.recordings.holes import CLUSTER, PROBE, SAMPLES, Hole, find_holes
from runner.recordings.make import _head, _tail, make_recording
from tests.recordings.files import HollowFile, MeteredFile

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
    assert file.bytes_read < SAMPLES * PROBE + 4 * CLUSTER


def test_a_file_of_zeros_is_one_hole_and_bounded() -> None:
    file = MeteredFile(bytes(400 * CLUSTER))

    assert find_holes(file) == (Hole(0, 400 * CLUSTER),)
    assert file.calls < 3 * SAMPLES


@given(st.binary(max_size=300))
def test_no_file_is_too_small(data: bytes) -> None:
    assert find_holes(io.BytesIO(data)) == ()
