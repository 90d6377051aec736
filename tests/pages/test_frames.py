"""Frames of recordings: from any that can be decoded, and never at the cost of the page."""

import base64
import datetime as dt
import io
import os
import sys
from dataclasses import replace
from pathlib import Path

import av
import pytest

from runner.base.clock import SystemClock
from runner.drawings.video import WIDTH
from runner.pages.frames import FrameLimits, frames_of, three_frames
from runner.recordings.identity import BoundedFile
from runner.recordings.insv.trailer import THUMBNAIL_ID, read_records, read_trailer
from runner.recordings.samples.make import write_recording
from runner.recordings.samples.recipes import RecordingRecipe
from runner.sandbox.demo import write_recordings
from tests.pages.movies import write_movie

PATIENT = FrameLimits(seconds=600, seconds_each=300)


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    return write_movie(tmp_path / "movie.insv")


def test_a_frame_is_a_small_jpeg_from_within_the_walk(movie: Path) -> None:
    (uri,) = frames_of([("id", movie)], SystemClock(), PATIENT).values()
    kind, _, data = uri.partition(",")
    assert kind == "data:image/jpeg;base64"
    with av.open(io.BytesIO(base64.b64decode(data)), "r") as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (WIDTH, WIDTH)
    middle = bytes(frame.reformat(format="gray").planes[0])[WIDTH * WIDTH // 2]
    assert 20 < middle < 200, "neither the first nor the last"


def test_three_frames_along_the_walk_tell_its_way(movie: Path) -> None:
    shades = []
    for uri in three_frames(movie, PATIENT):
        with av.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])), "r") as container:
            frame = next(container.decode(video=0))
        shades.append(bytes(frame.reformat(format="gray").planes[0])[WIDTH * WIDTH // 2])
    assert len(shades) == 3
    assert shades == sorted(shades)
    assert shades[0] < shades[2]


def test_where_no_frame_can_be_made_the_cameras_thumbnail_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = tmp_path / "a.insv"
    write_recording(recording, RecordingRecipe(payload_size=100_000))
    assert three_frames(recording, PATIENT) == (), "noise is no picture"
    data = recording.read_bytes()
    still = _thumbnail(recording)
    recording.write_bytes(data.replace(still, b"\xff\xd8\xff" + still[3:]))
    for has_decoder in (True, False):
        monkeypatch.setattr("runner.pages.frames.can_make_frames", lambda: has_decoder)  # noqa: B023
        (shown,) = three_frames(recording, PATIENT)
        assert base64.b64decode(shown.partition(",")[2])[3:] == still[3:]


def _thumbnail(recording: Path) -> bytes:
    """The thumbnail's bytes, as the recording holds them."""
    with recording.open("rb") as file:
        source = BoundedFile(file)
        found = read_trailer(source, source.size)
        assert found
        record = read_records(source, found)[0][THUMBNAIL_ID]
        return source.read(record.offset, record.length)


def test_what_is_no_recording_has_no_frames_and_no_thumbnail(tmp_path: Path) -> None:
    (tmp_path / "text.insv").write_text("no recording", encoding="utf-8")
    for name in ("text.insv", "gone.insv"):
        assert three_frames(tmp_path / name, PATIENT) == ()


def test_the_recordings_of_the_demo_show_something(tmp_path: Path) -> None:
    walks = write_recordings(tmp_path, dt.date(2026, 1, 20))
    names = [name for walk in walks for name in walk]
    files = [(name, tmp_path / name) for name in names]
    assert list(frames_of(files, SystemClock(), PATIENT)) == names


def test_what_cannot_be_decoded_has_no_frame(movie: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise.insv"
    write_recording(noise, RecordingRecipe(payload_size=100_000))
    broken = tmp_path / "broken.insv"
    broken.write_bytes(movie.read_bytes()[:500])
    files = [("noise", noise), ("broken", broken), ("gone", tmp_path / "gone"), ("id", movie)]
    assert list(frames_of(files, SystemClock(), PATIENT)) == ["id"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_what_takes_too_much_memory_has_no_frame(movie: Path) -> None:
    limits = replace(PATIENT, memory_each=60_000_000)
    assert frames_of([("id", movie)], SystemClock(), limits) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are not everywhere")
def test_a_pipe_in_place_of_a_recording_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.insv")
    assert frames_of([("id", tmp_path / "a.insv")], SystemClock(), PATIENT) == {}


@pytest.mark.parametrize("limit", ["seconds", "bytes", "bytes_each"])
def test_what_exceeds_a_limit_is_left_out(movie: Path, limit: str) -> None:
    limits = replace(PATIENT, **{limit: 0})
    assert frames_of([("id", movie)], SystemClock(), limits) == {}


def test_the_limit_in_bytes_is_for_all_frames_together(movie: Path) -> None:
    (uri,) = frames_of([("one", movie)], SystemClock(), PATIENT).values()
    room = len(base64.b64decode(uri.partition(",")[2]))
    limits = replace(PATIENT, bytes=room)
    assert list(frames_of([("one", movie), ("two", movie)], SystemClock(), limits)) == ["one"]
