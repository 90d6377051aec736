"""Own the bound on reading: no file, however it lies, makes the reader take more than a budget."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

# Small reads are answered from a window, so that walking headers costs few calls on a NAS.
WINDOW = 8 * 1024
# The largest honest need: ~10 windows for headers, 64 KiB of info, 2 x 53 KiB of GPS.
BUDGET = 384 * 1024


class BoundedFile:
    """A seekable binary file that is read at absolute offsets, within a budget.

    Once the budget is spent every further read is empty, as it is after the end of the file, and
    `spent` is set: parsers need to know only one way for bytes to be missing.
    """

    def __init__(self, file: BinaryIO, size: int | None = None, *, budget: int = BUDGET) -> None:
        self._file = file
        self._left = budget
        self._window = b""
        self._window_at = 0
        self.size = file.seek(0, io.SEEK_END) if size is None else size
        self.spent = False

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer at the end of the file or of the budget."""
        start = offset - self._window_at
        if 0 <= start <= start + length <= len(self._window):  # of ten reads, nine end here
            return self._window[start : start + length]
        length = min(length, self.size - offset)
        if offset < 0 or length <= 0:
            return b""
        if length > WINDOW:
            return self._fetch(offset, length)
        self._window_at = self._window_start(offset, length)
        self._window = self._fetch(self._window_at, min(WINDOW, self.size - self._window_at))
        start = offset - self._window_at
        return self._window[start : start + length]

    def _window_start(self, offset: int, length: int) -> int:
        """Boxes are read forwards, records backwards: reach out on the side that comes next."""
        is_backwards = offset < self._window_at
        return max(0, offset + length - WINDOW) if is_backwards else offset

    def _fetch(self, offset: int, length: int) -> bytes:
        if length > self._left:
            self.spent = True
            self._left = 0
            return b""
        self._left -= length
        self._file.seek(offset)
        return self._file.read(length)
