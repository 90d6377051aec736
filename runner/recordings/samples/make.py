"""Making sample recordings from recipes: small, with the structure of true ones."""

from __future__ import annotations

from hashlib import shake_256
from typing import TYPE_CHECKING

from runner.recordings.insv import info, trailer
from runner.recordings.insv.boxes import HEADER, LARGE, LARGE_SIZE
from runner.recordings.insv.facts import GpsFix, Layout
from runner.recordings.insv.info import bytes_field, integer_field
from runner.recordings.insv.trailer import ENTRY, EPOCH, GOOD_FIX
from runner.recordings.samples.movie import box, movie_box, picture_places
from runner.recordings.samples.recipes import RecordingRecipe, TrailerForm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runner.recordings.insv.facts import Resolution

BLOCK = 1024 * 1024
HIGHLIGHTS_ID = 10
FILE_TYPE = box("ftyp", b"isom", bytes(4), b"isommp42")
MEDIA_HEADER = HEADER.size + LARGE_SIZE.size
# Field 129, field 131 and field 79 for each layout; 0 leaves a field out.
STATED = {
    Layout.TWO_TRACKS: (2, 3, 2),
    Layout.SPLIT_FILES: (2, 2, 1),
    Layout.SIDE_BY_SIDE: (2, 1, 0),
    Layout.SINGLE_LENS: (1, 1, 0),
    Layout.EQUIRECTANGULAR: (6, 1, 0),
    Layout.UNKNOWN: (99, 99, 0),
}


def make_recording(recipe: RecordingRecipe) -> bytes:
    """Make the whole file of a recipe in memory."""
    return b"".join(_parts(recipe))


def recording_size(recipe: RecordingRecipe) -> int:
    """The size in bytes of a recipe's file."""
    return len(_head(recipe)) + recipe.payload_size + len(_tail(recipe))


def write_recording(path: Path, recipe: RecordingRecipe) -> None:
    """Write the file of a recipe, a block at a time; raises OSError."""
    with path.open("wb") as file:
        file.writelines(_parts(recipe))


def _parts(recipe: RecordingRecipe) -> Iterator[bytes]:
    yield _head(recipe)
    at = 0
    for start in picture_places(recipe):
        yield from _noise(f"{recipe.seed}:media:{at}", start - at)
        yield recipe.picture
        at = start + len(recipe.picture)
    yield from _noise(f"{recipe.seed}:media", recipe.payload_size - at)
    yield _tail(recipe)


def _head(recipe: RecordingRecipe) -> bytes:
    """Everything before the media data."""
    size = LARGE_SIZE.pack(MEDIA_HEADER + recipe.payload_size)
    return FILE_TYPE + HEADER.pack(LARGE, b"mdat") + size


def _tail(recipe: RecordingRecipe) -> bytes:
    """Everything behind the media data."""
    media_start = len(FILE_TYPE) + MEDIA_HEADER
    movie = movie_box(recipe, media_start)
    return movie + _trailer(recipe, media_start + recipe.payload_size + len(movie))


def _noise(seed: str, size: int) -> Iterator[bytes]:
    for start in range(0, size, BLOCK):
        yield shake_256(f"{seed}:{start}".encode()).digest(min(BLOCK, size - start))


def _trailer(recipe: RecordingRecipe, boxes_end: int) -> bytes:
    if recipe.trailer is not TrailerForm.WRAPPED:
        return _records(recipe, boxes_end)
    return box("inst", _records(recipe, boxes_end + HEADER.size))


def _records(recipe: RecordingRecipe, start: int) -> bytes:
    records = _Records(start)
    aligned = 1 if recipe.trailer is TrailerForm.BARE else recipe.alignment
    records.add(HIGHLIGHTS_ID, trailer.BINARY, b"")
    records.add(trailer.GPS_ID, trailer.BINARY, _gps(recipe), aligned)
    records.add(trailer.GYRO_ID, trailer.BINARY, _record_noise(recipe, "gyro", 2000), aligned)
    records.add(trailer.THUMBNAIL_ID, trailer.BINARY, _record_noise(recipe, "still", 512), aligned)
    records.add(trailer.INFO_ID, trailer.PROTOBUF, _info(recipe, start))
    if recipe.trailer is not TrailerForm.BARE:
        records.add(trailer.INDEX_ID, trailer.BINARY, records.index())
    size = len(records.data) + trailer.FOOTER.size
    footer = trailer.FOOTER.pack(bytes(32), size, trailer.VERSION, trailer.MAGIC)
    return bytes(records.data) + footer


