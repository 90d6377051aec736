"""One recording against the sandbox: whatever goes wrong on the way, it arrives whole."""

import errno
import hashlib
import os
import random
from pathlib import Path
from typing import Any, Self

import pytest
from blake3 import blake3
from inline_snapshot import snapshot

from runner.base.clock import CancelToken
from runner.base.errors import RecordingChangedError, RecordingUnreadableError, StoppedError
from runner.evercam.http.errors import RequestFailedError
from runner.evercam.http.session import Session
from runner.ledger.events import Kind
from runner.ledger.state import RecordingState
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify
from runner.sandbox import Fault, Sandbox
from runner.upload.recording.context import Sent, UploadContext, UploadListener, UploadOptions
from runner.upload.recording.engine import RecordingUpload
from tests.crash.world import FastClock
from tests.recordings.files import path_of
from tests.sites import noise
from tests.upload.journal import Journal

SIZE = 2_000_000


class NoWait(CancelToken):
    """A stop nobody makes; waiting takes no time."""

    def pause(self, seconds: float) -> None:
        assert seconds >= 0


@pytest.fixture
def recording(tmp_path: Path) -> RecordingFile:
    path = tmp_path / "a.insv"
    path.write_bytes(noise(SIZE))
    with path.open("rb") as file:
        return RecordingFile("a.insv", path, identify(file, SIZE))


@pytest.fixture
def journal() -> Journal:
    return Journal()


def _send(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    known: RecordingState | None = None,
    stop: CancelToken | None = None,
    **options: Any,
) -> Sent:
    context = UploadContext(
        sandbox.tus_url,
        stop or NoWait(),
        UploadOptions(**options),
        rng=random.Random(1),  # noqa: S311 - jitter, repeatable
    )
    with Session() as session:
        return RecordingUpload(session, recording, context, journal, UploadListener()).run(known)


def _arrived(sandbox: Sandbox) -> list[str]:
    return [recording.sha256() for recording in sandbox.recordings() if recording.complete]


@pytest.mark.parametrize(
    "faults",
    [
        [],
        ["patch:cut@700000x3"],
        ["tus_create:drop-after", "tus_create:status=503"],
        ["patch:status=423", "patch:cut@1", "head:drop-before", "head:status=502"],
        ["patch:status-after=500"],
        ["patch:drop-after"],
        ["patch:garbage"],
        ["patch:cut@900000", "head:lie-offset@300000"],
        ["patch:status=403", "head:status=404", "patch:cut@700000"],
    ],
    ids=lambda faults: "+".join(faults) or "nothing",
)
def test_it_arrives_whole(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal, faults: list[str]
) -> None:
    sandbox.inject(*(Fault.parse(fault) for fault in faults))
    sent = _send(sandbox, recording, journal, sha256=True)
    digest = hashlib.sha256(noise(SIZE)).hexdigest()
    assert sent.sha256 == digest
    assert sent.blake3 == blake3(noise(SIZE)).hexdigest()
    assert digest in _arrived(sandbox)
    assert journal.kinds[-1] is Kind.UPLOADED


