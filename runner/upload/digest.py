"""Own the sha256 of a whole recording, taken beside the sending, in a thread of its own."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from runner.errors import RecordingChangedError, RecordingUnreadableError
from runner.upload.body import open_recording, read_block

STRIDE = 1024 * 1024
"""Bytes read and hashed at a time, and how far behind the sender; each waking has its price."""


class WholeDigest:
    """Reads behind the sender, while the operating system still has in memory what was sent.

    A resumed recording's beginning, which no longer travels, is read at the same time.
    """

    def __init__(self, path: Path, length: int) -> None:
        self._path = path
        self._length = length
        self._sha256 = hashlib.sha256()
        self._news = threading.Condition()
        self._goal = 0
        self._closed = False
        self._failure: RecordingChangedError | RecordingUnreadableError | None = None
        self._thread = threading.Thread(target=self._read, name="sha256", daemon=True)

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
            self._news.notify()
        self._thread.join()

    def follow(self, offset: int) -> None:
        """Let it read up to here; going back changes nothing."""
        if offset < self._goal + STRIDE and offset < self._length:
            return
        with self._news:
            self._goal = max(offset, self._goal)
            self._news.notify()

    def finish(self, check: Callable[[], None]) -> str:
        """The digest of the whole file, waited for; raises what `check` raises meanwhile.

        Raises the errors of `read_block` when the file cannot be read to its end.
        """
        self.follow(self._length)
        while self._thread.is_alive():
            check()
            self._thread.join(0.1)
        if self._failure is not None:
            raise self._failure
        return self._sha256.hexdigest()

    def _read(self) -> None:
        try:
            with open_recording(self._path) as file:
                self._read_all(file, memoryview(bytearray(min(STRIDE, self._length))))
        except (RecordingChangedError, RecordingUnreadableError) as error:
            self._failure = error

    def _read_all(self, file: BinaryIO, buffer: memoryview) -> None:
        covered = 0
        while covered < self._length:
            goal = self._next_goal(covered)
            if goal is None:
                return
            block = buffer[: read_block(file, buffer[: min(STRIDE, goal - covered)])]
            self._sha256.update(block)
            covered += len(block)

    def _next_goal(self, covered: int) -> int | None:
        with self._news:
            self._news.wait_for(lambda: self._closed or self._goal > covered)
            return None if self._closed else self._goal


class NoDigest:
    """Stands in where no sha256 is wanted."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def follow(self, offset: int) -> None:
        """Nothing to do."""

    def finish(self, check: Callable[[], None]) -> None:
        """No digest."""
