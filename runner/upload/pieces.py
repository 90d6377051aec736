"""Own the size of the PATCHes: the whole remainder, until a proxy cannot take it."""

from dataclasses import dataclass, replace

WHOLE_FILE = 2**62
"""A size that no recording exceeds: everything that is left goes in one PATCH."""

FIRST_PIECE = 64 * 1024 * 1024
"""Bytes; large enough that the pause between two pieces costs a line no more than a percent."""

SMALLEST_PIECE = 256 * 1024
"""Bytes; below nginx's 1 MB limit, the smallest in common use."""

_FRUITLESS_CUTS = 2


@dataclass(frozen=True, slots=True)
class Pieces:
    """How many bytes a PATCH may have now.

    `cuts` counts the connections that broke one after the other and left the offset unmoved:
    somewhere on the way a body is collected whole before the server sees any of it.
    """

    size: int = WHOLE_FILE
    cuts: int = 0

    def too_large(self, tried: int) -> "Pieces | None":
        """After a 413 to so many bytes; None when they could not be fewer."""
        smaller = _below(min(self.size, tried))
        return Pieces(smaller) if smaller < min(self.size, tried) else None

    def cut(self, tried: int) -> "Pieces":
        """After a cut of a PATCH of so many bytes that left the offset unmoved."""
        if self.cuts + 1 < _FRUITLESS_CUTS:
            return replace(self, cuts=self.cuts + 1)
        return Pieces(_below(min(self.size, tried)))

    def moved(self) -> "Pieces":
        """After the offset moved: the cuts before it have been bad luck."""
        return replace(self, cuts=0) if self.cuts else self


def _below(size: int) -> int:
    if size > FIRST_PIECE:
        return FIRST_PIECE
    return max(SMALLEST_PIECE, size // 2)
