"""Real processes beside a bucket: killed and gone on with, and the memory they take."""

from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from tests.crash.walker import Walker
from tests.remote.bucket import BUCKET, Bucket, digest
from tests.remote.test_bucket import PREFLIGHT
from tests.sites import Site, walk
from tests.upload.test_memory import needs_proc
from tests.waiting import until

ROOT = f"s3://{BUCKET}"
MB = 1_000_000


@pytest.fixture
def walker(bucket: Bucket, sandbox: Sandbox, tmp_path: Path) -> Walker:
    """Someone whose recordings are in the bucket."""
    site = Site(tmp_path / "site").write(walk("loop-1", ["a.insv"]))
    return Walker(site, sandbox, {"SITEWALK_MEDIA_ROOT": ROOT, **bucket.environment})


@pytest.mark.slow
def test_after_a_kill_the_next_run_fetches_only_what_is_left(
    walker: Walker, bucket: Bucket, sandbox: Sandbox
) -> None:
    recording = Site(bucket.folder).record("a.insv", 60 * MB)
    words = ("apply", "manifest.yaml", "--yes")
    with walker.begin(*words, "--limit-rate", "10M") as process:
        until(lambda: any(stored.offset > 12 * MB for stored in sandbox.recordings()))
        process.kill()
    bucket.asked.clear()
    (half,) = sandbox.recordings()
    status, err = walker.run(*words)
    assert status == ExitStatus.DONE, err
    (stored,) = sandbox.recordings()
    assert stored.sha256() == digest(recording)
    left = 60 * MB - 12 * MB
    assert bucket.fetched() < left + 2 * PREFLIGHT
    assert half.location == stored.location


@pytest.mark.slow
@needs_proc
def test_memory_does_not_grow_with_an_object(walker: Walker, bucket: Bucket) -> None:
    peaks = []
    for name, size in (("a.insv", 60 * MB), ("b.insv", 240 * MB)):
        walker.site.write(walk(f"loop-{name[0]}", [name]))
        Site(bucket.folder).record(name, size)
        status, err = walker.run("apply", "manifest.yaml", "--yes", module="tests.upload.peak")
        assert status == ExitStatus.DONE, err
        peaks.append(int(err.splitlines()[-1]))
    small, large = peaks
    assert large - small < 30 * MB
    assert large < 200 * MB
