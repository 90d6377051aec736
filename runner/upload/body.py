"""Own the body of a PATCH: a stretch of a recording, streamed from disk in constant memory."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from runner.errors import RecordingChangedError, RecordingUnreadableError, reason_of

BLOCK = 256 * 1024
"""Bytes read and sent at a time; larger blocks gain nothing on loopback or a 60 ms line."""


class Body:
    """`length` bytes of an open file from its present position, as requests streams it.

    It has no `read`: requests then sends each block as it comes, with the Content-Length of
    `__len__`. `before_block` sees each block before it is sent and may raise to end the request;
    `after_block` is told its size once the network has taken it. `block_size` says how many bytes
    to read next, at most BLOCK.
    """

    def __init__(
        self,
        file: BinaryIO,
        length: int,
        before_block: Callable[[memoryview], None],
        after_block: Callable[[int], None],
    ) -> None:
        self._file = file
        self._length = length
        self._before_block = before_block
        self._after_block = after_block
        self.block_size: Callable[[], int] = lambda: BLOCK

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[memoryview]:
        """Yield views of one buffer; raises the errors of `read_block`."""
        buffer = memoryview(bytearray(min(BLOCK, self._length)))
        left = self._length
        while left:
            count = read_block(self._file, buffer[: min(self.block_size(), left)])
            block = buffer[:count]
            self._before_block(block)
            yield block
            self._after_block(count)
            left -= count


def open_recording(path: Path) -> BinaryIO:
    """A recording, open for unbuffered reading; raises RecordingUnreadableError."""
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        message = f"`{path.name}` cannot be read: {reason_of(error)}"
        raise RecordingUnreadableError(message) from error


def last_modified(file: BinaryIO) -> int:
    """When an open recording was last written to, in ns; raises RecordingUnreadableError."""
    try:
        return os.fstat(file.fileno()).st_mtime_ns
    except OSError as error:
        message = f"the recording cannot be read any more: {reason_of(error)}"
        raise RecordingUnreadableError(message) from error


def read_block(file: BinaryIO, into: memoryview) -> int:
    """Fill a buffer from a file; the number of bytes read, at least one.

    Raises RecordingUnreadableError, as an OSError would look like a broken connection to the HTTP
    library around us, and RecordingChangedError when the file ends early.
    """
    try:
        count = file.readinto(into)  # type: ignore[attr-defined] # of every raw or buffered file
    except OSError as error:
        message = f"the recording cannot be read any more: {reason_of(error)}"
        raise RecordingUnreadableError(message) from error
    if not count:
        raise RecordingChangedError("the recording became shorter while it was sent")
    return int(count)
