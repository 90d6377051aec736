"""sitewalk with its recordings on a card of so many MB/s: `python slow_card.py RATE STOP WORD…`.

What one reader has read comes from memory for the next, as with a real card; what a run before this
one has read does not, as with a card that was out meanwhile. Where STOP is not 0, the run gets a
Ctrl-C once that many bytes are read to be sent.
"""

import io
import os
import signal
import sys
import threading
import time
from typing import Any

from runner.__main__ import main as sitewalk
from runner.upload.recording import chunking

PAGE = 64 * 1024


class Card:
    """One reader at a time, each byte once."""

    def __init__(self, rate: float, stop: int) -> None:
        self._rate = rate
        self._stop = stop
        self._read: set[int] = set()
        self._one_at_a_time = threading.Lock()

    def read(self, at: int, count: int) -> None:
        """Take the time it takes."""
        with self._one_at_a_time:
            pages = set(range(at // PAGE, (at + count + PAGE - 1) // PAGE)) - self._read
            self._read |= pages
            time.sleep(len(pages) * PAGE / self._rate)
        is_sender = threading.current_thread().name != "digest"
        if self._stop and at >= self._stop and is_sender:
            self._stop = 0
            os.kill(os.getpid(), signal.SIGINT)


class SlowFile(io.FileIO):
    """A file of that card."""

    card: Card

    def readinto(self, buffer: Any) -> int | None:
        """Read as from any file, as fast as the card gives it."""
        at, count = self.tell(), super().readinto(buffer)
        self.card.read(at, count or 0)
        return count


def main() -> None:
    rate, stop, *words = sys.argv[1:]
    SlowFile.card = Card(float(rate) * 1_000_000, int(stop))
    chunking.open_to_send = SlowFile
    sys.argv = ["sitewalk", *words]
    sys.exit(sitewalk())


if __name__ == "__main__":
    main()
