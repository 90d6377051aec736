"""The sha256 of a recording beside the sending, and the proof that a file is the same."""

import hashlib
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from runner.base.errors import SitewalkError
from runner.ledger.state import Checkpoint, RecordingState
from runner.upload.recording.chunking import open_recording, read_block

STRIDE = 1024 * 1024
"""Bytes read and hashed at a time, and how far behind the sender; each waking has its price."""


class WholeDigest:
    """Reads behind the sender, while the operating system still has in memory what was sent.

    A resumed recording's beginning, which no longer travels, is read at the same time, and compared
    with what an earlier run `expected` there.
    """

    def __init__(self, path: Path, length: int, expected: Checkpoint | None = None) -> None:
        self._path = path
        self._length = length
        self._expected = expected
        self._sha256 = hashlib.sha256()
        self._reached = (0, self._sha256.copy())
        self._news = threading.Condition()
        self._goal = 0
        self._closed = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._read, name="sha256", daemon=True)
        self.contradicted = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._news:
            self._closed = True
            self._news.notify_all()
        self._thread.join()

    @property
    def checkpoint(self) -> Checkpoint | None:
        """How far it has read; None until what was expected is found there."""
        covered, digest = self._reached
        expected = self._expected
        if self.contradicted or (expected is not None and covered < expected.offset):
            return None
        return Checkpoint(covered, digest.hexdigest())

    def expect_nothing(self) -> None:
        """Compare no more: the server gets all of it, of the file as it is."""
        with self._news:  # or a comparison under way could speak after this
            self._expected, self.contradicted = None, False

    def follow(self, offset: int) -> None:
        """Let it read up to here; going back changes nothing."""
        if offset < self._goal + STRIDE and offset < self._length:
            return
        self._aim(offset)

    def catch_up(self, offset: int, seconds: float) -> None:
        """Let it read up to here, and give it some time for that."""
        self._aim(offset)
        with self._news:
            self._news.wait_for(lambda: self._failure or self._reached[0] >= offset, seconds)

    def wait_for(self, offset: int, check: Callable[[], None]) -> None:
        """Let it read up to here and wait; raises what `check` raises, and as `finish` does.

        A digest of less than was waited for is none: whatever ended the thread is raised.
        """
        self._aim(offset)
        while self._thread.is_alive() and self._reached[0] < offset:
            check()
            self._thread.join(0.1)
        if self._failure is not None:
            raise self._failure
        if self._reached[0] < offset:
            raise SitewalkError(f"the sha256 of `{self._path.name}` was not taken to its end")

    def finish(self, check: Callable[[], None]) -> str:
        """The digest of the whole file, waited for; raises what `check` raises meanwhile.

        Raises the errors of `read_block` when the file cannot be read to its end.
        """
        self.wait_for(self._length, check)
        return self._sha256.hexdigest()

    def _aim(self, offset: int) -> None:
        with self._news:
            self._goal = max(offset, self._goal)
            self._news.notify_all()

    def _read(self) -> None:
        try:
            with open_recording(self._path) as file:
                self._read_all(file, memoryview(bytearray(min(STRIDE, self._length))))
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits for the digest
            with self._news:
                self._failure = error
                self._news.notify_all()

    def _read_all(self, file: BinaryIO, buffer: memoryview) -> None:
        covered = 0
        while covered < self._length:
            goal = self._next_goal(covered)
            if goal is None:
                return
            block = buffer[: read_block(file, buffer[: min(STRIDE, goal - covered)])]
            self._sha256.update(block)
            covered += len(block)
            self._reach(covered)

    def _next_goal(self, covered: int) -> int | None:
        """Where to read to, with a halt where something is expected."""
        with self._news:
            self._news.wait_for(lambda: self._closed or self._goal > covered)
            expected = self._expected
            if self._closed:
                return None
            halt = expected is not None and covered < expected.offset < self._goal
            return expected.offset if expected is not None and halt else self._goal

    def _reach(self, covered: int) -> None:
        with self._news:
            expected = self._expected
            if expected is not None and covered == expected.offset:
                self.contradicted = self._sha256.hexdigest() != expected.sha256
            self._reached = (covered, self._sha256.copy())
            self._news.notify_all()


class NoDigest:
    """Stands in where no sha256 is wanted."""

    checkpoint: Checkpoint | None = None
    contradicted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def expect_nothing(self) -> None:
        """Nothing was."""

    def follow(self, offset: int) -> None:
        """Nothing to do."""

    def catch_up(self, offset: int, seconds: float) -> None:
        """Nothing to do."""

    def wait_for(self, offset: int, check: Callable[[], None]) -> None:
        """Nothing to do."""

    def finish(self, check: Callable[[], None]) -> None:
        """No digest."""


class SameFile(StrEnum):
    """What shows that the bytes on the server are the file's own."""

    NEEDLESS = "the server has none yet"
    TIME = "nobody wrote to the file since"
    DIGEST = "their sha256, which is to be compared before anything else is sent"
    MISSING = "nothing does"


def find_proof(known: RecordingState, modified: int, offset: int) -> SameFile:
    """What shows that `offset` bytes are those of a file last changed at `modified` (ns).

    A copied file has another time; then the whole of what was sent must lie before a checkpoint.
    """
    if offset == 0:
        return SameFile.NEEDLESS
    if known.modified == modified:
        return SameFile.TIME
    if known.checkpoint is not None and known.checkpoint.offset >= offset:
        return SameFile.DIGEST
    return SameFile.MISSING
