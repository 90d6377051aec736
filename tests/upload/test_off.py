"""A transfer ends where the timetable says `off`, and goes on from there when it may."""

import datetime as dt
import hashlib
from pathlib import Path

from runner.base.clock import CancelToken
from runner.evercam.http.session import Session
from runner.recordings.files import RecordingFile
from runner.recordings.identity import identify
from runner.sandbox import Sandbox
from runner.upload.recording.context import UploadContext, UploadListener, UploadOptions
from runner.upload.recording.engine import RecordingUpload
from runner.upload.recording.rate_limit import RateLimiter, parse_limit
from tests.sites import noise
from tests.upload.journal import Journal
from tests.waiting import until

SIZE = 2_000_000
NIGHT = dt.datetime(2026, 1, 20, 22, 0).astimezone()
MORNING = dt.datetime(2026, 1, 21, 6, 0).astimezone()


class Evening:
    """A clock just before ten at night; it moves when somebody waits, or when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> dt.datetime:
        return NIGHT + dt.timedelta(seconds=self.seconds - 1)

    def monotonic(self) -> float:
        return self.seconds


class Night(CancelToken):
    """Waiting moves the clock by minutes; whatever the server gets meanwhile is noted."""

    def __init__(self, clock: Evening, sandbox: Sandbox) -> None:
        super().__init__()
        self._clock = clock
        self._sandbox = sandbox
        self.requests: set[int] = set()

    def pause(self, seconds: float) -> None:
        until(lambda: any(one.step == "patch" for one in self._sandbox.requests()))
        self._clock.seconds += seconds + 60
        self.requests.add(len(self._sandbox.requests()))


def test_nothing_is_sent_while_it_is_off_and_nothing_twice(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    path = tmp_path / "a.insv"
    path.write_bytes(noise(SIZE))
    with path.open("rb") as file:
        recording = RecordingFile("a.insv", path, identify(file, SIZE))
    clock, told = Evening(), list[dt.datetime]()
    stop = Night(clock, sandbox)

    def moved(offset: int) -> None:
        if offset > SIZE // 2 and clock.seconds < 1:
            clock.seconds = 1.0  # it strikes ten

    pace = RateLimiter(parse_limit("22:00-06:00=off"), clock)
    options = UploadOptions(retry_for=60.0)
    context = UploadContext(sandbox.tus_url, stop, options, clock, pace=pace)
    listener = UploadListener(offset=moved, off=told.append)
    with Session() as session:
        sent = RecordingUpload(session, recording, context, Journal(), listener).run()
    assert told == [MORNING]
    assert len(stop.requests) == 1, "something was sent while the timetable said off"
    assert clock.now() >= MORNING
    assert sent.retries == 0
    assert [one.sha256() for one in sandbox.recordings()] == [
        hashlib.sha256(path.read_bytes()).hexdigest()
    ]
    assert [one.step for one in sandbox.requests()] == ["tus_create", "patch", "head", "patch"]
    assert sum(one.bytes_received for one in sandbox.requests()) == SIZE
