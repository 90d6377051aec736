"""Whatever ends a run, and after whichever byte: what the server accepted is not sent again."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.base.clock import CancelToken
from runner.base.errors import StoppedError
from runner.evercam.http.errors import UnknownOutcomeError
from runner.evercam.http.session import Answer, Session
from runner.ledger.events import Kind
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify
from runner.upload.recording.context import Sent, UploadContext, UploadListener, UploadOptions
from runner.upload.recording.engine import RecordingUpload
from tests.crash.world import FastClock, ProcessDied, Waits
from tests.recordings.files import path_of
from tests.sites import noise
from tests.upload.journal import Journal

SIZE = 5000
CONTENT = noise(SIZE)
EDITED = bytes([*CONTENT[:99], CONTENT[99] ^ 1, *CONTENT[100:]])


class End(Enum):
    """How a PATCH ends early."""

    STOPPED = auto()
    KILLED = auto()
    CUT = auto()


@dataclass(frozen=True, slots=True)
class Break:
    """The PATCH that ends when the server has so many more bytes, also inside a block."""

    after: int
    end: End
    touched: bool


class Server(Session):
    """A tus server with one upload at a time, and a line that breaks where it is told to."""

    def __init__(self, breaks: Sequence[Break], stop: CancelToken, path: Path) -> None:
        super().__init__()
        self.there = bytearray()
        self.received = self.uploads = 0
        self._breaks: Iterator[Break] = iter(breaks)
        self._stop = stop
        self._path = path

    def exchange(self, method: str, url: str, *, setting: str = "", **options: Any) -> Answer:
        """Serve a request as a tus server does; a PATCH up to its break."""
        assert url.startswith("http://there/files/"), setting
        if method == "POST":
            self.uploads += 1
            self.there.clear()
            return Answer(201, {"Location": f"http://there/files/{self.uploads}"})
        if method == "PATCH":
            assert int(options["headers"]["Upload-Offset"]) == len(self.there)
            self._take(options["data"], next(self._breaks, None))
        return Answer(200, {"Upload-Offset": str(len(self.there)), "Upload-Length": str(SIZE)})

    def _take(self, body: Any, broken: Break | None) -> None:
        left = SIZE if broken is None else broken.after
        for block in body:
            taken = bytes(block[:left])
            self.there += taken
            self.received += len(taken)
            left -= len(taken)
            if broken is not None and len(taken) < len(block):
                self._break(broken)

    def _break(self, broken: Break) -> None:
        if broken.touched:
            _touch(self._path)
        if broken.end is End.KILLED:
            raise ProcessDied
        if broken.end is End.STOPPED:
            raise StoppedError
        raise UnknownOutcomeError("the connection broke")


def _touch(path: Path) -> None:
    moved = path.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(moved, moved))


@pytest.fixture(scope="module", autouse=True)
def small_steps() -> Iterator[None]:
    """Blocks, and the distances of checkpoints, of which many fit into a small file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runner.upload.recording.chunking.BLOCK", 64)
        patch.setattr("runner.upload.recording.digest.STRIDE", 100)
        patch.setattr("runner.upload.recording.read_ahead.STRIDE", 100)
        patch.setattr("runner.upload.recording.read_ahead.MOST_AHEAD", 400)
        yield


def _recording(folder: Path) -> RecordingFile:
    path = folder / "a.insv"
    path.write_bytes(CONTENT)
    with path.open("rb") as file:
        return RecordingFile("a.insv", path, identify(file, SIZE))


def _send(server: Server, recording: RecordingFile, journal: Journal) -> Sent | None:
    """Send it in one run; None where that ended early."""
    clock = FastClock()
    options = UploadOptions(retry_for=3600)
    tools = UploadContext("http://there/files/", Waits(clock), options, clock=clock)
    upload = RecordingUpload(server, recording, tools, journal, UploadListener())
    try:
        return upload.run(journal.known)
    except (StoppedError, ProcessDied):
        return None


BREAKS = st.lists(
    st.builds(Break, st.integers(0, SIZE), st.sampled_from(End), st.booleans()), max_size=4
)
SETTINGS = settings(
    max_examples=3 * settings().max_examples // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@given(breaks=BREAKS)
@SETTINGS
def test_no_accepted_byte_is_sent_again_though_the_file_is_copied(
    tmp_path: Path, breaks: list[Break]
) -> None:
    recording, journal = _recording(tmp_path), Journal()
    server = Server(breaks, CancelToken(), path_of(recording))
    while _send(server, recording, journal) is None:
        _touch(path_of(recording))  # as a copy from the card does, or a change of summer time
    assert server.received == SIZE
    assert bytes(server.there) == CONTENT
    assert Kind.ABANDONED not in journal.kinds


@given(breaks=BREAKS.filter(bool), edited=st.integers(0, 3))
@SETTINGS
def test_what_arrives_is_the_file_though_it_is_edited_between_two_runs(
    tmp_path: Path, breaks: list[Break], edited: int
) -> None:
    recording, journal = _recording(tmp_path), Journal()
    with pytest.MonkeyPatch.context() as patch:
        # The edit shall be one that neither length nor ends show.
        for module in ("engine", "content"):
            looks = f"runner.upload.recording.{module}.require_unchanged"
            patch.setattr(looks, lambda _recording: None)
        server = Server(breaks, CancelToken(), path_of(recording))
        runs = 0
        while _send(server, recording, journal) is None:
            if runs == edited:
                path_of(recording).write_bytes(EDITED)
            _touch(path_of(recording))
            runs += 1
    assert bytes(server.there) == path_of(recording).read_bytes()
