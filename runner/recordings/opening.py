"""Own the opening of recordings: no more is taken from the disk than is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

# By itself Python takes a whole block of the file system with each small read: a MiB on many
# shares, 128 KiB anywhere from Python 3.14 on, where a look for a hole needs 512 bytes.
BUFFER = 512


def open_to_examine(location: str | Path) -> BinaryIO:
    """A recording, open for reading here and there; raises OSError."""
    return open(location, "rb", buffering=BUFFER)  # noqa: PTH123 - a Path takes longer; the caller closes it
