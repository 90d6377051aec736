"""A soak of the upload engine: many recordings over a line where every connection meets a fault."""

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
from runner.upload.recording.context import Sent, UploadContext, UploadListener
from runner.upload.recording.engine import RecordingUpload
from tests.badline.faults import random_faults
from tests.badline.lane import Line
from tests.badline.proxy import BadLine
from tests.recordings.files import path_of
from tests.sites import noise

STALL = (3.0, 3.0)
"""Seconds; with the program's own half a minute and minute, a soak would mostly wait."""


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
    """The outcome of a soak; `in_flight` was on the line when it broke, and is part of `sent`.

    Bytes that had left the line and were in the kernel of a server that had not read them are not
    in flight.
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
    """A token that nobody cancels; a pause takes a moment."""

    def pause(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.02))


def run_soak(
    folder: Path, seed: int, tus_url: str, digest_of: Callable[[str], str], soak: Soak
) -> Outcome:
    """Send all files to a tus server over a bad line; `digest_of` is the digest of a file id there.

    Raises AssertionError unless every file arrived whole.
    """
    recordings = list(_recordings(folder, seed, soak))
    began = time.monotonic()
    faults = random_faults(seed, largest=soak.largest)
    with BadLine(urlsplit(tus_url).port or 80, soak.line, faults) as line:
        url = line.through(tus_url)
        with ThreadPoolExecutor(soak.jobs) as pool:
            results = list(pool.map(lambda recording: _send(recording, url, seed), recordings))
        struck = [passage for passage in line.passages if passage.fault is not None]
        taken = line.taken_up
    for recording, sent in zip(recordings, results, strict=True):
        digest = hashlib.sha256(path_of(recording).read_bytes()).hexdigest()
        assert blake3(path_of(recording).read_bytes()).hexdigest() == sent.blake3
        assert digest == digest_of(sent.location.rpartition("/")[2])
    return Outcome(
        sum(recording.length for recording in recordings),
        taken,
        sum(passage.taken_up - passage.passed_up for passage in struck),
        Counter(type(passage.fault).__name__ for passage in struck),
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
        context = UploadContext(url, _Hurried(), rng=rng)
        return RecordingUpload(session, recording, context, _ignore, UploadListener()).run(None)


def _ignore(_kind: object, **_data: Any) -> None:
    """A ledger nobody reads."""
