"""The info record (id 1) in the wire format of protocol buffers: what the camera wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from runner.recordings.insv.facts import FileGroup, Projection, Resolution, StreamLayout

VARINT_BYTES = 10
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_FIXED_LENGTHS = {FIXED64: 8, FIXED32: 4}


@dataclass(frozen=True, slots=True)
class Message:
    """The fields of a message by number; a repeated field has its last value, as the format says.

    `is_whole` is false when the message is malformed; the fields before that are kept.
    """

    values: dict[int, int | bytes] = field(default_factory=dict)
    is_whole: bool = True

    def integer(self, number: int) -> int | None:
        """The number in a varint field; None without one."""
        value = self.values.get(number)
        return value if isinstance(value, int) else None

    def octets(self, number: int) -> bytes | None:
        """The bytes of a field; None without any."""
        value = self.values.get(number)
        return value if isinstance(value, bytes) else None


class _MalformedError(ValueError):
    """The bytes are not a protocol buffer message from here on."""


def parse_message(data: bytes) -> Message:
    """Parse a message; malformed bytes end it, and raise nothing."""
    values: dict[int, int | bytes] = {}
    position = 0
    try:
        while position < len(data):
            number, value, position = _field(data, position)
            values[number] = value
    except _MalformedError:
        return Message(values, is_whole=False)
    return Message(values)


def _field(data: bytes, position: int) -> tuple[int, int | bytes, int]:
    key, position = _varint(data, position)
    number, wire_type = key >> 3, key & 7
    if wire_type == VARINT:
        value, position = _varint(data, position)
        return number, value, position
    if wire_type == BYTES:
        length, position = _varint(data, position)
    elif wire_type in _FIXED_LENGTHS:
        length = _FIXED_LENGTHS[wire_type]
    else:
        raise _MalformedError
    if length > len(data) - position:
        raise _MalformedError
    return number, data[position : position + length], position + length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    if position < len(data) and data[position] < 0x80:  # noqa: PLR2004 - as below; most are short
        return data[position], position + 1
    result = 0
    for count, byte in enumerate(data[position : position + VARINT_BYTES]):
        result |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:  # noqa: PLR2004 - the high bit says that another byte follows
            return result, position + count + 1
    raise _MalformedError


def integer_field(number: int, value: int) -> bytes:
    """Encode a field with a number from 0."""
    return _encoded(number << 3 | VARINT) + _encoded(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """Encode a field with bytes, text or a message."""
    return _encoded(number << 3 | BYTES) + _encoded(len(value)) + value


def _encoded(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


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

# Bounds on what a sane camera writes; a number beyond them is taken as not stated.
MAX_TEXT = 128
MAX_SIDE = 65_535
MAX_FPS = 1_000
MAX_SECONDS = 7 * 24 * 3600
MAX_U32 = 2**32 - 1
YEARS = range(1970, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """The info record as typed values; None where the camera wrote nothing usable."""

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
    """Parse the info record; returns it, and whether all of it could be read."""
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
    """Decode printable text only: it is shown in reports, where control characters do harm."""
    decoded = (data or b"")[:MAX_TEXT].decode("utf-8", errors="replace")
    return "".join(filter(str.isprintable, decoded)).strip() or None


def _clock(value: int | None) -> datetime | None:
    """Parse the integer YYYYMMDDhhmmss, a time without a time zone."""
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
    """The stated projection; zero means not stated, as in any protocol buffer."""
    return PROJECTIONS.get(value, Projection.OTHER) if value else None


def _stream_layout(message: Message) -> StreamLayout | None:
    if stated := message.integer(STREAM_LAYOUT):
        return STREAM_LAYOUTS.get(stated, StreamLayout.OTHER)
    if stated := message.integer(PANO_TYPE):
        return PANO_TYPES.get(stated, StreamLayout.OTHER)
    return None
