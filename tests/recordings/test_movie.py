import io
import struct

import pytest

from runner.recordings.identity import BoundedFile
from runner.recordings.insv.boxes import box_at
from runner.recordings.insv.facts import VideoTrack
from runner.recordings.insv.movie import MAX_TRACKS, read_movie
from runner.recordings.samples.movie import box


def movie(*content: bytes) -> tuple[float | None, tuple[VideoTrack, ...]]:
    data = box("moov", *content)
    source = BoundedFile(io.BytesIO(data))
    moov = box_at(source, 0, len(data))
    assert moov is not None
    return read_movie(source, moov)


def header(version: int, timescale: int, duration: int) -> bytes:
    times = struct.pack(">QQIQ" if version else ">IIII", 9, 9, timescale, duration)
    return box("mvhd", bytes([version, 0, 0, 0]), times, bytes(80))


@pytest.mark.parametrize("version", [0, 1])
def test_duration_in_both_versions_of_the_header(version: int) -> None:
    assert movie(header(version, 240_000, 264_000))[0] == 1.1


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        header(0, 0, 1000),
        header(0, 1000, 0),
        header(0, 1, 2**32 - 1),
        header(1, 1, 2**64 - 1),
        box("mvhd", b"\1"),
    ],
)
def test_an_impossible_duration_is_none(broken: bytes) -> None:
    assert movie(broken)[0] is None


def test_only_video_tracks_count_and_only_so_many() -> None:
    def track(handler: bytes) -> bytes:
        return box("trak", box("mdia", box("hdlr", bytes(8) + handler)))

    video, sound = track(b"vide"), track(b"soun")

    assert len(movie(sound, video, box("trak"), video)[1]) == 2
    assert len(movie(*[video] * 50)[1]) == MAX_TRACKS
