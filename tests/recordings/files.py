"""Own the files that tests read from: ones that count, and one larger than memory."""

from __future__ import annotations

import io


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
    """A head and a tail, with any number of ones between them."""

    def __init__(self, head: bytes, middle: int, tail: bytes) -> None:
        super().__init__(b"")
        self._head, self._tail = head, tail
        self._tail_at = len(head) + middle
        self._size = self._tail_at + len(tail)
        self._position = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
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
        return head + b"\1" * max(0, end - start - len(head) - len(tail)) + tail
