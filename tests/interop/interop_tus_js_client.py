"""The sandbox understands a tus client that nobody here wrote; `make interop` runs this.

Not collected by a plain pytest run, since it needs Node.
"""

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.sandbox import Fault, LoggedRequest, Sandbox
from tests.waiting import until

HERE = Path(__file__).parent
MIB = 1024 * 1024
SIZE = 8 * MIB + 12345
LONGEST = 300.0
"""Seconds after which a client counts as hanging."""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "VID_20260120_101500_00_001.insv"
    path.write_bytes(os.urandom(SIZE))
    return path


def upload(
    mode: str, sandbox: Sandbox, recording: Path, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Upload in a `mode` of upload.mjs; mode `resume` aborts once `meanwhile` returns."""
    with subprocess.Popen(
        ["node", "upload.mjs", mode, sandbox.tus_url, str(recording)],  # noqa: S607
        cwd=HERE,
        stdin=subprocess.PIPE,
    ) as process:
        try:
            meanwhile()
            process.communicate(timeout=LONGEST)
        finally:
            process.kill()
    assert process.returncode == 0


def patches(sandbox: Sandbox) -> list[LoggedRequest]:
    return [request for request in sandbox.requests() if request.step == "patch"]


def assert_arrived(sandbox: Sandbox, recording: Path) -> None:
    (stored,) = sandbox.recordings()
    assert stored.filename == recording.name
    assert stored.offset == stored.length == SIZE
    assert stored.sha256() == hashlib.sha256(recording.read_bytes()).hexdigest()


def test_one_patch(sandbox: Sandbox, recording: Path) -> None:
    upload("whole", sandbox, recording)
    assert_arrived(sandbox, recording)
    assert [request.status for request in patches(sandbox)] == [204]


def test_chunks(sandbox: Sandbox, recording: Path) -> None:
    upload("chunks", sandbox, recording)
    assert_arrived(sandbox, recording)
    assert [request.bytes_received for request in patches(sandbox)] == [MIB] * 8 + [12345]


def stalled(sandbox: Sandbox) -> bool:
    return [recording.offset for recording in sandbox.recordings()] == [3 * MIB]


def test_abort_and_resume(sandbox: Sandbox, recording: Path) -> None:
    sandbox.inject(Fault("patch", "stall", after_bytes=3 * MIB))
    upload("resume", sandbox, recording, lambda: until(lambda: stalled(sandbox)))
    assert_arrived(sandbox, recording)
    first, second = patches(sandbox)
    assert first.status == 400  # its upload was wanted by the HEAD of the resumed one
    assert int(second.headers["upload-offset"]) == 3 * MIB
    assert second.status == 204


def test_recovery_from_a_cut_connection(sandbox: Sandbox, recording: Path) -> None:
    sandbox.inject(Fault("patch", "cut", after_bytes=5 * MIB))
    upload("whole", sandbox, recording)
    assert_arrived(sandbox, recording)
    assert [request.headers["upload-offset"] for request in patches(sandbox)] == ["0", str(5 * MIB)]
