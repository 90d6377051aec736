"""Own the decision how a recording is laid out: the camera's word first, then the tracks' shape."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from runner.recordings.facts import Layout, Projection, StreamLayout, is_known_camera

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runner.recordings.facts import FileGroup, Resolution, VideoTrack
    from runner.recordings.info import Info

SQUARE, PACKED = 1.0, 2.0
# What the cameras write with a single lens: 16:9 and 4:3, lying or standing.
FLAT_RATIOS = (16 / 9, 4 / 3, 9 / 16, 3 / 4)
# Coded heights are rounded up to the codec's blocks (1,088 lines for 1,080).
TOLERANCE = 0.02
STATED_PROJECTIONS = {
    Projection.EQUIRECTANGULAR: Layout.EQUIRECTANGULAR,
    Projection.FLAT: Layout.SINGLE_LENS,
    Projection.OTHER: Layout.UNKNOWN,
}
STATED_STREAMS = {
    StreamLayout.TWO_FILES: Layout.SPLIT_FILES,
    StreamLayout.TWO_TRACKS: Layout.TWO_TRACKS,
    StreamLayout.OTHER: Layout.UNKNOWN,
}
_SEVERAL_STREAMS = (Layout.SPLIT_FILES, Layout.TWO_TRACKS)
PAIR = 2


def decide_layout(info: Info, tracks: Sequence[VideoTrack]) -> Layout:
    """The layout, `UNKNOWN` rather than a guess."""
    if info.projection in STATED_PROJECTIONS:
        return STATED_PROJECTIONS[info.projection]
    if info.stream_layout in STATED_STREAMS:
        return STATED_STREAMS[info.stream_layout]
    layout = _layout_by_shape([track.resolution for track in tracks if track.resolution])
    contradicted = info.stream_layout is StreamLayout.SINGLE and layout in _SEVERAL_STREAMS
    is_guess = layout is Layout.SPLIT_FILES and not _has_two_lenses(info)
    return Layout.UNKNOWN if contradicted or is_guess else layout


def _has_two_lenses(info: Info) -> bool:
    """Whether one square picture is half of a recording: cameras with one lens write such, too."""
    is_pair = info.group is not None and info.group.total == PAIR
    return is_pair or info.projection is Projection.DUAL_FISHEYE or is_known_camera(info.camera)


def decide_lens(layout: Layout, group: FileGroup | None) -> int | None:
    """The file's place in a pair; older cameras leave the total out, then only the name tells."""
    if layout is Layout.SPLIT_FILES and group and group.total == PAIR and group.index < PAIR:
        return group.index
    return None


def _layout_by_shape(shapes: Sequence[Resolution]) -> Layout:
    if not shapes:
        return Layout.UNKNOWN
    ratio = shapes[0].width / shapes[0].height
    if _near(ratio, SQUARE):
        return Layout.TWO_TRACKS if len(shapes) >= PAIR else Layout.SPLIT_FILES
    if _near(ratio, PACKED):
        return Layout.SIDE_BY_SIDE
    if any(_near(ratio, flat) for flat in FLAT_RATIOS):
        return Layout.SINGLE_LENS
    return Layout.UNKNOWN


def _near(ratio: float, expected: float) -> bool:
    return math.isclose(ratio, expected, rel_tol=TOLERANCE)
