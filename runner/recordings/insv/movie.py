"""The movie box: duration and video tracks, and the layout of a recording that follows."""

import math
import struct
from collections.abc import Sequence
from itertools import islice

from runner.recordings.identity import BoundedFile
from runner.recordings.insv.boxes import Box, children, descend
from runner.recordings.insv.facts import (
    FileGroup,
    Layout,
    Projection,
    Resolution,
    StreamLayout,
    VideoTrack,
    is_known_camera,
)
from runner.recordings.insv.info import Info

MAX_TRACKS = 16
MAX_SECONDS = 7 * 24 * 3600
# Version 0 and 1 of the movie header: time scale and duration, from the start of its content.
HEADERS = {0: (12, struct.Struct(">II")), 1: (20, struct.Struct(">IQ"))}
HANDLER = struct.Struct(">8x4s")
# Version, count, entry size, codec, 24 bytes of no interest, width, height.
SAMPLE_ENTRY = struct.Struct(">4xII4s24xHH")


def read_movie(source: BoundedFile, moov: Box) -> tuple[float | None, tuple[VideoTrack, ...]]:
    """Read the duration in seconds, None when the header has none, and the video tracks in order.

    Of the movie box all but its sample tables is looked at, which take megabytes.
    """
    tracks = islice((box for box in children(source, moov) if box.kind == "trak"), MAX_TRACKS)
    found = [_video_track(source, track) for track in tracks]
    return _duration(source, moov), tuple(track for track in found if track)


def _duration(source: BoundedFile, moov: Box) -> float | None:
    header = descend(source, moov, "mvhd")
    if header is None:
        return None
    version = source.read(header.body, 1)
    offset, layout = HEADERS[1 if version == b"\x01" else 0]
    data = source.read(header.body + offset, layout.size)
    if len(data) < layout.size:
        return None
    timescale, duration = layout.unpack(data)
    seconds = duration / timescale if timescale else 0.0
    return seconds if 0 < seconds <= MAX_SECONDS else None


def _video_track(source: BoundedFile, track: Box) -> VideoTrack | None:
    media = descend(source, track, "mdia")
    handler = descend(source, media, "hdlr") if media else None
    if media is None or handler is None or _handler(source, handler) != b"vide":
        return None
    samples = descend(source, media, "minf", "stbl", "stsd")
    data = source.read(samples.body, SAMPLE_ENTRY.size) if samples else b""
    if len(data) < SAMPLE_ENTRY.size:
        return VideoTrack("", None)
    _, _, codec, width, height = SAMPLE_ENTRY.unpack(data)
    resolution = Resolution(width, height) if width and height else None
    return VideoTrack(_printable(codec), resolution)


def _handler(source: BoundedFile, handler: Box) -> bytes:
    data = source.read(handler.body, HANDLER.size)
    return bytes(HANDLER.unpack(data)[0]) if len(data) == HANDLER.size else b""


def _printable(codec: bytes) -> str:
    return "".join(filter(str.isprintable, codec.decode("latin-1"))).strip()


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
    """Decide the layout of a recording: UNKNOWN rather than a guess."""
    if info.projection in STATED_PROJECTIONS:
        return STATED_PROJECTIONS[info.projection]
    if info.stream_layout in STATED_STREAMS:
        return STATED_STREAMS[info.stream_layout]
    layout = _layout_by_shape([track.resolution for track in tracks if track.resolution])
    contradicted = info.stream_layout is StreamLayout.SINGLE and layout in _SEVERAL_STREAMS
    is_guess = layout is Layout.SPLIT_FILES and not _has_two_lenses(info)
    return Layout.UNKNOWN if contradicted or is_guess else layout


def _has_two_lenses(info: Info) -> bool:
    """Whether a square picture is half of a recording: single-lens cameras write such, too."""
    is_pair = info.group is not None and info.group.total == PAIR
    return is_pair or info.projection is Projection.DUAL_FISHEYE or is_known_camera(info.camera)


def decide_lens(layout: Layout, group: FileGroup | None) -> int | None:
    """A file's place in a pair, 0 or 1; None for older cameras, where only the name tells it."""
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
