"""Own the search for holes: zeros where media data should be, as a pulled card leaves them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.recordings.bounded import BoundedFile
from runner.recordings.container import read_container

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# Cards above 256 MB have clusters of at least 32 KiB (exFAT's default), and a cluster is the
# least that goes missing. Video never holds such a run: its coding forbids three zeros in a row.
CLUSTER = 32 * 1024
# A look costs a seek, and a manifest may name hundreds of files on a NAS. One look in 100 MB of a
# 6.5 GB file; files under 2 MB are looked at whole.
SAMPLES = 64
PROBE = 512


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of zeros, its ends known to the next place looked at."""

    offset: int
    length: int


def find_holes(file: BinaryIO, size: int | None = None) -> tuple[Hole, ...]:
    """Stretches of zeros in the media data, in order.

    Looks at up to 64 clusters spread evenly, the first and the last among them: 32 KiB of a sound
    file, 2 MiB of one that is all zeros. A hole between two places is not seen.

    Raises:
        OSError: The file could not be read.
    """
    size = file.seek(0, io.SEEK_END) if size is None else size
    start, end = _media(file, size)
    return tuple(_merged(file, _clusters(start, end)))


def _media(file: BinaryIO, size: int) -> tuple[int, int]:
    """The largest media data box, or the whole file when there is none."""
    boxes = read_container(BoundedFile(file, size), size).boxes
    media = [(box.body, min(box.end, size)) for box in boxes if box.kind == "mdat"]
    return max(media, key=lambda box: box[1] - box[0], default=(0, size))


def _clusters(start: int, end: int) -> list[int]:
    """Offsets of the clusters to look at: evenly spread, first and last included.

    The first may begin with the box's header, which is no zeros; the last is whole.
    """
    first, last = start // CLUSTER, end // CLUSTER - 1
    count = min(last - first + 1, SAMPLES)
    if count <= 1:
        return [first * CLUSTER] * max(count, 0)
    return [(first + (last - first) * i // (count - 1)) * CLUSTER for i in range(count)]


def _merged(file: BinaryIO, clusters: list[int]) -> Iterator[Hole]:
    """Neighbouring places that are both empty belong to one hole."""
    hole: Hole | None = None
    for offset in clusters:
        if _is_empty(file, offset):
            start = hole.offset if hole else offset
            hole = Hole(start, offset + CLUSTER - start)
        elif hole:
            yield hole
            hole = None
    if hole:
        yield hole


def _is_empty(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    probe = file.read(PROBE)
    return bool(probe) and not any(probe) and not any(file.read(CLUSTER - PROBE))
