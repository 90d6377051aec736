"""The sending of one recording: create, send, after a failure go on from the offset."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO

from runner.base.clock import CancelToken, Clock, SystemClock
from runner.base.errors import (
    RecordingChangedError,
    RecordingUnreadableError,
    StoppedError,
)
from runner.base.wording import size
from runner.evercam.http.errors import RequestFailedError, UnknownOutcomeError
from runner.evercam.http.session import Session
from runner.ledger.events import Kind
from runner.ledger.state import RecordingState
from runner.recordings.files import RecordingFile, require_unchanged
from runner.recordings.stores import BusyStoreError
from runner.upload.recording.chunking import (
    SMALLEST_PIECE,
    WHOLE_FILE,
    Body,
    BrokenPatch,
    ChunkSize,
    open_recording,
    unreadable,
)
from runner.upload.recording.content import SentContent
from runner.upload.recording.digest import OtherContentError, SameFile
from runner.upload.recording.rate_limit import UNLIMITED, OffError, RateLimiter, Schedule
from runner.upload.recording.tus import TusUpload
from runner.upload.retry import Next, Repeater, RetryBudget, Step, Wait, decide

_NOTE_SECONDS = 60.0
"""Time after which the ledger is told how far it is, where no checkpoint was due meanwhile."""

Record = Callable[..., None]
"""Write an event of this recording: `record(Kind.SENT, offset=3)`."""


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """How recordings are sent. Sizes in bytes, times in seconds."""

    chunk_size: int = WHOLE_FILE
    retry_for: float = 1800.0
    limit: Schedule = UNLIMITED
    sha256: bool = False


@dataclass(frozen=True, slots=True)
class UploadListener:
    """Whom an upload tells what it does."""

    offset: Callable[[int], None] = lambda _offset: None
    waiting: Callable[[Wait, str], None] = lambda _wait, _reason: None
    off: Callable[[dt.datetime], None] = lambda _until: None
    note: Callable[[str], None] = lambda _text: None


@dataclass(frozen=True, slots=True)
class UploadContext:
    """What the engine needs from outside; `pace` is shared by all jobs."""

    tus_url: str
    stop: CancelToken
    options: UploadOptions = field(default_factory=UploadOptions)
    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.Random)
    pace: RateLimiter = field(default_factory=RateLimiter)


@dataclass(frozen=True, slots=True)
class Sent:
    """A recording whose bytes are all on the server; `bytes_sent` counts this run's.

    `blake3` is None where an earlier run sent a part of it, `sha256` where it was not wanted.
    """

    location: str
    blake3: str | None
    sha256: str | None
    bytes_sent: int
    retries: int


class RecordingUpload:
    """The upload of one recording within one run: one request at a time until all is there."""

    def __init__(
        self,
        session: Session,
        recording: RecordingFile,
        context: UploadContext,
        record: Record,
        listener: UploadListener,
    ) -> None:
        self._recording = recording
        self._context = context
        self._record = record
        self._listener = listener
        self._upload = TusUpload(
            session, context.tus_url, recording.title, recording.length, context.options.chunk_size
        )
        self._budget = RetryBudget(context.options.retry_for, context.clock.monotonic())
        self._repeater = Repeater(
            self._budget, context.clock, context.stop, context.rng, self._waiting
        )
        self._step = Step.TUS_CREATE
        self._pieces = ChunkSize(context.options.chunk_size)
        self._content = SentContent(
            recording, context.stop.check, listener.note, sha256=context.options.sha256
        )
        self._known: RecordingState | None = None
        self._was_unaskable = self._is_unaskable = False
        self._noted = context.clock.monotonic()
        self._in_doubt = False
        self._suspicion: RequestFailedError | None = None
        self._cut: BrokenPatch | None = None
        self._tried = 0
        self._at = self._best = 0
        self.bytes_sent = 0
        self.retries = 0

    def run(self, known: RecordingState | None = None) -> Sent:
        """Send what the server does not have yet; `known` is what earlier runs have sent.

        Raises:
            RequestFailedError: it gave up.
            RecordingChangedError: the file is not what it was; its upload is abandoned.
            RecordingUnreadableError: the file cannot be read now; its upload is kept.
            StoppedError: somebody asked to stop.
        """
        self._repeater.repeat(self._require_unchanged, lambda _failure: Next.RETRY)
        with open_recording(self._recording.location) as file:
            self._content.begin(file)
            self._go_on_with(known)
            try:
                sha256 = self._send_noting_an_end(file)
            except RecordingChangedError as error:
                self._record(Kind.ABANDONED, reason=str(error))
                raise
            finally:
                self._content.close()
        blake3 = self._content.blake3()
        told = {"bytes": self.bytes_sent, "retries": self.retries}
        length = self._recording.length
        self._record(Kind.UPLOADED, offset=length, blake3=blake3, sha256=sha256, **told)
        return Sent(self._upload.location, blake3, sha256, self.bytes_sent, self.retries)

    def _require_unchanged(self) -> None:
        try:
            require_unchanged(self._recording)
        except BusyStoreError as error:
            raise unreadable(error) from error

    @property
    def has_begun(self) -> bool:
        """Whether the server has any of the bytes, as far as is known."""
        return self._at > 0 or self._upload.offset > 0

    def _go_on_with(self, known: RecordingState | None) -> None:
        if known is None or not known.tus_url:
            return
        self._upload.open_at(known.tus_url)
        self._known, self._in_doubt, self._was_unaskable = known, True, known.unaskable

    def _send_noting_an_end(self, file: BinaryIO) -> str | None:
        """Send all; when that ends before, leave the next run what it takes to go on."""
        try:
            return self._send_whole(file)
        except (StoppedError, RequestFailedError):
            if self._at and self._known is None:
                self._note_sent()
            if self._is_unaskable:
                offset = self._known.offset if self._known else self._best
                self._record(Kind.SENT, offset=offset, unaskable=True)
            raise
        except RecordingUnreadableError:
            self._record(Kind.SENT, offset=self._at or self._upload.offset)
            raise

    def _send_whole(self, file: BinaryIO) -> str | None:
        """Send all, once more where what an earlier run sent turns out to be another file's.

        The sha256, where it is wanted.
        """
        while True:
            self._send_all(file)
            self._content.require_same(file, self._at)
            try:
                return self._content.sha256()
            except OtherContentError as error:
                self._begin_anew(str(error))

    def _send_all(self, file: BinaryIO) -> None:
        self._repeater.repeat(partial(self._advance, file), self._recover)

    def _advance(self, file: BinaryIO) -> None:
        """Take one step after the other until all is sent, or one fails."""
        while (step := self._next_step()) is not None:
            self._context.stop.check()
            self._wait_while_off()
            self._budget.begin(self._context.clock.monotonic())
            self._step = step
            try:
                self._take(step, file)
            except OtherContentError as error:
                self._begin_anew(str(error))

    def _wait_while_off(self) -> None:
        """Where the timetable says `off`, wait; that is no time without progress."""
        pause = self._context.stop.pause
        self._budget.excuse(self._context.pace.wait_while_off(pause, self._listener.off))

    def _begin_anew(self, reason: str) -> None:
        """Abandon this tus upload; the next one is of the file as it is now."""
        self._record(Kind.ABANDONED, reason=reason)
        self._listener.note(f"sent from its start: {reason}")
        self._content.forget()
        self._upload.url, self._known, self._cut, self._in_doubt = None, None, None, False
        self._suspicion, self._upload.offset, self._at, self._best = None, 0, 0, 0
        self._was_unaskable = False

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
                self._prove()
            case Step.PATCH:
                self._patch(file)

    def _create(self) -> None:
        self._record(
            Kind.TUS_CREATING,
            name=self._recording.name,
            length=self._recording.length,
            modified=self._content.modified,
            **self._content.next_checkpoint(0),
        )
        location = self._upload.create_url()
        self._record(Kind.TUS_CREATED, url=location)
        self._confirmed(0)

    def _ask(self) -> None:
        self._confirmed(self._upload.get_offset())
        if self._suspicion is not None and self._upload.offset < self._recording.length:
            suspicion, self._suspicion = self._suspicion, None
            raise suspicion
        if self._cut is not None:
            pieces = self._pieces.after(self._cut, self._upload.offset)
            self._use(pieces, "two attempts in a row failed")
        self._in_doubt, self._cut = False, None

    def _prove(self) -> None:
        """Before an earlier run's bytes are gone on with, make sure that they are this file's."""
        known = self._known
        if known is None:
            return
        proof = self._content.prove(known, self._upload.offset)
        self._known = None  # not before: a store may have failed, and another attempt follows
        if proof is SameFile.DIGEST:
            self._at = self._upload.offset
            self._note_sent()

    def _note_sent(self, **more: Any) -> None:
        """Write down how far it is, and of what file."""
        self._noted = self._context.clock.monotonic()
        self._record(Kind.SENT, offset=self._at, modified=self._content.modified, **more)

    def _use(self, pieces: ChunkSize, why: str) -> None:
        if pieces.size != self._pieces.size:
            self._listener.note(f"sending in pieces of {size(pieces.size)}: {why}")
        self._pieces = pieces

    def _patch(self, file: BinaryIO) -> None:
        start = self._at = self._upload.offset
        self._upload.chunk_size = self._pieces.size
        self._tried = self._upload.position(file)
        began = self._context.clock.monotonic()
        body = Body(file, self._tried, partial(self._before_block, file), self._after_block)
        body.block_size = self._context.pace.block
        try:
            self._confirmed(self._upload.send(body))
        except OffError:  # the server keeps what it has; how much that is, it says when it goes on
            self._note_sent()
            self._in_doubt = True
            return
        except RequestFailedError as failure:
            self._broken(file, start, began, failure)
            raise
        self._pieces = self._pieces.moved()

    def _broken(
        self, file: BinaryIO, start: int, began: float, failure: RequestFailedError
    ) -> None:
        """Note what a PATCH came to; the ledger keeps the server's words, a hook's for example."""
        self._note_sent(error=str(failure))
        self._content.require_same(file, self._at)
        if self._at == start:
            return
        if self._tried > SMALLEST_PIECE:
            self._budget.excuse(self._context.clock.monotonic() - began)
        if isinstance(failure, UnknownOutcomeError):  # a gateway that gives up is a cut, too
            self._cut = BrokenPatch(start, self._tried, self._at)

    def _before_block(self, file: BinaryIO, block: memoryview) -> None:
        """Let no byte leave that no checkpoint in the ledger covers, nor faster than it may."""
        self._context.stop.check()
        if not self._content.is_covered(self._at + len(block)):
            self._content.look_at_ends(file)
            self._note_sent(**self._content.next_checkpoint(self._at))
        self._context.pace.take(len(block), self._context.stop.pause)

    def _after_block(self, count: int) -> None:
        self._at += count
        self.bytes_sent += count
        self._listener.offset(self._at)
        if self._context.clock.monotonic() - self._noted > _NOTE_SECONDS:
            self._note_sent()

    def _confirmed(self, offset: int) -> None:
        """Take the server's word, also when it goes back."""
        self._upload.offset = offset
        self._listener.offset(offset)
        if offset > self._best:
            self._best = offset
            self._budget.progressed(self._context.clock.monotonic())

    def _recover(self, failure: RequestFailedError) -> Next:
        """Prepare the next request after a failure; what was decided."""
        next_ = decide(self._step, failure, was_unaskable=self._was_unaskable)
        match next_:
            case Next.REMEMBER:
                self._is_unaskable = True
            case Next.RESTART:
                self._begin_anew(self._why_anew(failure))
            case Next.CHECK:
                self._in_doubt, self._suspicion = True, failure
            case Next.SMALLER:
                self._in_doubt = True
                return self._refused_as_too_large()
            case Next.RETRY:
                self._in_doubt = self._step is not Step.TUS_CREATE
        return next_

    def _why_anew(self, failure: RequestFailedError) -> str:
        if not self._was_unaskable:
            return str(failure)
        return f"the server refuses a second time to say how far the upload is: {failure}"

    def _refused_as_too_large(self) -> Next:
        pieces = self._pieces.too_large(self._tried)
        if pieces is None:
            return Next.GIVE_UP
        self._use(pieces, f"{size(self._tried)} at once were refused as too large")
        return Next.SMALLER

    def _waiting(self, wait: Wait, failure: RequestFailedError) -> None:
        self.retries += 1
        self._listener.waiting(wait, str(failure))
