"""Recordings that a real nginx serves by ranges, as S3 does: bytes on the wire, kills, changes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from tests.crash.walker import Walker
from tests.remote.bucket import BUCKET, digest
from tests.remote.nginx import Nginx, find_nginx
from tests.remote.test_bucket import PREFLIGHT
from tests.sites import Site, walk
from tests.waiting import until

pytestmark = [pytest.mark.remote, pytest.mark.slow]
ROOT = f"s3://{BUCKET}"
MB = 1_000_000
SIZE = 200 * MB


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    program = find_nginx()
    if program is None:
        pytest.skip(
            "NOT TESTED: recordings that nginx serves, for want of it: apt-get install nginx"
        )
    server = Nginx.start(program, tmp_path / "nginx")
    yield server
    server.stop()


@pytest.fixture
def walker(nginx: Nginx, sandbox: Sandbox, tmp_path: Path) -> Walker:
    site = Site(tmp_path / "site").write(walk("loop-1", ["a.insv"]))
    Site(nginx.objects).record("a.insv", SIZE)
    variables = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{nginx.port}",
        "AWS_SKIP_SIGNATURE": "true",
        "SITEWALK_MEDIA_ROOT": ROOT,
    }
    nginx.take_log()
    return Walker(site, sandbox, variables)


def test_a_look_is_bounded_on_the_wire(walker: Walker, nginx: Nginx) -> None:
    status, err = walker.run("validate", "manifest.yaml")
    assert status == ExitStatus.DONE, err
    log = nginx.take_log()
    assert sum(int(line[1]) + int(line[2]) for line in log) < PREFLIGHT
    reads = [line for line in log if line[-1].startswith('"bytes=')]
    assert len(reads) > 64
    assert all(line[3] != '"-"' for line in reads)


def test_bytes_are_fetched_once_through_a_kill(
    walker: Walker, nginx: Nginx, sandbox: Sandbox
) -> None:
    words = ("apply", "manifest.yaml", "--yes", "--limit-rate")
    with walker.begin(*words, "40M") as process:
        until(lambda: any(stored.offset > 60 * MB for stored in sandbox.recordings()))
        process.kill()
    first = sum(int(line[2]) for line in nginx.take_log())
    (half,) = sandbox.recordings()
    offset = half.offset
    status, err = walker.run(*words, "unlimited")
    assert status == ExitStatus.DONE, err
    second = sum(int(line[2]) for line in nginx.take_log())
    assert half.sha256() == digest(nginx.objects / "a.insv")
    assert second < SIZE - offset + 2 * PREFLIGHT
    assert first + second < SIZE + 50 * MB  # what was read ahead of the kill


def test_a_replaced_object_is_noticed_and_sent_anew(
    walker: Walker, nginx: Nginx, sandbox: Sandbox
) -> None:
    words = ("apply", "manifest.yaml", "--yes", "--limit-rate", "40M")
    whole = Site(nginx.folder / "new").record("a.insv", SIZE, seed=7)
    os.utime(whole, (1, 1))  # nginx' ETag knows seconds and length
    with walker.begin(*words) as process:
        until(lambda: any(stored.offset > 60 * MB for stored in sandbox.recordings()))
        whole.replace(nginx.objects / "a.insv")
        _, err = process.communicate(timeout=120)
    assert process.returncode == ExitStatus.FAILED
    assert f"{ROOT}/a.insv was replaced while it was sent" in err
    status, err = walker.run("apply", "manifest.yaml", "--yes")
    assert status == ExitStatus.DONE, err
    assert digest(nginx.objects / "a.insv") in {one.sha256() for one in sandbox.recordings()}
