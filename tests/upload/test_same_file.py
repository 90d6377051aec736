"""A half-sent upload is resumed for the same content only, and always for the same content."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from runner.base.clock import CancelToken
from runner.base.errors import RecordingChangedError, RecordingUnreadableError, StoppedError
from runner.evercam.http.errors import RequestFailedError
from runner.evercam.http.session import Session
from runner.ledger.events import Kind
from runner.ledger.state import Checkpoint, RecordingState
from runner.recordings.files import RecordingFile
from runner.recordings.identity import EDGE, identify
from runner.sandbox import Fault, Sandbox
from runner.upload.recording.chunking import BLOCK, read_block
from runner.upload.recording.context import Sent, UploadContext, UploadListener, UploadOptions
from runner.upload.recording.engine import RecordingUpload
from runner.upload.recording.same_file import SameFile, find_proof
from tests.crash.world import FastClock, ProcessDied
from tests.recordings.files import path_of
from tests.sites import noise
from tests.upload.journal import Journal

SIZE = 4_000_000
HALF = SIZE // 2
MIDDLE = EDGE + 1000


@pytest.fixture
def recording(tmp_path: Path) -> RecordingFile:
    path = tmp_path / "a.insv"
    path.write_bytes(noise(SIZE))
    with path.open("rb") as file:
        return RecordingFile("a.insv", path, identify(file, SIZE))


@pytest.fixture
def journal() -> Journal:
    return Journal()


Ending = Callable[[int], None]


def _send(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    stop: CancelToken | None = None,
    on_offset: Ending = lambda _offset: None,
    *,
    sha256: bool = False,
) -> Sent:
    context = UploadContext(sandbox.tus_url, stop or CancelToken(), UploadOptions(sha256=sha256))
    with Session() as session:
        upload = RecordingUpload(
            session, recording, context, journal, UploadListener(offset=on_offset)
        )
        return upload.run(journal.known)


def _stopped(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal, *, sha256: bool = False
) -> None:
    stop = CancelToken()

    def at_half(offset: int) -> None:
        if offset >= HALF:
            stop.request()

    with pytest.raises(StoppedError):
        _send(sandbox, recording, journal, stop, at_half, sha256=sha256)


def _killed(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal, *, sha256: bool = False
) -> None:
    def at_half(offset: int) -> None:
        if offset >= HALF:
            raise ProcessDied

    with pytest.raises(ProcessDied):
        _send(sandbox, recording, journal, on_offset=at_half, sha256=sha256)


def _edit(path: Path) -> None:
    """Write into the middle, as an editor of metadata may do."""
    later = path.stat().st_mtime_ns + 1_000_000_000
    with path.open("r+b") as file:
        file.seek(MIDDLE)
        file.write(b"other content")
    os.utime(path, ns=(later, later))


def _received(sandbox: Sandbox) -> int:
    return sum(request.bytes_received for request in sandbox.requests() if request.step == "patch")


def _assert_whole(sandbox: Sandbox, recording: RecordingFile, sent: Sent) -> None:
    digest = hashlib.sha256(path_of(recording).read_bytes()).hexdigest()
    (stored,) = [upload for upload in sandbox.recordings() if upload.location == sent.location]
    assert stored.complete
    assert stored.sha256() == digest
    assert sent.sha256 in {digest, None}
    assert sent.blake3 in {blake3(path_of(recording).read_bytes()).hexdigest(), None}


@pytest.mark.parametrize("end", [_stopped, _killed])
@pytest.mark.parametrize("sha256", [True, False])
def test_a_file_changed_in_its_middle_is_begun_anew(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    end: Callable[..., None],
    *,
    sha256: bool,
) -> None:
    end(sandbox, recording, journal, sha256=sha256)
    _edit(path_of(recording))
    sent = _send(sandbox, recording, journal, sha256=sha256)
    _assert_whole(sandbox, recording, sent)
    assert Kind.ABANDONED in journal.kinds


def test_where_the_server_has_lost_everything_there_is_nothing_to_compare(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    _stopped(sandbox, recording, journal)
    _edit(path_of(recording))
    while not _received(sandbox):  # the server still reads what was under way
        time.sleep(0.01)
    sandbox.inject(Fault.parse(f"head:lie-offset@{SIZE}"))
    _assert_whole(sandbox, recording, _send(sandbox, recording, journal))
    assert Kind.ABANDONED not in journal.kinds


@pytest.mark.parametrize("end", [_stopped, _killed])
@pytest.mark.parametrize("sha256", [True, False])
def test_a_moved_file_is_gone_on_with(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    end: Callable[..., None],
    *,
    sha256: bool,
) -> None:
    end(sandbox, recording, journal, sha256=sha256)
    there = path_of(recording).rename(path_of(recording).with_name("b.insv"))
    moved = replace(recording, location=there)
    _assert_whole(sandbox, moved, _send(sandbox, moved, journal, sha256=sha256))
    assert _received(sandbox) == SIZE


@pytest.mark.parametrize("end", [_stopped, _killed])
@pytest.mark.parametrize("sha256", [True, False])
def test_a_copied_file_is_gone_on_with_once_its_content_is_compared(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    end: Callable[..., None],
    *,
    sha256: bool,
) -> None:
    end(sandbox, recording, journal, sha256=sha256)
    there = Path(shutil.copyfile(path_of(recording), path_of(recording).with_name("b.insv")))
    os.utime(there, ns=(1, 1))
    copied = replace(recording, location=there)
    _stopped(sandbox, copied, journal)  # compared, and then stopped once more
    _assert_whole(sandbox, copied, _send(sandbox, copied, journal, sha256=sha256))
    assert _received(sandbox) == SIZE
    assert Kind.ABANDONED not in journal.kinds


def test_a_checkpoint_of_an_older_program_still_proves(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    _stopped(sandbox, recording, journal)
    beginning = path_of(recording).read_bytes()[:-1]
    told = {"checked": len(beginning), "sha256": hashlib.sha256(beginning).hexdigest()}
    journal(Kind.SENT, offset=HALF, **told)
    os.utime(path_of(recording), ns=(1, 1))
    _assert_whole(sandbox, recording, _send(sandbox, recording, journal))
    assert _received(sandbox) == SIZE


def test_what_an_earlier_run_sent_is_not_read_again(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _stopped(sandbox, recording, journal)
    read: list[int] = []

    def noted(file: BinaryIO, into: memoryview) -> int:
        read.append(file.tell())
        return read_block(file, into)

    monkeypatch.setattr("runner.upload.recording.digest.read_block", noted)
    monkeypatch.setattr("runner.upload.recording.chunking.read_block", noted)
    _assert_whole(sandbox, recording, _send(sandbox, recording, journal))
    resumed = [one for one in sandbox.requests() if one.step == "patch"][-1]
    assert min(read) == int(resumed.headers["upload-offset"]) > 0


def test_a_touch_while_it_is_sent_changes_nothing(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    touched: list[int] = []

    def touch_once(offset: int) -> None:
        if offset >= HALF and not touched:
            touched.append(offset)
            os.utime(path_of(recording))

    _assert_whole(sandbox, recording, _send(sandbox, recording, journal, on_offset=touch_once))
    assert touched
    assert _received(sandbox) == SIZE
    assert Kind.ABANDONED not in journal.kinds


def test_what_is_sent_anew_is_progress_from_its_first_byte(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    _stopped(sandbox, recording, journal)
    _edit(path_of(recording))
    sandbox.inject(Fault.parse("patch:cut@100000x10"))
    clock = FastClock()

    class Patient(CancelToken):
        def pause(self, seconds: float) -> None:
            clock.seconds += max(seconds, 1000)

    context = UploadContext(sandbox.tus_url, Patient(), UploadOptions(retry_for=2500), clock=clock)
    with Session() as session:
        upload = RecordingUpload(session, recording, context, journal, UploadListener())
        _assert_whole(sandbox, recording, upload.run(journal.known))


def test_a_card_pulled_out_while_a_copy_is_compared_keeps_what_was_sent(
    sandbox: Sandbox,
    recording: RecordingFile,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _stopped(sandbox, recording, journal)
    os.utime(path_of(recording), ns=(1, 1))
    before = journal.known

    def pulled_out(path: Path) -> BinaryIO:
        raise RecordingUnreadableError(f"`{path.name}` cannot be read")

    monkeypatch.setattr("runner.upload.recording.digest.open_recording", pulled_out)
    with pytest.raises(RecordingUnreadableError):
        _send(sandbox, recording, journal)
    known = journal.known
    assert before is not None
    assert known is not None
    assert (known.tus_url, known.checkpoints) == (before.tus_url, before.checkpoints)
    _assert_nothing_is_sent_again(sandbox, recording, journal, monkeypatch)


def _assert_nothing_is_sent_again(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    _assert_whole(sandbox, recording, _send(sandbox, recording, journal))
    assert _received(sandbox) == SIZE


def test_a_file_that_changes_before_the_line_breaks_is_abandoned(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    sandbox.inject(Fault.parse(f"patch:cut@{HALF}"), Fault.parse("head:status=403x0"))
    edited: list[int] = []

    def edit_once(offset: int) -> None:
        if offset >= HALF // 2 and not edited:
            edited.append(offset)
            _edit(path_of(recording))

    with pytest.raises(RecordingChangedError, match="changed while it was sent"):
        _send(sandbox, recording, journal, on_offset=edit_once)
    assert journal.kinds[-1] is Kind.ABANDONED


def test_giving_up_leaves_a_checkpoint_of_all_that_was_sent(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    sandbox.inject(Fault.parse(f"patch:cut@{HALF}"), Fault.parse("head:status=403x0"))
    with pytest.raises(RequestFailedError):
        _send(sandbox, recording, journal)
    known = journal.known
    assert known is not None
    (checkpoint,) = known.checkpoints
    beginning = path_of(recording).read_bytes()[: checkpoint.offset]
    assert checkpoint == Checkpoint(len(beginning), blake3(beginning).hexdigest())
    assert checkpoint.offset >= HALF


def test_how_far_it_is_is_written_once_a_minute(
    sandbox: Sandbox, recording: RecordingFile, journal: Journal
) -> None:
    clock = FastClock()

    def a_third_of_a_minute_a_block(_offset: int) -> None:
        clock.seconds += 20

    context = UploadContext(sandbox.tus_url, CancelToken(), clock=clock)
    with Session() as session:
        listener = UploadListener(offset=a_third_of_a_minute_a_block)
        RecordingUpload(session, recording, context, journal, listener).run()
    blocks = SIZE // BLOCK
    assert blocks // 5 <= journal.kinds.count(Kind.SENT) <= blocks // 2


@given(
    offset=st.integers(min_value=0, max_value=9),
    checked=st.none() | st.integers(min_value=0, max_value=9),
    is_written=st.booleans(),
)
def test_nothing_is_gone_on_with_unproven(
    offset: int, checked: int | None, *, is_written: bool
) -> None:
    checkpoint = None if checked is None else Checkpoint(checked, "")
    checkpoints = (checkpoint,) if checkpoint else ()
    known = RecordingState("a.insv", "url", modified=1, checkpoints=checkpoints)
    proof = find_proof(known, 2 if is_written else 1, offset)
    covered = checked is not None and checked >= offset
    assert (proof is SameFile.MISSING) == (offset > 0 and is_written and not covered)
