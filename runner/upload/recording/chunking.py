"""How much one PATCH carries, and its body: streamed from disk in constant memory."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from runner.base.errors import (
    RecordingChangedError,
    RecordingUnreadableError,
    SitewalkError,
    reason_of,
)
from runner.evercam.http.errors import UnreachableError
from runner.recordings.blocks import BlockFile
from runner.recordings.stored import Location, open_to_send
from runner.recordings.stores import BusyStoreError, ReplacedError, StoreError

WHOLE_FILE = 2**62
"""A size that no recording exceeds: everything that is left goes in one PATCH."""

FIRST_PIECE = 64 * 1024 * 1024
"""Bytes; large enough that the pause between two pieces costs a line no more than a percent."""

SMALLEST_PIECE = 256 * 1024
"""Bytes; below nginx's 1 MB limit, the smallest in common use."""

MOST_UNDER_WAY = 64 * 1024 * 1024
"""Bytes that buffers of sockets, and a long line, stay far below; beyond it something collects."""

_FRUITLESS_CUTS = 2


@dataclass(frozen=True, slots=True)
class BrokenPatch:
    """A PATCH that broke: of `tried` bytes from `start`, the network had taken all up to `taken`.

    `start` and `taken` are offsets in the recording.
    """

    start: int
    tried: int
    taken: int

    def is_fruitless(self, offset: int) -> bool:
        """Whether the server's offset after it shows that something on the way collects bodies.

        It has none of this one, or lacks more than a line alone can lose.
        """
        return offset <= self.start or self.taken - offset >= MOST_UNDER_WAY


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """How many bytes a PATCH may have now.

    `cuts` counts the fruitless ones, one after the other: somewhere on the way a body is collected
    before the server sees it.
    """

    size: int = WHOLE_FILE
    cuts: int = 0

    def too_large(self, tried: int) -> "ChunkSize | None":
        """After a 413 to so many bytes; None when they could not be fewer."""
        smaller = _below(min(self.size, tried))
        return ChunkSize(smaller) if smaller < min(self.size, tried) else None

    def after(self, cut: BrokenPatch, offset: int) -> "ChunkSize":
        """After a cut, when the server has told its offset."""
        if not cut.is_fruitless(offset):
            return self.moved()
        if self.cuts + 1 < _FRUITLESS_CUTS:
            return replace(self, cuts=self.cuts + 1)
        return ChunkSize(_below(min(self.size, cut.tried)))

    def moved(self) -> "ChunkSize":
        """After bytes arrived as they should: the cuts before have been bad luck."""
        return replace(self, cuts=0) if self.cuts else self


def _below(size: int) -> int:
    if size > FIRST_PIECE:
        return FIRST_PIECE
    return max(SMALLEST_PIECE, size // 2)


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


class StoreUnreachableError(UnreachableError):
    """The store that a recording lies in does not answer just now: as a line that is down."""


def open_recording(location: Location) -> BinaryIO:
    """A recording, open for unbuffered reading; raises RecordingUnreadableError."""
    try:
        return open_to_send(location)
    except OSError as error:
        message = f"`{getattr(location, 'name', location)}` cannot be read: {reason_of(error)}"
        raise RecordingUnreadableError(message) from error


def last_modified(file: BinaryIO) -> int | str:
    """When an open recording was last written to, in ns, or the version that an object is of.

    Raises the errors of `unreadable`.
    """
    try:
        if isinstance(file, BlockFile):
            return file.version()
        return os.fstat(file.fileno()).st_mtime_ns
    except OSError as error:
        raise unreadable(error) from error


def read_block(file: BinaryIO, into: memoryview) -> int:
    """Fill a buffer from a file; the number of bytes read, at least one.

    Raises the errors of `unreadable`, as an OSError would look like a broken connection to the HTTP
    library around us, and RecordingChangedError when the file ends early.
    """
    try:
        count = file.readinto(into)  # type: ignore[attr-defined] # of every raw or buffered file
    except OSError as error:
        raise unreadable(error) from error
    if not count:
        raise RecordingChangedError("the recording became shorter while it was sent")
    return int(count)


def unreadable(error: OSError) -> SitewalkError:
    """What it means that an open recording cannot be read any more.

    RecordingUnreadableError, and of an object in a store RecordingChangedError where it was
    replaced, StoreUnreachableError where another attempt may succeed.
    """
    match error:
        case ReplacedError():
            return RecordingChangedError(f"{error} while it was sent")
        case BusyStoreError():
            return StoreUnreachableError(str(error), error.help)
        case StoreError():
            return RecordingUnreadableError(str(error), error.help)
        case FileNotFoundError(filename=str(where)):
            help_ = "put it there again, then run the same command again"
            return RecordingUnreadableError(f"{where} is not there any more", help_)
    return RecordingUnreadableError(f"the recording cannot be read any more: {reason_of(error)}")
