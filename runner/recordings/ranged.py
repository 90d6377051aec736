"""Objects of a store, read as files: by ranges, and each byte fetched once."""

import io
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

Fetch = Callable[[int, int], memoryview]
"""The bytes of an object from an offset up to another one; raises OSError."""

BLOCK = 4 * 1024 * 1024
"""Bytes of one request while an object is sent: few requests, and none that takes minutes."""

_KEPT = 11
"""Blocks kept: those between the sender and what is read ahead of it; see `StoredObject.ahead`."""

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


@dataclass(slots=True)
class _Block:
    end: int
    content: "Future[memoryview]" = field(default_factory=Future)


class Blocks:
    """The blocks of an object fetched lately, for all who read it side by side.

    What one of them fetched, the others find here, as they find a file's bytes in the system's
    memory. It is empty while nobody has the object open. From any thread.
    """

    def __init__(self, fetch: Fetch, size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._blocks: OrderedDict[int, _Block] = OrderedDict()
        self._lock = threading.Lock()
        self._readers = 0

    def enter(self) -> None:
        """Note one more reader."""
        with self._lock:
            self._readers += 1

    def leave(self) -> None:
        """Note one reader less; after the last one nothing is kept."""
        with self._lock:
            self._readers -= 1
            if not self._readers:
                self._blocks.clear()

    def content(self, offset: int) -> memoryview:
        """The bytes from an offset to the end of its block, at least one; raises OSError."""
        with self._lock:
            start, block, is_new = self._block(offset)
        if is_new:
            self._fill(start, block)
        return block.content.result()[offset - start :]

    def _block(self, offset: int) -> tuple[int, _Block, bool]:
        """The block that holds an offset, and whether it is still to be fetched."""
        for start, block in self._blocks.items():
            if start <= offset < block.end:
                return start, block, False
        later = (start for start in self._blocks if start > offset)
        block = _Block(min(offset + BLOCK, self._size, *later))
        self._blocks[offset] = block
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)
        return offset, block, True

    def _fill(self, start: int, block: _Block) -> None:
        try:
            block.content.set_result(self._fetch(start, block.end))
        except BaseException as error:
            with self._lock:
                if self._blocks.get(start) is block:
                    del self._blocks[start]
            block.content.set_exception(error)
            raise


class BlockFile(RangedFile):
    """An object open to be read from one end to the other, through blocks shared with others.

    `version` says of what version it is, and raises OSError when the store has another one.
    """

    def __init__(self, blocks: Blocks, size: int, version: Callable[[], str]) -> None:
        super().__init__(self._from_blocks, size)
        self._blocks = blocks
        self.version = version
        blocks.enter()

    def _from_blocks(self, start: int, end: int) -> memoryview:
        return self._blocks.content(start)[: end - start]

    def close(self) -> None:
        """Close it; what nobody else reads is forgotten."""
        if not self.closed:
            self._blocks.leave()
        super().close()
