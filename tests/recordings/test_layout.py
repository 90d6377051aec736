from __future__ import annotations

import pytest

from runner.recordings.facts import Layout, Projection, Resolution, StreamLayout, VideoTrack
from runner.recordings.info import Info
from runner.recordings.layout import decide_layout

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
    assert decide_layout(Info(), tracks(size)) is expected


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
