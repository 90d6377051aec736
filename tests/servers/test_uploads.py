"""A recording reaches every real server whole, though server and client are killed on the way."""

import hashlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.errors import StoppedError
from runner.http import Session
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify
from runner.timing import Stop
from runner.upload.engine import RecordingUpload, Sent, Tools, UploadOptions, Watch
from runner.upload.pace import Pace, parse_limit
from tests.servers import NginxTusd, TusServer
from tests.sites import noise
from tests.upload.journal import Journal

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
    """One recording with its own little ledger and its own client."""

    def __init__(self, recording: RecordingFile, pace: Pace) -> None:
        self.recording, self.pace = recording, pace
        self.journal = Journal()
        self.under_way = threading.Event()

    def run(self, url: str, stop: Stop) -> Sent:
        tools = Tools(url, stop, UploadOptions(retry_for=60), pace=self.pace)
        watch = Watch(offset=self._moved)
        with Session() as session:
            session.timeout = (5.0, 20.0)
            upload = RecordingUpload(session, self.recording, tools, self.journal, watch)
            return upload.run(self.journal.known)

    def _moved(self, offset: int) -> None:
        if offset > SIZE // 3:
            self.under_way.set()


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_killed_server_and_a_stopped_client(server: TusServer, tmp_path: Path, jobs: int) -> None:
    pace = Pace(parse_limit(f"{jobs * 8}M"))
    work = [Job(one, pace) for one in recordings(tmp_path, jobs)]
    with ThreadPoolExecutor(jobs) as pool:
        stop = Stop()
        first = [pool.submit(job.run, server.tus_url, stop) for job in work]
        assert all(job.under_way.wait(30) for job in work)
        stop.request()
        for one in first:
            with pytest.raises(StoppedError):
                one.result()
        for job in work:
            job.under_way.clear()
        second = [pool.submit(job.run, server.tus_url, Stop()) for job in work]
        assert all(job.under_way.wait(30) for job in work)
        server.kill()
        time.sleep(0.2)
        server.restart()
        sent = [one.result() for one in second]
    for job, whole in zip(work, sent, strict=True):
        stored = server.data_file(whole.location.rpartition("/")[2]).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == whole.sha256
        assert stored == job.recording.location.read_bytes()


@pytest.fixture
def limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TusServer]:
    with NginxTusd(tmp_path / "limited", buffering=True, max_body=2_000_000) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        yield running


@pytest.mark.parametrize("kind", ["tusd"], indirect=True)
def test_a_proxy_that_limits_bodies(limited: TusServer, tmp_path: Path) -> None:
    (recording,) = recordings(tmp_path, 1)
    sent = Job(recording, Pace()).run(limited.tus_url, Stop())
    stored = limited.data_file(sent.location.rpartition("/")[2])
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == sent.sha256
