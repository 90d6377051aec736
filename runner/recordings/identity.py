"""The identity of a recording, and bounded reading of files that may be anything."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from runner.recordings.stored import StoredObject

# Small reads are answered from a window, so that walking headers costs few calls on a NAS.
WINDOW = 8 * 1024
# The largest honest need: ~10 windows for headers, 64 KiB of info, 2 x 53 KiB of GPS.
BUDGET = 384 * 1024


class BoundedFile:
    """A seekable binary file that is read at absolute offsets, within a budget of bytes.

    Once the budget is spent, `spent` is set and every read is empty, as it is behind the end of
    the file: parsers need to know only one way for bytes to be missing.
    """

    def __init__(self, file: BinaryIO, size: int | None = None, *, budget: int = BUDGET) -> None:
        self._file = file
        self._left = budget
        self._window = b""
        self._window_at = 0
        self.size = file.seek(0, io.SEEK_END) if size is None else size
        self.spent = False

    def read(self, offset: int, length: int) -> bytes:
        """Read up to `length` bytes from `offset`; fewer at the end of the file or the budget."""
        start = offset - self._window_at
        if 0 <= start <= start + length <= len(self._window):  # nine of ten reads end here
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
        """Place the window where reading goes on: boxes are read forwards, records backwards."""
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


# By default Python reads a whole block of the file system each time: a MiB on many shares, and
# 128 KiB everywhere from Python 3.14 on, although a look for a hole needs only 512 bytes.
BUFFER = 512


def open_to_examine(location: str | Path | StoredObject) -> BinaryIO:
    """Open a recording for small reads at many offsets; raises OSError."""
    if not isinstance(location, (str, os.PathLike)):
        return location.open_to_examine()
    return open(location, "rb", buffering=BUFFER)  # noqa: PTH123 - a Path takes longer; the caller closes it


def expect(file: BinaryIO, ranges: Iterable[tuple[int, int]]) -> None:
    """Say which ranges (offset, length) will be read next: what lies in a store is fetched at once.

    Raises OSError.
    """
    of_store = getattr(file, "expect", None)  # only a `RangedFile` has it
    if of_store is not None:
        of_store(ranges)


EDGE = 64 * 1024
"""Bytes read at each end of a recording, which hold its camera, clock and index."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two files the same recording for planning, whatever their names.

    `length` is in bytes; `edges_sha256` is the digest of the first and the last EDGE bytes.
    """

    length: int
    edges_sha256: str

    def __str__(self) -> str:
        return f"{self.length}-{self.edges_sha256}"

    @classmethod
    def parse(cls, text: str) -> Identity:
        """Parse an identity from its text."""
        length, _, digest = text.partition("-")
        return cls(int(length), digest)


def identify(file: BinaryIO, length: int) -> Identity:
    """Identify an open file of `length` bytes; moves its position."""
    digest = hashlib.sha256()
    expect(file, [(0, EDGE), (max(EDGE, length - EDGE), EDGE)])
    file.seek(0)
    digest.update(file.read(EDGE))
    if length > EDGE:
        file.seek(max(EDGE, length - EDGE))
        digest.update(file.read(EDGE))
    return Identity(length, digest.hexdigest())
