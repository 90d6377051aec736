"""The blocks of an object that is read from one end to the other, by several at once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from runner.recordings.ranged import Fetch, RangedFile

BLOCK = 4 * 1024 * 1024
"""Bytes of one request while an object is sent: few requests, and none that takes minutes."""

_KEPT = 11
"""Blocks kept: those between the sender and what is read ahead of it; see `StoredObject.ahead`."""

_Block = tuple[int, "Future[memoryview]"]
"""Where it ends, and its bytes."""


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
        return block[1].result()[offset - start :]

    def _block(self, offset: int) -> tuple[int, _Block, bool]:
        """The block that holds an offset, and whether it is still to be fetched."""
        for start, block in self._blocks.items():
            if start <= offset < block[0]:
                return start, block, False
        later = (start for start in self._blocks if start > offset)
        block = min(offset + BLOCK, self._size, *later), Future[memoryview]()
        self._blocks[offset] = block
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)
        return offset, block, True

    def _fill(self, start: int, block: _Block) -> None:
        end, content = block
        try:
            content.set_result(self._fetch(start, end))
        except BaseException as error:
            with self._lock:
                if self._blocks.get(start) is block:
                    del self._blocks[start]
            content.set_exception(error)
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
