"""Own the movie box: how long the recording runs and what its video tracks hold."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from runner.recordings.boxes import children, descend
from runner.recordings.facts import Resolution, VideoTrack

if TYPE_CHECKING:
    from runner.recordings.bounded import BoundedFile
    from runner.recordings.boxes import Box

MAX_TRACKS = 16
MAX_SECONDS = 7 * 24 * 3600
# Version 0 and 1 of the movie header: time scale and duration, from the start of its content.
HEADERS = {0: (12, struct.Struct(">II")), 1: (20, struct.Struct(">IQ"))}
HANDLER = struct.Struct(">8x4s")
# Version, count, entry size, codec, 24 bytes of no interest, width, height.
SAMPLE_ENTRY = struct.Struct(">4xII4s24xHH")


@dataclass(frozen=True, slots=True)
class Movie:
    """Duration in seconds, None when the header gives none, and the video tracks in order."""

    duration: float | None = None
    tracks: tuple[VideoTrack, ...] = ()


def read_movie(source: BoundedFile, moov: Box) -> Movie:
    """The movie box, without its sample tables, which run to megabytes."""
    tracks = islice((box for box in children(source, moov) if box.kind == "trak"), MAX_TRACKS)
    found = [_video_track(source, track) for track in tracks]
    return Movie(_duration(source, moov), tuple(track for track in found if track))


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
