"""What an upload holds on to: the same memory for every file, and nothing once it is over."""

import contextlib
from pathlib import Path

import pytest

from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus, StoppedError
from runner.evercam.http.session import Session
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify
from runner.sandbox import Fault, Sandbox
from runner.upload.recording.context import UploadContext, UploadListener
from runner.upload.recording.engine import RecordingUpload
from tests.crash.walker import Walker
from tests.sites import Site, noise, walk
from tests.waiting import until

MB = 1_000_000
DESCRIPTORS = Path("/proc/self/fd")

needs_proc = pytest.mark.skipif(
    not DESCRIPTORS.is_dir(), reason="peak memory and descriptors are read from Linux' /proc"
)


def _peak(sandbox: Sandbox, folder: Path, sizes: list[int], jobs: int) -> int:
    """The peak memory of an apply that sends files of these sizes, in bytes."""
    names = [f"{number}.insv" for number in range(len(sizes))]
    site = Site(folder).write(*(walk(f"walk-{name[0]}", [name]) for name in names))
    for name, size in zip(names, sizes, strict=True):
        site.record(name, size)
    words = ("apply", "manifest.yaml", "--yes", "--jobs", str(jobs))
    status, err = Walker(site, sandbox).run(*words, module="tests.upload.peak")
    assert status == ExitStatus.DONE, err
    return int(err.splitlines()[-1])


@pytest.mark.slow
@needs_proc
def test_memory_does_not_grow_with_a_file(sandbox: Sandbox, tmp_path: Path) -> None:
    small = _peak(sandbox, tmp_path / "small", [2 * MB], 1)
    large = _peak(sandbox, tmp_path / "large", [150 * MB], 1)
    assert large < 100 * MB
    assert large - small < 10 * MB


@pytest.mark.slow
@needs_proc
def test_a_further_job_takes_little_memory(sandbox: Sandbox, tmp_path: Path) -> None:
    sizes = [20 * MB] * 4
    one = _peak(sandbox, tmp_path / "one", sizes, 1)
    four = _peak(sandbox, tmp_path / "four", sizes, 4)
    assert four - one < 3 * 10 * MB


@needs_proc
@pytest.mark.parametrize("fault", [None, "patch:cut@700000x2", "patch:status=423", "a stop"])
def test_no_descriptor_stays_open(sandbox: Sandbox, tmp_path: Path, fault: str | None) -> None:
    path = tmp_path / "a.insv"
    path.write_bytes(noise(2 * MB))
    with path.open("rb") as file:
        recording = RecordingFile(path.name, path, identify(file, 2 * MB))

    def send() -> None:
        stop = CancelToken()
        stops = fault == "a stop"
        listener = UploadListener(
            offset=lambda offset: stop.request() if stops and offset > MB else None
        )
        if fault and not stops:
            sandbox.inject(Fault.parse(fault))
        context = UploadContext(sandbox.tus_url, stop)
        with Session() as session, contextlib.suppress(StoppedError):
            RecordingUpload(session, recording, context, lambda _kind, **_data: None, listener).run(
                None
            )

    send()  # the first may open what stays open for good, such as a source of random numbers
    before = _descriptors()
    for _ in range(3):
        send()
    until(lambda: _descriptors() <= before)  # the sandbox lives here too, and closes when it can


def _descriptors() -> int:
    return sum(1 for _ in DESCRIPTORS.iterdir())
