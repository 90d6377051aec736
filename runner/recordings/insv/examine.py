"""Examining a recording: what it says of itself, its damage, and its holes."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from runner.base.wording import size as written_size
from runner.recordings.identity import BoundedFile, expect
from runner.recordings.insv.boxes import read_container
from runner.recordings.insv.facts import Damage, DamageKind
from runner.recordings.insv.reader import read_recording
from runner.recordings.ranged import RangedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from runner.recordings.insv.facts import InsvFacts

# Cards above 256 MB have clusters of at least 32 KiB (exFAT's default), and a cluster is the
# least that goes missing. Video never holds such a run: its coding forbids three zeros in a row.
CLUSTER = 32 * 1024
# Each look costs a seek, and a manifest may name hundreds of files on a NAS. At this spacing in
# bytes no hole of 20 MB is missed in files up to 10 GB; in larger ones it grows, and not the time.
SPACING = 20_000_000
FEWEST, MOST = 64, 512
PROBE = 512
# How many unwritten stretches are asked for: one is enough to refuse a file.
UNWRITTEN = 16
# Not every system can be asked for them; then the looks have to do.
_SEEK_HOLE, _SEEK_DATA = getattr(os, "SEEK_HOLE", None), getattr(os, "SEEK_DATA", None)


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of zeros in bytes; its ends are known to the nearest place looked at."""

    offset: int
    length: int


def find_holes(file: BinaryIO, size: int | None = None) -> tuple[Hole, ...]:
    """Find stretches of zeros in the media data, in order.

    Looks at 64 to 512 clusters spread evenly, including the first and the last, and at those that
    the file system says were never written; of an object in a store, which arrived there whole, at
    64. Reads 512 bytes of each, and all of the empty ones. A hole between two of these places is
    missed, unless the file system knows of it.

    Raises OSError when the file cannot be read.
    """
    size = file.seek(0, io.SEEK_END) if size is None else size
    start, end = _media(file, size)
    most = FEWEST if isinstance(file, RangedFile) else MOST
    places = sorted({*_spread(start, end, most), *_unwritten(file, start, end)})
    expect(file, [(place, PROBE) for place in places])
    return tuple(_merged(file, places))


def _media(file: BinaryIO, size: int) -> tuple[int, int]:
    """The largest media data box, or the whole file when there is none."""
    boxes = read_container(BoundedFile(file, size), size).boxes
    media = [(box.body, min(box.end, size)) for box in boxes if box.kind == "mdat"]
    return max(media, key=lambda box: box[1] - box[0], default=(0, size))


def _spread(start: int, end: int, most: int) -> Iterator[int]:
    """Yield offsets of clusters, evenly spread, including the first and the last.

    The first may begin with the box's header, which is not zeros; the last is whole.
    """
    first, last = start // CLUSTER, end // CLUSTER - 1
    wanted = min(max(FEWEST, (end - start) // SPACING + 1), most)
    steps = min(last - first + 1, wanted) - 1
    for step in range(steps + 1):
        yield (first + (last - first) * step // max(steps, 1)) * CLUSTER


def _unwritten(file: BinaryIO, start: int, end: int) -> Iterator[int]:
    """Yield the first and the last whole cluster of each unwritten stretch.

    Their content is read even so: to some file systems, data on its way to the disk is unwritten.
    """
    for _ in range(UNWRITTEN):
        start, after = _next_unwritten(file, start, end)
        first, last = -(-start // CLUSTER), after // CLUSTER - 1
        if first <= last:
            yield from (first * CLUSTER, last * CLUSTER)
        if after >= end:
            return
        start = after


def _next_unwritten(file: BinaryIO, start: int, end: int) -> tuple[int, int]:
    """Where the next unwritten stretch starts and ends; both are `end` where there is none."""
    if _SEEK_HOLE is None or _SEEK_DATA is None:
        return end, end
    try:
        empty = min(file.seek(start, _SEEK_HOLE), end)
    except (OSError, ValueError):  # neither this file system nor this kind of file can tell
        return end, end
    try:
        return empty, min(file.seek(empty, _SEEK_DATA), end)
    except OSError:  # nothing is written up to the end of the file
        return empty, end


def _merged(file: BinaryIO, clusters: Iterable[int]) -> Iterator[Hole]:
    """Join neighbouring empty clusters to holes."""
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


def examine(file: BinaryIO, size: int | None = None) -> InsvFacts:
    """Examine a recording: what it says of itself, and everything that is broken about it.

    Reads about 60 KB of a sound recording, whatever its size. Raises NotInsvError when the file is
    no recording at all, and OSError when it cannot be read.
    """
    size = file.seek(0, io.SEEK_END) if size is None else size
    facts = read_recording(file, size=size)
    holes = find_holes(file, size)
    return replace(facts, damage=(*facts.damage, _hole_damage(holes))) if holes else facts


def _hole_damage(holes: tuple[Hole, ...]) -> Damage:
    """One damage for all holes, as they come from one mishap."""
    first, more = holes[0], len(holes) - 1
    others = f", and in {more} more places" if more else ""
    detail = f"{written_size(first.length)} of zeros from byte {first.offset:,}{others}"
    return Damage(DamageKind.HOLE, detail)
