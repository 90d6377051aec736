"""Checkpoints of what is about to be sent, taken and kept by a thread that reads ahead of it."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

from blake3 import blake3

from runner.ledger.state import Checkpoint
from runner.recordings.stored import AHEAD, Location
from runner.upload.recording.digest import STRIDE, Check, Reader, Span

MOST_AHEAD = 64 * 1024 * 1024
"""Bytes between two checkpoints, and read beyond the next one: any system's memory holds them, so
that the sender does not read them from the card a second time. Of an object it is AHEAD."""


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
        self._go_on(offset)
        self._wait_until(lambda: self._kept >= offset, check)
        kept = self._kept
        self._go_on(kept + 1)  # a byte more begins the next one
        return kept

    def _go_on(self, offset: int) -> None:
        """Let it take and keep a checkpoint that reaches an offset, unless it did or will."""
        with self._news:
            if max(self._kept, self._due) < min(offset, self._length):
                self._window = min(self._most, 2 * self._window)
                self._due = min(self._length, max(offset, self._kept + self._window))
                self._goal = max(self._goal, self._due)
                self._news.notify_all()

    def note(self) -> None:
        """Keep the checkpoint that is due; nothing once this was closed."""
        with self._keeping:
            if self._closed or not self._kept < self._due <= self.reached:
                return
            self._keep(self._checkpoint())
        with self._news:
            self._kept = self.reached
            self._news.notify_all()

    def close(self) -> None:
        """Let it end, and see that no checkpoint is kept any more."""
        with self._keeping:  # one that is being kept is waited for
            self._closed = True
        super().close()

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(self.reached, self._blake3.copy().hexdigest(), self._from)

    @property
    def sha256(self) -> str | None:
        """The sha256 of the whole file; None unless it was asked for and all was read here."""
        is_whole = self._sha256 is not None and self.reached == self._length
        return self._sha256.hexdigest() if self._sha256 is not None and is_whole else None
