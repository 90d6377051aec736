"""Objects of a store, read as files: by ranges, and each byte fetched once."""

import io
import os
from collections.abc import Callable, Iterable

Fetch = Callable[[int, int], memoryview]
"""The bytes of an object from an offset up to another one; raises OSError."""

_AT_ONCE = 16


class RangedFile(io.RawIOBase):
    """An object of `size` bytes as an open file; each read is a request of just these bytes."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        super().__init__()
        self._fetch = fetch
        self._size = size
        self._at = 0
        self._kept: list[tuple[int, memoryview]] = []

    def expect(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Fetch ranges (offset, length) that will be read, all at once; the last ones are kept."""
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - no file of a disk comes here

        wanted = [(at, min(at + length, self._size)) for at, length in ranges if at < self._size]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            parts = pool.map(lambda span: self._fetch(*span), wanted)
            self._kept = [(at, part) for (at, _), part in zip(wanted, parts, strict=True)]

    def readable(self) -> bool:  # noqa: D102 - as every file's
        return True

    def seekable(self) -> bool:  # noqa: D102 - as every file's
        return True

    def tell(self) -> int:  # noqa: D102 - as every file's
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go somewhere; raises ValueError when asked for holes, of which a store knows nothing."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}.get(whence)
        if start is None:
            raise ValueError("a store knows nothing of holes")
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override] # what callers have
        """Fill a buffer from the present position; the number of bytes, 0 at the end."""
        view = memoryview(buffer)
        start, end = self._at, min(self._at + len(view), self._size)
        while self._at < end:
            part = self._part(self._at, end)
            view[self._at - start : self._at - start + len(part)] = part
            self._at += len(part)
        return self._at - start

    def _part(self, start: int, end: int) -> memoryview:
        for at, kept in self._kept:
            if at <= start and end <= at + len(kept):
                return kept[start - at : end - at]
        return self._fetch(start, end)
