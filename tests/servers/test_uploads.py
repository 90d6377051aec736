"""A recording reaches every real server whole, though server and client are killed on the way."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.base.clock import CancelToken
from runner.evercam.http.session import Session
from runner.evercam.http.waiting import never
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify
from runner.upload.recording.context import Sent, UploadContext, UploadListener, UploadOptions
from runner.upload.recording.engine import RecordingUpload
from runner.upload.recording.rate_limit import RateLimiter, parse_limit
from runner.upload.recording.same_file import whole_sha256
from tests.crash.world import ProcessDied
from tests.recordings.files import path_of
from tests.servers import NginxTusd, TusServer
from tests.sites import noise
from tests.upload.journal import Journal
from tests.waiting import PATIENCE

pytestmark = pytest.mark.interop

SIZE = 12_000_001


@pytest.fixture(autouse=True)
def trust(server: TusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    if server.ca_file is not None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_file))


def recordings(folder: Path, count: int) -> Iterator[RecordingFile]:
    for number in range(count):
        path = folder / f"{number}.insv"
        path.write_bytes(noise(SIZE - number))
        with path.open("rb") as file:
            yield RecordingFile(path.name, path, identify(file, SIZE - number))


class Job:
    """One recording with a ledger and a client of its own."""

    def __init__(self, recording: RecordingFile, limiter: RateLimiter) -> None:
        self.recording, self.limiter = recording, limiter
        self.journal = Journal()

    def run(self, url: str, at_offset: Callable[[int], None] = lambda _offset: None) -> Sent:
        options = UploadOptions(retry_for=300, sha256=True)
        context = UploadContext(url, CancelToken(), options, pace=self.limiter)
        listener = UploadListener(offset=at_offset)
        with Session() as session:
            session.timeout = (20.0, PATIENCE)
            upload = RecordingUpload(session, self.recording, context, self.journal, listener)
            return upload.run(self.journal.known)

    def die(self, url: str) -> None:
        """Be killed at a third: nothing is written down, and the connection just ends."""

        def at_a_third(offset: int) -> None:
            if offset > SIZE // 3:
                raise ProcessDied

        with pytest.raises(ProcessDied):
            self.run(url, at_a_third)


def at_two_thirds(barrier: threading.Barrier) -> Callable[[int], None]:
    """Once more than the killed client has sent is on its way, wait there for the others."""
    waited: list[int] = []

    def at_offset(offset: int) -> None:
        if offset > 2 * SIZE // 3 and not waited:
            waited.append(barrier.wait())

    return at_offset


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_killed_client_and_a_killed_server(server: TusServer, tmp_path: Path, jobs: int) -> None:
    limiter = RateLimiter(parse_limit(f"{jobs * 8}M"))
    jobs_at_work = [Job(recording, limiter) for recording in recordings(tmp_path, jobs)]
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda job: job.die(server.tus_url), jobs_at_work))
        barrier = threading.Barrier(jobs + 1, timeout=2 * PATIENCE)
        second = [
            pool.submit(job.run, server.tus_url, at_two_thirds(barrier)) for job in jobs_at_work
        ]
        barrier.wait()
        server.kill()
        time.sleep(0.2)
        server.restart()
        results = [future.result() for future in second]
    for job, sent in zip(jobs_at_work, results, strict=True):
        stored = server.data_file(sent.location.rpartition("/")[2]).read_bytes()
        # Of what two runs sent it is taken at the end, and compared with all checkpoints.
        place, length = job.recording.location, job.recording.length
        sha256 = sent.sha256 or whole_sha256(place, length, sent.checkpoints, never)
        assert hashlib.sha256(stored).hexdigest() == sha256
        assert stored == path_of(job.recording).read_bytes()


@pytest.fixture
def limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TusServer]:
    with NginxTusd(tmp_path / "limited", buffering=True, max_body=2_000_000) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running


@pytest.mark.parametrize("kind", ["tusd"], indirect=True)
def test_a_proxy_that_limits_bodies(limited: TusServer, tmp_path: Path) -> None:
    (recording,) = recordings(tmp_path, 1)
    sent = Job(recording, RateLimiter()).run(limited.tus_url)
    stored = limited.data_file(sent.location.rpartition("/")[2])
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == sent.sha256
