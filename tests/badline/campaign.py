"""Own a soak of the engine: many recordings over a line whose every connection meets a fault."""

import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from blake3 import blake3

from runner.base.clock import CancelToken
from runner.evercam.http.session import Session
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify
from runner.upload.recording.engine import RecordingUpload, Sent, UploadContext, UploadListener
from tests.badline.faults import random_faults
from tests.badline.lane import Line
from tests.badline.proxy import BadLine
from tests.sites import noise

STALL = (3.0, 3.0)
"""Seconds; the product's own half a minute and minute would make a soak of waiting."""


LINE = Line.over(round_trip=0.02, megabits=80)


@dataclass(frozen=True, slots=True)
class Soak:
    """What is sent: files of about `size` bytes, each connection broken within its first `largest`.

    The line has a rate, so that something is in flight when it breaks.
    """

    files: int
    size: int
    largest: int
    jobs: int = 4
    line: Line = LINE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a soak came to; `in_flight` was on the line when it broke, and is part of `sent`.

    What had left the line and was in a kernel of a server that had yet to read it is not.
    """

    bytes: int
    sent: int
    in_flight: int
    faults: Counter[str]
    seconds: float

    @property
    def ratio(self) -> float:
        """Bytes sent by bytes of files, without what was in flight at each fault."""
        return (self.sent - self.in_flight) / self.bytes

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.faults.items()))
        return (
            f"{self.faults.total()} faults ({kinds}) in {self.seconds:.0f} s, all whole; "
            f"sent / files {self.ratio:.4f}, with what was in flight {self.sent / self.bytes:.4f}"
        )


class _Hurried(CancelToken):
    """A stop nobody makes; waiting takes a moment."""

    def pause(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.02))


def run_soak(
    folder: Path, seed: int, tus_url: str, digest_of: Callable[[str], str], soak: Soak
) -> Outcome:
    """Send all files to a tus server by a bad line; `digest_of` tells what a file id holds there.

    Raises AssertionError unless every file arrived whole.
    """
    recordings = list(_recordings(folder, seed, soak))
    began = time.monotonic()
    faults = random_faults(seed, largest=soak.largest)
    with BadLine(urlsplit(tus_url).port or 80, soak.line, faults) as line:
        url = line.through(tus_url)
        with ThreadPoolExecutor(soak.jobs) as pool:
            sent = list(pool.map(lambda one: _send(one, url, seed), recordings))
        passages = [one for one in line.passages if one.fault is not None]
        taken = line.taken_up
    for recording, whole in zip(recordings, sent, strict=True):
        digest = hashlib.sha256(recording.location.read_bytes()).hexdigest()
        assert blake3(recording.location.read_bytes()).hexdigest() == whole.blake3
        assert digest == digest_of(whole.location.rpartition("/")[2])
    return Outcome(
        sum(one.length for one in recordings),
        taken,
        sum(one.taken_up - one.passed_up for one in passages),
        Counter(type(one.fault).__name__ for one in passages),
        time.monotonic() - began,
    )


def _recordings(folder: Path, seed: int, soak: Soak) -> Iterator[RecordingFile]:
    for number in range(soak.files):
        path = folder / f"{seed}-{number}.insv"
        size = soak.size - number
        path.write_bytes(noise(size, seed * 1000 + number))
        with path.open("rb") as file:
            yield RecordingFile(path.name, path, identify(file, size))


def _send(recording: RecordingFile, url: str, seed: int) -> Sent:
    rng = random.Random(seed)  # noqa: S311 - jitter, no secret
    with Session() as session:
        session.timeout = STALL
        tools = UploadContext(url, _Hurried(), rng=rng)
        return RecordingUpload(session, recording, tools, _nowhere, UploadListener()).run(None)


def _nowhere(_kind: object, **_data: Any) -> None:
    """A ledger nobody reads."""
