"""The sending of one recording: one step after the other, after a failure on from the offset."""

from functools import partial
from typing import BinaryIO

from runner.base.errors import (
    RecordingChangedError,
    RecordingUnreadableError,
    StoppedError,
)
from runner.evercam.http.errors import RequestFailedError
from runner.evercam.http.session import Session
from runner.ledger.events import Kind
from runner.ledger.state import RecordingState
from runner.recordings.files import RecordingFile
from runner.recordings.stores import BusyStoreError
from runner.recordings.unchanged import require_unchanged
from runner.upload.recording.chunking import open_recording, unreadable
from runner.upload.recording.context import Record, Sent, UploadContext, UploadListener
from runner.upload.recording.rate_limit import OffError
from runner.upload.recording.same_file import OtherContentError
from runner.upload.recording.transfer import Transfer
from runner.upload.retry import Next, Repeater, Step, Wait, decide


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
        self._transfer = Transfer(session, recording, context, record, listener)
        self._repeater = Repeater(
            self._transfer.budget, context.clock, context.stop, context.rng, self._waiting
        )
        self._step = Step.TUS_CREATE
        self._was_unaskable = self._is_unaskable = False
        self._in_doubt = False
        self._suspicion: RequestFailedError | None = None
        self.retries = 0

    @property
    def bytes_sent(self) -> int:
        """The bytes that the network took from this run."""
        return self._transfer.bytes_sent

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
            self._transfer.content.begin(file)
            self._go_on_with(known)
            try:
                sha256 = self._send_noting_an_end(file)
            except RecordingChangedError as error:
                self._record(Kind.ABANDONED, reason=str(error))
                raise
        content = self._transfer.content
        blake3, checkpoints = content.blake3(), content.checkpoints
        told = {"bytes": self.bytes_sent, "retries": self.retries}
        unhashed = {"unhashed": True} if sha256 is None and self._context.options.sha256 else {}
        length = self._recording.length
        self._record(Kind.UPLOADED, offset=length, blake3=blake3, sha256=sha256, **told, **unhashed)
        counts = self.bytes_sent, self.retries
        return Sent(self._transfer.location, blake3, sha256, *counts, checkpoints, content.modified)

    def _require_unchanged(self) -> None:
        try:
            require_unchanged(self._recording)
        except BusyStoreError as error:
            raise unreadable(error) from error

    def _go_on_with(self, known: RecordingState | None) -> None:
        if known is not None and known.tus_url:
            self._transfer.go_on_with(known, known.tus_url)
            self._in_doubt, self._was_unaskable = True, known.unaskable

    def _send_noting_an_end(self, file: BinaryIO) -> str | None:
        """Send all; when that ends before, leave the next run what it takes to go on."""
        try:
            return self._send_whole(file)
        except (StoppedError, RequestFailedError):
            if self._transfer.at and self._transfer.known is None:
                self._transfer.note_sent()
            if self._is_unaskable:
                offset = (
                    self._transfer.known.offset if self._transfer.known else self._transfer.best
                )
                self._record(Kind.SENT, offset=offset, unaskable=True)
            raise
        except RecordingUnreadableError:
            self._record(Kind.SENT, offset=self._transfer.at or self._transfer.offset)
            raise

    def _send_whole(self, file: BinaryIO) -> str | None:
        """Send all; no checkpoint is written any more when this ends.

        The sha256, where it was taken on the way.
        """
        content = self._transfer.content
        try:
            self._send_all(file)
            content.require_same(file, self._transfer.at)
            return content.sha256()
        finally:
            content.close()

    def _send_all(self, file: BinaryIO) -> None:
        self._repeater.repeat(partial(self._advance, file), self._recover)

    def _advance(self, file: BinaryIO) -> None:
        """Take one step after the other until all is sent, or one fails."""
        while (step := self._next_step()) is not None:
            self._context.stop.check()
            self._wait_while_off()
            self._transfer.budget.begin(self._context.clock.monotonic())
            self._step = step
            try:
                self._take(step, file)
            except OtherContentError as error:
                self._begin_anew(str(error))

    def _wait_while_off(self) -> None:
        """Where the timetable says `off`, wait; that is no time without progress."""
        pause, pace = self._context.stop.pause, self._context.pace
        self._transfer.budget.excuse(pace.wait_while_off(pause, self._listener.off))

    def _begin_anew(self, reason: str) -> None:
        self._transfer.abandon(reason)
        self._suspicion, self._in_doubt, self._was_unaskable = None, False, False

    def _next_step(self) -> Step | None:
        if not self._transfer.is_begun:
            return Step.TUS_CREATE
        if self._in_doubt:
            return Step.HEAD
        return None if self._transfer.is_whole else Step.PATCH

    def _take(self, step: Step, file: BinaryIO) -> None:
        match step:
            case Step.TUS_CREATE:
                self._transfer.create()
            case Step.HEAD:
                self._ask()
                self._transfer.prove()
            case Step.PATCH:
                self._send_more(file)

    def _send_more(self, file: BinaryIO) -> None:
        try:
            self._transfer.send(file)
        except OffError:  # how much the server keeps, it says when sending goes on
            self._in_doubt = True

    def _ask(self) -> None:
        self._transfer.ask()
        if self._suspicion is not None and not self._transfer.is_whole:
            suspicion, self._suspicion = self._suspicion, None
            raise suspicion
        self._transfer.learn_from_cut()
        self._in_doubt = False

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
                return next_ if self._transfer.take_smaller() else Next.GIVE_UP
            case Next.RETRY:
                self._in_doubt = self._step is not Step.TUS_CREATE
        return next_

    def _why_anew(self, failure: RequestFailedError) -> str:
        if not self._was_unaskable:
            return str(failure)
        return f"the server refuses a second time to say how far the upload is: {failure}"

    def _waiting(self, wait: Wait, failure: RequestFailedError) -> None:
        self.retries += 1
        self._listener.waiting(wait, str(failure))