class _Records:
    """The records appended so far, and where each of them starts."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._slots: dict[int, bytes] = {}
        self.data = bytearray()

    def add(self, identity: int, form: int, payload: bytes, alignment: int = 1) -> None:
        """Append a record at the next file offset that `alignment` divides."""
        self.data += bytes(-(self._start + len(self.data)) % alignment)
        entry = trailer.INDEX_ENTRY.pack(identity, form, len(payload), len(self.data))
        self._slots[identity] = entry
        self.data += payload + trailer.RECORD_FOOTER.pack(form, identity, len(payload))

    def index(self) -> bytes:
        """The index: a slot for each id up to the highest, empty slots in zeros."""
        empty = bytes(trailer.INDEX_ENTRY.size)
        return b"".join(self._slots.get(slot, empty) for slot in range(max(self._slots) + 1))


def _record_noise(recipe: RecordingRecipe, label: str, size: int) -> bytes:
    return b"".join(_noise(f"{recipe.seed}:{label}", size))


def _info(recipe: RecordingRecipe, video_end: int) -> bytes:
    fields = [
        bytes_field(info.SERIAL, recipe.serial.encode()),
        bytes_field(info.CAMERA, recipe.camera.encode()),
        bytes_field(info.FIRMWARE, recipe.firmware.encode()),
        *_clock(recipe),
        integer_field(info.VIDEO_END, video_end),
        integer_field(info.SECONDS, round(recipe.duration)),
        bytes_field(info.DIMENSION, _dimension(recipe.dimension)),
        integer_field(info.FPS, recipe.fps),
        bytes_field(info.GROUP, _group(recipe)),
    ]
    if recipe.states_layout:
        numbers = (info.PROJECTION, info.STREAM_LAYOUT, info.PANO_TYPE)
        stated = zip(numbers, STATED[recipe.layout], strict=True)
        fields += [integer_field(number, value) for number, value in stated if value]
    return b"".join(fields)


def _clock(recipe: RecordingRecipe) -> list[bytes]:
    clock = int(recipe.local_start.strftime("%Y%m%d%H%M%S"))
    return [integer_field(info.LOCAL_START, clock)] if recipe.states_clock else []


def _dimension(dimension: Resolution) -> bytes:
    width = integer_field(info.WIDTH, dimension.width)
    return width + integer_field(info.HEIGHT, dimension.height)


def _group(recipe: RecordingRecipe) -> bytes:
    """The file group; older cameras leave its total out."""
    is_split = recipe.layout is Layout.SPLIT_FILES
    group = integer_field(info.GROUP_TYPE, recipe.group_type)
    if recipe.states_layout:
        group += integer_field(info.GROUP_INDEX, recipe.lens if is_split else 0)
        group += integer_field(info.GROUP_TOTAL, 2 if is_split else 1)
    return group


def _gps(recipe: RecordingRecipe) -> bytes:
    """The GPS record; the first fix is bad, as while a receiver searches for satellites."""
    searching = ENTRY.pack(0, 0, b"V", 0, b"N", 0, b"E", 0, 0, 0)
    return searching * bool(recipe.gps) + b"".join(map(_gps_entry, recipe.gps))


def _gps_entry(fix: GpsFix) -> bytes:
    milliseconds = round((fix.time - EPOCH).total_seconds() * 1000)
    north = b"N" if fix.latitude >= 0 else b"S"
    east = b"E" if fix.longitude >= 0 else b"W"
    seconds, thousandths = divmod(milliseconds, 1000)
    where = (abs(fix.latitude), north, abs(fix.longitude), east)
    return ENTRY.pack(seconds, thousandths, GOOD_FIX, *where, 0.0, 0.0, fix.altitude)
