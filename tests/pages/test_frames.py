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
from runner.pages.frames import FrameLimits, frames_of
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
