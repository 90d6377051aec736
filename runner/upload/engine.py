"""Own the sending of one recording: create, send, after a failure go on from the offset."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from runner.errors import RecordingChangedError, StoppedError
from runner.http import RequestFailedError, Session
from runner.ledger.events import Kind
from runner.recordings.files import RecordingFile, still_the_same
from runner.timing import Clock, Stop, SystemClock
from runner.upload.body import Body
from runner.upload.digest import WholeDigest
from runner.upload.policy import Next, RetryBudget, Step, decide
from runner.upload.tus import WHOLE_FILE, TusUpload

_PLAN_AGAIN = "make sure nothing writes to it, then plan again"

Record = Callable[..., None]
"""Write an event of this recording: `record(Kind.SENT, offset=3)`."""


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """How recordings are sent. Sizes in bytes, times in seconds."""

    chunk_size: int = WHOLE_FILE
    retry_for: float = 1800.0


@dataclass(frozen=True, slots=True)
class Watch:
    """Whom an upload tells what it does."""

    offset: Callable[[int], None] = lambda _offset: None
    waiting: Callable[[float, str], None] = lambda _seconds, _reason: None


@dataclass(frozen=True, slots=True)
class Tools:
    """What the engine needs from outside."""

    tus_url: str
    stop: Stop
    options: UploadOptions = field(default_factory=UploadOptions)
    clock: Clock = field(default_factory=SystemClock)
    dice: random.Random = field(default_factory=random.Random)


@dataclass(frozen=True, slots=True)
class Sent:
    """A recording whose bytes are all on the server; `bytes_sent` counts this run's."""

    location: str
    sha256: str
    bytes_sent: int
    retries: int


class RecordingUpload:
    """The upload of one recording within one run: one request at a time until all is there."""

    def __init__(
        self, session: Session, recording: RecordingFile, tools: Tools, record: Record, watch: Watch
    ) -> None:
        self._recording = recording
        self._tools = tools
        self._record = record
        self._watch = watch
        self._upload = TusUpload(
            session, tools.tus_url, recording.title, recording.length, tools.options.chunk_size
        )
        self._budget = RetryBudget(tools.options.retry_for, tools.clock.monotonic())
        self._digest = WholeDigest()
        self._in_doubt = False
        self._suspicion: RequestFailedError | None = None
        self._at = self._best = 0
        self.bytes_sent = 0
        self.retries = 0

    def run(self, location: str | None) -> Sent:
        """Send what the server does not have yet; `location` is that of a half-sent upload.

        Raises:
            RequestFailedError: it gave up.
            RecordingChangedError: the file is not what it was; its upload is abandoned.
            StoppedError: somebody asked to stop.
        """
        for change in still_the_same(self._recording):
            raise RecordingChangedError(f"`{self._recording.name}` {change}", _PLAN_AGAIN)
        if location is not None:
            self._upload.open_at(location)
            self._in_doubt = True
        with self._opened() as file:
            before = os.fstat(file.fileno())
            try:
                self._send_all(file)
                self._refuse_if_modified(before, os.fstat(file.fileno()))
            except RecordingChangedError as error:
                self._record(Kind.ABANDONED, reason=str(error))
                raise
            self._digest.catch_up(file, self._recording.length, self._tools.stop.check)
        digest = self._digest.hexdigest()
        self._record(Kind.UPLOADED, sha256=digest)
        return Sent(self._upload.location, digest, self.bytes_sent, self.retries)

    @property
    def has_begun(self) -> bool:
        """Whether the server has any of the bytes, as far as is known."""
        return self._at > 0 or self._upload.offset > 0

    def _opened(self) -> BinaryIO:
        try:
            return self._recording.location.open("rb", buffering=0)
        except OSError as error:
            message = f"`{self._recording.name}` cannot be read: {error.strerror or error}"
            raise RecordingChangedError(message, "check the card or share it lies on") from error

    def _send_all(self, file: BinaryIO) -> None:
        while (step := self._next_step()) is not None:
            self._tools.stop.check()
            try:
                self._take(step, file)
            except RequestFailedError as failure:
                self._recover(step, failure)

    def _next_step(self) -> Step | None:
        if self._upload.url is None:
            return Step.TUS_CREATE
        if self._in_doubt:
            return Step.HEAD
        return Step.PATCH if self._upload.offset < self._recording.length else None

    def _take(self, step: Step, file: BinaryIO) -> None:
        match step:
            case Step.TUS_CREATE:
                self._create()
            case Step.HEAD:
                self._ask()
            case Step.PATCH:
                self._patch(file)

    def _create(self) -> None:
        self._record(Kind.TUS_CREATING, name=self._recording.name, length=self._recording.length)
        location = self._upload.create_url()
        self._record(Kind.TUS_CREATED, url=location)
        self._confirmed(0)

    def _ask(self) -> None:
        self._confirmed(self._upload.get_offset())
        if self._suspicion is not None and self._upload.offset < self._recording.length:
            suspicion, self._suspicion = self._suspicion, None
            raise suspicion
        self._in_doubt = False

    def _patch(self, file: BinaryIO) -> None:
        start = self._upload.offset
        self._digest.catch_up(file, start, self._tools.stop.check)
        body = Body(file, self._upload.position(file), self._before_block, self._after_block)
        self._at = start
        try:
            self._confirmed(self._upload.send(body))
        except (RequestFailedError, StoppedError):
            self._record(Kind.SENT, offset=self._at)
            raise

    def _before_block(self, block: memoryview) -> None:
        self._tools.stop.check()
        self._digest.block(self._at, block)

    def _after_block(self, count: int) -> None:
        self._at += count
        self.bytes_sent += count
        self._watch.offset(self._at)

    def _confirmed(self, offset: int) -> None:
        """Take the server's word, also when it goes back."""
        self._upload.offset = offset
        self._watch.offset(offset)
        if offset > self._best:
            self._best = offset
            self._budget.progressed(self._tools.clock.monotonic())

    def _recover(self, step: Step, failure: RequestFailedError) -> None:
        """Prepare the next request after a failure, or raise it again."""
        match decide(step, failure):
            case Next.GIVE_UP:
                raise failure
            case Next.RESTART:
                self._record(Kind.ABANDONED, reason=str(failure))
                self._upload.url, self._best = None, 0
            case Next.CHECK:
                self._in_doubt, self._suspicion = True, failure
            case Next.RETRY:
                self._in_doubt = step is not Step.TUS_CREATE
        self._wait(failure)

    def _wait(self, failure: RequestFailedError) -> None:
        asked = getattr(failure, "retry_after", None)
        delay = self._budget.delay(self._tools.clock.monotonic(), asked, self._tools.dice)
        if delay is None:
            raise failure
        self.retries += 1
        self._watch.waiting(delay, str(failure))
        self._tools.stop.pause(delay)

    def _refuse_if_modified(self, before: os.stat_result, after: os.stat_result) -> None:
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            message = f"`{self._recording.name}` changed while it was sent"
            raise RecordingChangedError(message, _PLAN_AGAIN)
