"""The physics of the line: its rate, shared by all connections, and its length.

A block of bytes leaves when the line is free and arrives one delay after it left. Blocks are
under way together, so a long line is no slower than a short one once it is full.
"""

import asyncio
from dataclasses import dataclass
from typing import Self

BLOCK_SECONDS = 0.005
SMALLEST_BLOCK, LARGEST_BLOCK = 1024, 256 * 1024
# Blocks are taken this long before they can leave, so that a late wake-up leaves no gap.
AHEAD = 0.05
# What may be under way on one connection of a line without a rate.
LARGEST_WINDOW = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One-way delay in seconds; bytes per second each way, or None for as fast as it goes."""

    delay: float = 0.0
    rate: float | None = None

    @classmethod
    def over(cls, *, round_trip: float, megabits: float) -> Self:
        """The line in an operator's words: seconds there and back, megabits per second."""
        return cls(delay=round_trip / 2, rate=megabits * 1_000_000 / 8)

    @property
    def block(self) -> int:
        """Bytes to take at once: a few milliseconds' worth."""
        if self.rate is None:
            return LARGEST_BLOCK
        return min(LARGEST_BLOCK, max(SMALLEST_BLOCK, int(self.rate * BLOCK_SECONDS)))

    @property
    def window(self) -> int:
        """Bytes one connection may have under way: twice what the line itself can hold."""
        if self.rate is None:
            return LARGEST_WINDOW
        return max(LARGEST_BLOCK, int(2 * self.rate * (self.delay + AHEAD)))


class Lane:
    """One direction of the line."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._free_at = 0.0

    async def turn(self) -> int:
        """Wait until the line can soon carry more; give the number of bytes to take."""
        early = self._free_at - AHEAD - asyncio.get_running_loop().time()
        await asyncio.sleep(max(0, early))
        return self.line.block

    def carry(self, size: int) -> float:
        """Put bytes on the line; give the loop's time at which they arrive."""
        now = asyncio.get_running_loop().time()
        seconds = size / self.line.rate if self.line.rate is not None else 0.0
        self._free_at = max(now, self._free_at) + seconds
        return self._free_at + self.line.delay