def test_accepted_bytes_are_not_sent_again(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    sandbox.inject(Fault.parse("patch:cut@700000x2"))
    _send(sandbox, recording, journal)
    patches = [request for request in sandbox.requests() if request.step == "patch"]
    assert [int(request.headers["upload-offset"]) for request in patches] == [0, 700_000, 1_400_000]


def test_a_gateway_that_gives_up_on_the_whole_gets_it_in_pieces(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    # Often: an answer from before the first block proves nothing, and is not counted.
    sandbox.inject(Fault.parse("patch:status=504x40"))
    _send(sandbox, recording, journal)
    patches = [request for request in sandbox.requests() if request.step == "patch"]
    assert max(int(request.headers["content-length"]) for request in patches[-2:]) < SIZE


@pytest.mark.parametrize(("lost", "largest"), [(600_000, 500_000), (400_000, SIZE)])
def test_a_proxy_that_loses_most_of_the_whole_gets_it_in_pieces(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    lost: int,
    largest: int,
) -> None:
    monkeypatch.setattr("runner.upload.recording.chunking.MOST_UNDER_WAY", 500_000)
    monkeypatch.setattr("runner.upload.recording.chunking.FIRST_PIECE", 500_000)
    faults = ("patch:drop-afterx2", f"head:lie-offset@{lost}x2")
    sandbox.inject(*(Fault.parse(fault) for fault in faults))
    _send(sandbox, recording, journal)
    first, second, *later = [request for request in sandbox.requests() if request.step == "patch"]
    assert int(first.headers["upload-offset"]) < int(second.headers["upload-offset"])
    assert all(int(request.headers["content-length"]) <= largest for request in later)
    assert bool(len(later) > 1) == (largest < SIZE)


def test_what_is_told_of_pieces_and_waits_is_true(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    notes: list[str] = []
    sandbox.inject(Fault.parse("patch:status=413x2"))
    options = UploadOptions(retry_for=600)
    context = UploadContext(sandbox.tus_url, NoWait(), options, clock=FastClock())
    listener = UploadListener(
        waiting=lambda wait, why: notes.append(f"{round(wait.left)} s left: {why[:23]}"),
        note=notes.append,
    )
    with Session() as session:
        RecordingUpload(session, recording, context, journal, listener).run(None)
    assert notes == snapshot(
        [
            "sending in pieces of 1.0 MB: 2.0 MB at once were refused as too large",
            "600 s left: the server answered 413",
            "sending in pieces of 500.0 kB: 1.0 MB at once were refused as too large",
            "600 s left: the server answered 413",
        ]
    )


def test_a_later_run_goes_on_where_the_first_was_stopped(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    stop = CancelToken()
    context = UploadContext(sandbox.tus_url, stop)
    listener = UploadListener(offset=lambda offset: stop.request() if offset > SIZE // 2 else None)
    with Session() as session, pytest.raises(StoppedError):
        RecordingUpload(session, recording, context, journal, listener).run(None)

    sent = _send(sandbox, recording, journal, journal.known, sha256=True)

    assert sent.sha256 is None
    read_ahead = blake3(noise(SIZE)).hexdigest()  # where the first run's reading reached the end
    assert sent.blake3 in {None, read_ahead}
    assert _arrived(sandbox) == [hashlib.sha256(noise(SIZE)).hexdigest()]
    assert sent.bytes_sent < SIZE


def test_an_upload_that_is_gone_is_begun_anew(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    gone = RecordingState("a.insv", f"{sandbox.tus_url}{'0' * 32}")
    _send(sandbox, recording, journal, gone)
    assert journal.kinds[0] is Kind.ABANDONED
    assert len(_arrived(sandbox)) == 1


def test_of_an_upload_that_is_gone_nothing_counts_as_sent(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    faults = ("patch:cut@700000", "head:status=404", "tus_create:delay+0", "tus_create:status=403")
    sandbox.inject(*(Fault.parse(fault) for fault in faults))
    with pytest.raises(RequestFailedError, match="403"):
        _send(sandbox, recording, journal)
    known = journal.known
    assert known is not None
    assert (known.tus_url, known.offset) == (None, 0)


def test_when_nothing_remains_no_patch_is_sent(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    _send(sandbox, recording, journal)
    before = len(sandbox.requests())
    _send(sandbox, recording, journal, journal.known)
    assert [request.step for request in sandbox.requests()[before:]] == ["head"]


def test_an_upload_of_another_length_is_never_continued(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal, tmp_path: Path
) -> None:
    other = tmp_path / "b.insv"
    other.write_bytes(noise(1000, 1))
    with other.open("rb") as file:
        short = RecordingFile("b.insv", other, identify(file, 1000))
    _send(sandbox, short, journal)
    sent = _send(sandbox, recording, journal, journal.known)
    assert sent.location != journal.lines[1][1]["url"]
    assert len(_arrived(sandbox)) == 2


def test_a_file_that_is_no_longer_the_planned_one_is_not_sent(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    path_of(recording).write_bytes(noise(SIZE, 7))
    with pytest.raises(RecordingChangedError, match="other content"):
        _send(sandbox, recording, journal)
    assert not sandbox.requests()


def test_it_gives_up_when_its_time_without_progress_is_over(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    sandbox.inject(Fault.parse("patch:status=503x0"))
    with pytest.raises(RequestFailedError, match="503"):
        _send(sandbox, recording, journal, retry_for=0.0)


def test_chunks_are_as_large_as_asked_for(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    _send(sandbox, recording, journal, chunk_size=900_000)
    patches = [request for request in sandbox.requests() if request.step == "patch"]
    assert [request.bytes_received for request in patches] == [900_000, 900_000, 200_000]


class Card:
    """A file on a card that is pulled out after some blocks."""

    def __init__(self, path: Path, blocks: int) -> None:
        self._file = path.open("rb", buffering=0)
        self._blocks = blocks

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def readinto(self, buffer: memoryview) -> int:
        if not self._blocks:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._blocks -= 1
        return self._file.readinto(buffer) or 0


@pytest.mark.parametrize("who", ["engine", "digest"])
def test_a_card_pulled_out_costs_no_byte_once_it_is_back(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
) -> None:
    with monkeypatch.context() as pulled:
        pulled.setattr(
            f"runner.upload.recording.{who}.open_recording", lambda path: Card(path, blocks=1)
        )
        with pytest.raises(RecordingUnreadableError, match=os.strerror(errno.EIO)):
            _send(sandbox, recording, journal)
    assert Kind.ABANDONED not in journal.kinds
    sent = _send(sandbox, recording, journal, journal.known, sha256=True)
    assert _arrived(sandbox) == [hashlib.sha256(noise(SIZE)).hexdigest()]
    assert sent.sha256 is None, "it is taken once its walkthrough is finished"
    assert (
        sum(request.bytes_received for request in sandbox.requests() if request.step == "patch")
        == SIZE
    )


def test_a_recording_that_is_away_is_not_a_changed_one(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    path_of(recording).unlink()
    with pytest.raises(RecordingUnreadableError, match="cannot be read any more"):
        _send(sandbox, recording, journal, RecordingState("a.insv", "http://there/files/1"))
    assert not journal.lines


@pytest.mark.parametrize("status", [400, 401, 403, 405, 412, 451])
def test_an_upload_nobody_may_ask_about_is_begun_anew_by_the_second_run_that_meets_it(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal, status: int
) -> None:
    sandbox.inject(Fault.parse("patch:cut@700000"), Fault.parse(f"head:status={status}x0"))
    with pytest.raises(RequestFailedError, match=str(status)):
        _send(sandbox, recording, journal)
    first = journal.known
    assert first is not None
    assert first.unaskable
    sent = _send(sandbox, recording, journal, first)
    assert sent.location != first.tus_url
    assert sent.bytes_sent == SIZE
    assert Kind.ABANDONED in journal.kinds


def test_an_upload_that_may_be_asked_about_again_is_gone_on_with(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    sandbox.inject(Fault.parse("patch:cut@700000"), Fault.parse("head:status=403"))
    with pytest.raises(RequestFailedError, match="403"):
        _send(sandbox, recording, journal)
    assert journal.known is not None
    assert _send(sandbox, recording, journal, journal.known).bytes_sent < SIZE
