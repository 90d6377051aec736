from __future__ import annotations

from dataclasses import replace

import pytest

from runner.recordings.insv.facts import (
    FileGroup,
    Layout,
    Projection,
    Resolution,
    StreamLayout,
    VideoTrack,
)
from runner.recordings.insv.info import Info
from runner.recordings.insv.movie import decide_layout

LENS = Resolution(2880, 2880)


def tracks(*sizes: Resolution | None) -> list[VideoTrack]:
    return [VideoTrack("hvc1", size) for size in sizes]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (LENS, Layout.SPLIT_FILES),
        (Resolution(5760, 2880), Layout.SIDE_BY_SIDE),
        (Resolution(1920, 1088), Layout.SINGLE_LENS),
        (Resolution(1080, 1920), Layout.SINGLE_LENS),
        (Resolution(4000, 3000), Layout.SINGLE_LENS),
        (Resolution(5000, 1000), Layout.UNKNOWN),
        (None, Layout.UNKNOWN),
    ],
)
def test_the_shape_decides_where_the_camera_says_nothing(
    size: Resolution | None, expected: Layout
) -> None:
    assert decide_layout(Info(camera="Insta360 X3"), tracks(size)) is expected


@pytest.mark.parametrize("camera", [None, "Insta360 GO 2", "Insta360 X9"])
def test_one_square_picture_is_half_of_a_pair_only_where_two_lenses_are_known_of(
    camera: str | None,
) -> None:
    assert decide_layout(Info(camera=camera), tracks(LENS)) is Layout.UNKNOWN
    pair = FileGroup(type=1, index=0, identity="", total=2)
    for info in (Info(group=pair), Info(projection=Projection.DUAL_FISHEYE)):
        assert decide_layout(replace(info, camera=camera), tracks(LENS)) is Layout.SPLIT_FILES


def test_the_camera_s_word_on_the_picture_comes_first() -> None:
    info = Info(projection=Projection.FLAT, stream_layout=StreamLayout.TWO_TRACKS)

    assert decide_layout(info, tracks(LENS, LENS)) is Layout.SINGLE_LENS


@pytest.mark.parametrize(
    "info",
    [
        Info(projection=Projection.OTHER),
        Info(stream_layout=StreamLayout.OTHER),
        # One stream with one lens' shape: neither a pair nor a whole, so no guess.
        Info(stream_layout=StreamLayout.SINGLE),
    ],
)
def test_what_a_future_camera_says_is_not_guessed_at(info: Info) -> None:
    assert decide_layout(info, tracks(LENS)) is Layout.UNKNOWN
