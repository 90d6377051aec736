"""sitewalk as it is, except that its reads hang from the second MiB on; only the tests have this.

SITEWALK_HANG says whose: `sender` or `digest`. So does a share that is gone.
"""

import os
import sys
import threading
from typing import BinaryIO

from runner.__main__ import main
from runner.upload.recording import chunking, digest

_AFTER = 1024 * 1024
_read_block = chunking.read_block


def _hang(file: BinaryIO, into: memoryview) -> int:
    if file.tell() >= _AFTER:
        sys.stderr.write("hangs\n")
        sys.stderr.flush()
        threading.Event().wait()
    return _read_block(file, into)


if __name__ == "__main__":
    if os.environ["SITEWALK_HANG"] == "sender":
        chunking.read_block = _hang
    else:
        digest.read_block = _hang  # type: ignore[attr-defined] # its own name for the same
    main()
