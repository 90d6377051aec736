"""Own the info record (id 1): what the camera wrote about itself and about the recording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from runner.recordings.facts import FileGroup, Projection, Resolution, StreamLayout
from runner.recordings.protobuf import parse_message

if TYPE_CHECKING:
    from runner.recordings.protobuf import Message

SERIAL, CAMERA, FIRMWARE, LOCAL_START, VIDEO_END, SECONDS = 1, 2, 3, 7, 9, 10
DIMENSION, FPS, GROUP, PANO_TYPE, PROJECTION, STREAM_LAYOUT = 19, 20, 26, 79, 129, 131
WIDTH, HEIGHT = 1, 2
GROUP_TYPE, GROUP_INDEX, GROUP_IDENTITY, GROUP_TOTAL = 1, 2, 3, 4

PROJECTIONS = {
    1: Projection.FLAT,
    2: Projection.DUAL_FISHEYE,
    6: Projection.EQUIRECTANGULAR,
}
STREAM_LAYOUTS = {
    1: StreamLayout.SINGLE,
    2: StreamLayout.TWO_FILES,
    3: StreamLayout.TWO_TRACKS,
    4: StreamLayout.TWO_TRACKS,
}
PANO_TYPES = {1: StreamLayout.TWO_FILES, 2: StreamLayout.TWO_TRACKS}

# Bounds on what a sane camera writes; beyond them a number is taken as not stated.
MAX_TEXT = 128
MAX_SIDE = 65_535
MAX_FPS = 1_000
MAX_SECONDS = 7 * 24 * 3600
MAX_U32 = 2**32 - 1
YEARS = range(1970, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """The info record in typed form; None where the camera wrote nothing usable."""

    serial: str | None = None
    camera: str | None = None
    firmware: str | None = None
    local_start: datetime | None = None
    video_end: int | None = None
    seconds: int | None = None
    dimension: Resolution | None = None
    fps: int | None = None
    group: FileGroup | None = None
    projection: Projection | None = None
    stream_layout: StreamLayout | None = None


def parse_info(data: bytes) -> tuple[Info, bool]:
    """The record in `data`, and whether all of it could be read."""
    message = parse_message(data)
    info = Info(
        serial=_text(message.octets(SERIAL)),
        camera=_text(message.octets(CAMERA)),
        firmware=_text(message.octets(FIRMWARE)),
        local_start=_clock(message.integer(LOCAL_START)),
        video_end=message.integer(VIDEO_END),
        seconds=_between(message.integer(SECONDS), MAX_SECONDS),
        dimension=_dimension(message.octets(DIMENSION)),
        fps=_between(message.integer(FPS), MAX_FPS),
        group=_group(message.octets(GROUP)),
        projection=_projection(message.integer(PROJECTION)),
        stream_layout=_stream_layout(message),
    )
    return info, message.is_whole


def _between(value: int | None, highest: int) -> int | None:
    return value if value is not None and 0 < value <= highest else None


def _text(data: bytes | None) -> str | None:
    """Printable text: it ends in reports, where a control character would do harm."""
    decoded = (data or b"")[:MAX_TEXT].decode("utf-8", errors="replace")
    return "".join(filter(str.isprintable, decoded)).strip() or None


def _clock(value: int | None) -> datetime | None:
    """The integer YYYYMMDDhhmmss, without a time zone."""
    digits = str(value)
    try:
        clock = datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}")
    except ValueError:
        return None
    return clock if clock.year in YEARS else None


def _dimension(data: bytes | None) -> Resolution | None:
    message = parse_message(data or b"")
    width = _between(message.integer(WIDTH), MAX_SIDE)
    height = _between(message.integer(HEIGHT), MAX_SIDE)
    return Resolution(width, height) if width and height else None


def _group(data: bytes | None) -> FileGroup | None:
    if data is None:
        return None
    message = parse_message(data)
    return FileGroup(
        type=_between(message.integer(GROUP_TYPE), MAX_U32) or 0,
        index=_between(message.integer(GROUP_INDEX), MAX_U32) or 0,
        identity=_text(message.octets(GROUP_IDENTITY)) or "",
        total=_between(message.integer(GROUP_TOTAL), MAX_U32) or 0,
    )


def _projection(value: int | None) -> Projection | None:
    """Zero is a protocol buffer's way of not saying anything."""
    return PROJECTIONS.get(value, Projection.OTHER) if value else None


def _stream_layout(message: Message) -> StreamLayout | None:
    if stated := message.integer(STREAM_LAYOUT):
        return STREAM_LAYOUTS.get(stated, StreamLayout.OTHER)
    if stated := message.integer(PANO_TYPE):
        return PANO_TYPES.get(stated, StreamLayout.OTHER)
    return None
