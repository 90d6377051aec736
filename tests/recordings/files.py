"""Files that tests read from: some count what is read, one is larger than memory."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.recordings.files import RecordingFile


def path_of(recording: RecordingFile) -> Path:
    """Where a recording of this machine is."""
    assert isinstance(recording.location, Path)
    return recording.location


class MeteredFile(io.BytesIO):
    """Bytes that know how many of them were read, and in how many calls."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.bytes_read = 0
        self.calls = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.bytes_read += len(data)
        self.calls += 1
        return data


class HollowFile(MeteredFile):
    """A head and a tail, with any number of ones between them, and zeros in a hole among those."""

    def __init__(self, head: bytes, middle: int, tail: bytes, hole: range = range(0)) -> None:
        super().__init__(b"")
        self._hole = hole
        self._head, self._tail = head, tail
        self._tail_at = len(head) + middle
        self._size = self._tail_at + len(tail)
        self._position = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence not in (io.SEEK_SET, io.SEEK_END):
            raise ValueError(whence)
        self._position = offset + (self._size if whence == io.SEEK_END else 0)
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self._size if size is None or size < 0 else size
        start, end = self._position, min(self._position + wanted, self._size)
        data = self._between(start, end)
        self._position = end
        self.bytes_read += len(data)
        self.calls += 1
        return data

    def _between(self, start: int, end: int) -> bytes:
        head = self._head[start:end]
        tail = self._tail[max(0, start - self._tail_at) : max(0, end - self._tail_at)]
        return head + self._ones(start + len(head), end - len(tail)) + tail

    def _ones(self, start: int, end: int) -> bytes:
        empty = range(max(start, self._hole.start), min(end, self._hole.stop))
        before = (empty.start if empty else end) - start
        after = end - empty.stop if empty else 0
        return b"\1" * before + bytes(len(empty)) + b"\1" * after
