"""The movie box of a sample recording: a video track for each lens in the file, and sound."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from runner.recordings.insv.boxes import HEADER
from runner.recordings.insv.facts import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.recordings.samples.recipes import RecordingRecipe

TIMESCALE = 1000
FULL_BOX = bytes(4)  # version and flags
FLAGS_ONE = b"\0\0\0\1"
UNROTATED = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
EPOCH = datetime(1904, 1, 1)  # noqa: DTZ001 - compared with a zoneless clock
MAX_U32 = 2**32 - 1


def box(kind: str, *content: bytes) -> bytes:
    """Make a box with a 32-bit size."""
    body = b"".join(content)
    return HEADER.pack(HEADER.size + len(body), kind.encode("ascii")) + body


@dataclass(frozen=True, slots=True)
class _Track:
    """What differs from track to track; `offset` and `size` are those of its samples, in bytes."""

    number: int
    handler: bytes
    media_header: bytes
    sample_entry: bytes
    resolution: tuple[int, int]
    samples: int
    offset: int
    size: int


def movie_box(recipe: RecordingRecipe, media_start: int) -> bytes:
    """Make the movie box; the tracks share the media data evenly, each in one chunk."""
    duration = round(recipe.duration * TIMESCALE)
    created = min(max(0, int((recipe.local_start - EPOCH).total_seconds())), MAX_U32)
    times = struct.pack(">II", created, created)
    tracks = _tracks(recipe, media_start)
    header = box(
        "mvhd",
        FULL_BOX + times + struct.pack(">IIIH10x", TIMESCALE, duration, 0x10000, 0x100),
        UNROTATED + struct.pack(">24xI", len(tracks) + 1),
    )
    return box("moov", header, *(_track(track, times, duration) for track in tracks))


def picture_places(recipe: RecordingRecipe) -> Iterator[int]:
    """Yield where in the media data the picture of each lens stands, if the recipe has one."""
    if recipe.picture:
        videos, share = _shares(recipe)
        yield from (number * share for number in range(videos))


def _shares(recipe: RecordingRecipe) -> tuple[int, int]:
    """How many video tracks there are, and the bytes of each and of the sound."""
    videos = 2 if recipe.layout is Layout.TWO_TRACKS else 1
    return videos, recipe.payload_size // (videos + 1)


def _tracks(recipe: RecordingRecipe, media_start: int) -> list[_Track]:
    videos, share = _shares(recipe)
    samples = max(1, min(round(recipe.duration * recipe.fps), share))
    size = (recipe.resolution.width, recipe.resolution.height)
    video = (b"vide", box("vmhd", FLAGS_ONE, bytes(8)), _picture(recipe), size)
    sound = (b"soun", box("smhd", FULL_BOX, bytes(4)), _sound(), (0, 0))
    shown = (1, len(recipe.picture)) if recipe.picture else (samples, share)
    kinds = [(video, *shown)] * videos + [(sound, samples, share)]
    return [
        _Track(i + 1, *kind, count, media_start + i * share, taken)
        for i, (kind, count, taken) in enumerate(kinds)
    ]


def _track(track: _Track, times: bytes, duration: int) -> bytes:
    width, height = track.resolution
    header = box(
        "tkhd",
        b"\0\0\0\3" + times + struct.pack(">I4xI16x", track.number, duration),
        UNROTATED + struct.pack(">HxxHxx", width, height),
    )
    media = box(
        "mdia",
        box("mdhd", FULL_BOX + times + struct.pack(">IIHxx", TIMESCALE, duration, 0x55C4)),
        box("hdlr", FULL_BOX + bytes(4) + track.handler + bytes(13)),
        box("minf", track.media_header, _data_reference(), _sample_table(track, duration)),
    )
    return box("trak", header, media)


def _data_reference() -> bytes:
    """A reference that says that the media data are in this file."""
    return box("dinf", box("dref", FULL_BOX + struct.pack(">I", 1), box("url ", FLAGS_ONE)))


def _sample_table(track: _Track, duration: int) -> bytes:
    count = track.samples
    return box(
        "stbl",
        box("stsd", FULL_BOX + struct.pack(">I", 1) + track.sample_entry),
        box("stts", FULL_BOX + struct.pack(">III", 1, count, duration // count)),
        box("stsc", FULL_BOX + struct.pack(">IIII", 1, 1, count, 1)),
        box("stsz", FULL_BOX + struct.pack(">II", track.size // count, count)),
        box("co64", FULL_BOX + struct.pack(">IQ", 1, track.offset)),
    )


def _picture(recipe: RecordingRecipe) -> bytes:
    size = struct.pack(">HH", recipe.resolution.width, recipe.resolution.height)
    inches = struct.pack(">II", 72 << 16, 72 << 16)
    ending = struct.pack(">4xH32xHh", 1, 24, -1)
    return box(
        "png " if recipe.picture else "hvc1", struct.pack(">6xH16x", 1), size, inches, ending
    )


def _sound() -> bytes:
    return box("mp4a", struct.pack(">6xH8xHH4xI", 1, 2, 16, 48_000 << 16))
