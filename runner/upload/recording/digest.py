"""Digests of a recording, taken by a thread that reads ahead of the sender."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from blake3 import blake3

from runner.ledger.state import Checkpoint
from runner.recordings.stored import AHEAD, Location
from runner.upload.recording.chunking import StoreUnreachableError, open_recording, read_block

STRIDE = 1024 * 1024
"""Bytes read and hashed at a time; each waking of a thread has its price."""

MOST_AHEAD = 64 * 1024 * 1024
"""Bytes between two checkpoints, and read beyond the next one: any system's memory holds them, so
that the sender does not read them from the card a second time. Of an object it is AHEAD."""

_PART = 0.1
"""Seconds of a wait after which a wish to stop is looked for."""

_FAREWELL = 1.0
"""Seconds that a thread may take to end; a thread that a dead share holds is left behind."""

Check = Callable[[], None]
"""Raises when what is being waited for is not wanted any more."""


class Hasher(Protocol):
    """What the digests have in common."""

    def update(self, data: memoryview, /) -> object:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """The digest of the bytes so far."""


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes of a file from `start` up to `end`, and the hasher that takes them."""

    start: int
    end: int
    hasher: Hasher

    def take(self, at: int, block: memoryview) -> None:
        """Take what of a block at some offset lies inside."""
        own = block[max(0, self.start - at) : max(0, self.end - at)]
        if own:
            self.hasher.update(own)


class Reader(threading.Thread):
    """Reads a file's bytes on its own, so that whoever waits for them can stop waiting.

    A daemon: a share that is gone may hold a read for ever, and the process ends all the same.
    """

    def __init__(self, location: Location, spans: Sequence[Span], goal: int) -> None:
        super().__init__(name="digest", daemon=True)
        self._location = location
        self._spans = spans
        self._end = max(span.end for span in spans)
        self._goal = goal
        self._closed = False
        self._failure: BaseException | None = None
        self._news = threading.Condition()
        self.reached = min(span.start for span in spans)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let it end; one that is held by a read is not waited for."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        if self.is_alive():
            self.join(_FAREWELL)

    def aim(self, goal: int) -> None:
        """Let it read up to here; going back changes nothing."""
        with self._news:
            self._goal = max(goal, self._goal)
            self._news.notify_all()

    def wait_for(self, offset: int, check: Check) -> None:
        """Wait until so much is read; raises what `check` raises, or what the reading met.

        After a store did not answer each call is one more attempt.
        """
        self.aim(offset)
        self._wait_until(lambda: self.reached >= offset, check)

    def _wait_until(self, is_there: Callable[[], bool], check: Check) -> None:
        with self._news:
            if not is_there() and isinstance(self._failure, StoreUnreachableError):
                self._failure = None
                self._news.notify_all()
            while not is_there() and self._failure is None:
                check()
                self._news.wait(_PART)
            if self._failure is not None and not is_there():
                raise self._failure

    def run(self) -> None:
        """Read what is wanted, as it becomes wanted.

        After a store did not answer, once somebody waits for it again; other failures end it.
        """
        while self.reached < self._end and self._is_to_go_on():
            try:
                with open_recording(self._location) as file:
                    if self.reached:
                        file.seek(self.reached)
                    self._read(file, memoryview(bytearray(min(STRIDE, self._end))))
            except StoreUnreachableError as error:
                self._fail(error)
            except BaseException as error:  # noqa: BLE001 - handed on to whoever waits for the bytes
                self._fail(error)
                return

    def _fail(self, error: BaseException) -> None:
        with self._news:
            self._failure = error
            self._news.notify_all()

    def _is_to_go_on(self) -> bool:
        with self._news:
            self._news.wait_for(lambda: self._closed or self._failure is None)
            return not self._closed

    def _read(self, file: BinaryIO, buffer: memoryview) -> None:
        while self.reached < self._end and self._is_wanted():
            block = buffer[: min(STRIDE, self._end - self.reached)]
            self._hash(block[: read_block(file, block)])

    def _is_wanted(self) -> bool:
        with self._news:
            self._news.wait_for(lambda: self._closed or self._goal > self.reached)
            return not self._closed

    def _hash(self, block: memoryview) -> None:
        for span in self._spans:
            span.take(self.reached, block)
        with self._news:
            self.reached += len(block)
            self._news.notify_all()
        self.note()

    def note(self) -> None:
        """Take note of how far it is, in the thread that reads."""


class ReadAhead(Reader):
    """Reads ahead of the sender, takes the digests of what is about to be sent, and keeps them.

    So a checkpoint in the ledger covers every byte before it leaves, whatever ends the run and
    wherever inside a block. The first one is for whoever asks; `keep` makes the later ones durable,
    in this thread, so that the sender seldom waits for the ledger. The sender finds in memory what
    was read here.
    """

    def __init__(
        self,
        location: Location,
        start: int,
        length: int,
        keep: Callable[[Checkpoint], None],
        *,
        sha256: bool = False,
    ) -> None:
        self._most = MOST_AHEAD if isinstance(location, Path) else AHEAD
        self._from = start
        self._length = length
        self._keep = keep
        self._keeping = threading.Lock()
        self._due = 0
        self._blake3 = blake3()
        self._sha256 = hashlib.sha256() if sha256 and start == 0 else None
        self._window = STRIDE
        self._kept = start
        spans = [Span(start, length, self._blake3)]
        if self._sha256 is not None:
            spans.append(Span(start, length, self._sha256))
        super().__init__(location, spans, start + STRIDE)

    def start(self) -> None:
        """Begin; a file of a stride is read at once, as the sender waits for it all the same."""
        is_small = self._goal >= self._end and isinstance(self._location, Path)
        return self.run() if is_small else super().start()

    def first(self, check: Check) -> Checkpoint:
        """The first checkpoint, soon there, so that sending begins at once; waits as `wait_for`."""
        self.wait_for(min(self._length, self._from + STRIDE), check)
        self._kept = self.reached
        return self._checkpoint()

    def cover(self, offset: int, check: Check) -> int:
        """Wait, as `wait_for` does, until what was kept reaches an offset; how far that is.

        The one after it is begun. Those to come are far apart.
        """
        self.go_on(offset)
        self._wait_until(lambda: self._kept >= offset, check)
        kept = self._kept
        self.go_on(kept + 1)
        return kept

    def go_on(self, offset: int) -> None:
        """Let it take and keep a checkpoint that reaches an offset, unless it did or will."""
        with self._news:
            if self._kept < min(offset, self._length) and not self._due:
                self._window = min(self._most, 2 * self._window)
                self._due = min(self._length, max(offset, self._kept + self._window))
                self._goal = max(self._goal, self._due)
                self._news.notify_all()

    def note(self) -> None:
        """Keep the checkpoint that is due; nothing once this was closed."""
        with self._keeping:
            if self._closed or not self._due or self.reached < self._due:
                return
            self._keep(self._checkpoint())
        with self._news:
            self._kept, self._due = self.reached, 0
            self._news.notify_all()

    def close(self) -> None:
        """Let it end, and see that no checkpoint is kept any more."""
        with self._keeping:
            self._closed = True
        super().close()

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(self.reached, self._blake3.copy().hexdigest(), self._from)

    @property
    def sha256(self) -> str | None:
        """The sha256 of the whole file; None unless it was asked for and all was read here."""
        is_whole = self._sha256 is not None and self.reached == self._length
        return self._sha256.hexdigest() if self._sha256 is not None and is_whole else None
