"""One tus upload of a recording: begun, asked after, proven, sent; what of it is written down."""

from functools import partial
from typing import Any, BinaryIO

from runner.base.wording import size
from runner.evercam.http.errors import RequestFailedError, UnknownOutcomeError
from runner.evercam.http.session import Session
from runner.ledger.events import Kind
from runner.ledger.state import RecordingState
from runner.recordings.files import RecordingFile
from runner.upload.recording.chunking import SMALLEST_PIECE, Body, BrokenPatch, ChunkSize
from runner.upload.recording.content import SentContent
from runner.upload.recording.context import Record, UploadContext, UploadListener
from runner.upload.recording.rate_limit import OffError
from runner.upload.recording.same_file import SameFile
from runner.upload.recording.tus import TusUpload
from runner.upload.retry import RetryBudget

_NOTE_SECONDS = 60.0
"""Time after which the ledger gets the offset, where no checkpoint was due meanwhile."""


class Transfer:
    """The bytes of one recording on their way. Each method asks once, and raises what that met.

    `known` is what earlier runs have sent, until that is proven to be this file's. `at` is how far
    the network took it, `best` the most that the server has confirmed. `bytes_sent` counts this
    run's.
    """

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
        options = context.options
        self._upload = TusUpload(
            session, context.tus_url, recording.title, recording.length, options.chunk_size
        )
        self.content = SentContent(
            recording, context.stop.check, listener.note, self.note_sent, sha256=options.sha256
        )
        self.budget = RetryBudget(options.retry_for, context.clock.monotonic())
        self._pieces = ChunkSize(options.chunk_size)
        self._cut: BrokenPatch | None = None
        self._tried = 0
        self._noted = context.clock.monotonic()
        self.known: RecordingState | None = None
        self.at = self.best = 0
        self.bytes_sent = 0

    @property
    def location(self) -> str:
        """The upload's address as the server gave it."""
        return self._upload.location

    @property
    def is_begun(self) -> bool:
        """Whether there is an upload to go on with."""
        return self._upload.url is not None

    @property
    def offset(self) -> int:
        """The bytes the server has, as it last said."""
        return int(self._upload.offset)

    @property
    def is_whole(self) -> bool:
        """Whether the server has all bytes."""
        return self.offset >= self._recording.length

    def go_on_with(self, known: RecordingState, location: str) -> None:
        """Take up the upload of an earlier run."""
        self._upload.open_at(location)
        self.known = known

    def abandon(self, reason: str) -> None:
        """Leave this tus upload; the next one is of the file as it is now."""
        self.content.forget()  # or a checkpoint of it might come after its end
        self._record(Kind.ABANDONED, reason=reason)
        self._listener.note(f"sent from its start: {reason}")
        self._upload.url, self._upload.offset = None, 0
        self.known, self._cut = None, None
        self.at = self.best = 0

    def create(self) -> None:
        """Make the upload; its events stand around the request."""
        self._record(
            Kind.TUS_CREATING,
            name=self._recording.name,
            length=self._recording.length,
            modified=self.content.modified,
            **self.content.first_checkpoint(0),
        )
        location = self._upload.create_url()
        self._record(Kind.TUS_CREATED, url=location)
        self._confirmed(0)

    def ask(self) -> None:
        """Hear how far the server is."""
        self._confirmed(self._upload.get_offset())

    def learn_from_cut(self) -> None:
        """After a PATCH broke, and the server told its offset: does it take smaller pieces?"""
        if self._cut is not None:
            pieces = self._pieces.after(self._cut, self.offset)
            self._use(pieces, "two attempts in a row failed")
        self._cut = None

    def prove(self) -> None:
        """Before an earlier run's bytes are gone on with, make sure that they are this file's."""
        known = self.known
        if known is None:
            return
        proof = self.content.prove(known, self.offset)
        self.known = None  # not before: a store may have failed, and another attempt follows
        if proof is SameFile.DIGEST:
            self.at = self.offset
            self.note_sent()

    def note_sent(self, **more: Any) -> None:
        """Write down how far it is, and of what file."""
        self._noted = self._context.clock.monotonic()
        self._record(Kind.SENT, offset=self.at, modified=self.content.modified, **more)

    def send(self, file: BinaryIO) -> None:
        """Send what the server does not have, in one PATCH or the next piece."""
        start = self.at = self.offset
        self._upload.chunk_size = self._pieces.size
        self._tried = self._upload.position(file)
        began = self._context.clock.monotonic()
        body = Body(file, self._tried, partial(self._before_block, file), self._after_block)
        body.block_size = self._context.pace.block
        try:
            self._confirmed(self._upload.send(body))
        except OffError:
            self.note_sent()
            raise
        except RequestFailedError as failure:
            self._broken(file, start, began, failure)
            raise
        self._pieces = self._pieces.moved()

    def _broken(
        self, file: BinaryIO, start: int, began: float, failure: RequestFailedError
    ) -> None:
        """Note a PATCH's outcome; the ledger keeps the server's words, a hook's for example."""
        self.note_sent(error=str(failure))
        self.content.require_same(file, self.at)
        if self.at == start:
            return
        if self._tried > SMALLEST_PIECE:
            self.budget.excuse(self._context.clock.monotonic() - began)
        if isinstance(failure, UnknownOutcomeError):  # a gateway that gives up is a cut, too
            self._cut = BrokenPatch(start, self._tried, self.at)

    def _before_block(self, file: BinaryIO, block: memoryview) -> None:
        """Let no byte leave that no checkpoint in the ledger covers, nor faster than it may."""
        self._context.stop.check()
        if not self.content.is_covered(self.at + len(block)):
            self.content.look_at_ends(file)
            self.content.cover(self.at, self.at + len(block))
        self._context.pace.take(len(block), self._context.stop.pause)

    def _after_block(self, count: int) -> None:
        self.at += count
        self.bytes_sent += count
        self._listener.offset(self.at)
        if self._context.clock.monotonic() - self._noted > _NOTE_SECONDS:
            self.note_sent()

    def _confirmed(self, offset: int) -> None:
        """Take the server's word, also when it goes back."""
        self._upload.offset = offset
        self._listener.offset(offset)
        if offset > self.best:
            self.best = offset
            self.budget.progressed(self._context.clock.monotonic())

    def take_smaller(self) -> bool:
        """After a refusal as too large; whether there is a smaller piece to try."""
        pieces = self._pieces.too_large(self._tried)
        if pieces is None:
            return False
        self._use(pieces, f"{size(self._tried)} at once were refused as too large")
        return True

    def _use(self, pieces: ChunkSize, why: str) -> None:
        if pieces.size != self._pieces.size:
            self._listener.note(f"sending in pieces of {size(pieces.size)}: {why}")
        self._pieces = pieces
