"""Own the sha256 of a whole recording, taken while it is sent so that it is read only once."""

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from runner.upload.body import BLOCK


class WholeDigest:
    """A sha256 that covers the file from its start up to `covered`, without gaps."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.covered = 0

    def block(self, offset: int, block: memoryview) -> None:
        """Take in a block that is about to be sent; what was covered before is left out.

        Sending goes back when the server lost bytes. It never leaves a gap: see `catch_up`.
        """
        new = block[max(0, self.covered - offset) :]
        self._sha256.update(new)
        self.covered += len(new)

    def catch_up(self, file: BinaryIO, offset: int, check: Callable[[], None]) -> None:
        """Read what lies before `offset` and is not covered: what an earlier run has sent."""
        file.seek(self.covered)
        while self.covered < offset:
            check()
            block = file.read(min(BLOCK, offset - self.covered))
            if not block:
                return
            self._sha256.update(block)
            self.covered += len(block)

    def hexdigest(self) -> str:
        """The digest of what is covered."""
        return self._sha256.hexdigest()
