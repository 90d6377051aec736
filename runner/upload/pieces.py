"""Own the size of the PATCHes: the whole remainder, until a proxy cannot take it."""

from dataclasses import dataclass, replace

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
