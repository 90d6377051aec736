"""Own the boxes of an ISO base media file: their headers, and the ways from one to the next."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.recordings.bounded import BoundedFile

HEADER = struct.Struct(">I4s")
LARGE_SIZE = struct.Struct(">Q")
TO_THE_END, LARGE = 0, 1
MAX_CHILDREN = 256


@dataclass(frozen=True, slots=True)
class Box:
    """A box: where its header starts, where its content starts, and where it says it ends."""

    kind: str
    start: int
    body: int
    end: int


def box_at(source: BoundedFile, offset: int, limit: int) -> Box | None:
    """The box at `offset`, or None where there can be none; its end may lie after `limit`."""
    header = source.read(offset, min(HEADER.size + LARGE_SIZE.size, limit - offset))
    if len(header) < HEADER.size:
        return None
    size, kind = HEADER.unpack_from(header)
    if not (kind.isascii() and kind.decode().isprintable()):
        return None
    body, end = offset + HEADER.size, offset + size
    if size == TO_THE_END:
        end = limit
    elif size == LARGE:
        if len(header) < HEADER.size + LARGE_SIZE.size:
            return None
        (size,) = LARGE_SIZE.unpack_from(header, HEADER.size)
        body, end = body + LARGE_SIZE.size, offset + size
    return Box(kind.decode("ascii"), offset, body, end) if end >= body else None


def children(source: BoundedFile, parent: Box) -> Iterator[Box]:
    """The boxes inside a box, up to the first that does not fit."""
    offset = parent.body
    for _ in range(MAX_CHILDREN):
        box = box_at(source, offset, parent.end)
        if box is None or box.end > parent.end:
            return
        yield box
        offset = box.end


def descend(source: BoundedFile, parent: Box, *kinds: str) -> Box | None:
    """The first box reached by going down through the kinds, or None."""
    box: Box | None = parent
    for kind in kinds:
        if box is None:
            return None
        box = next((child for child in children(source, box) if child.kind == kind), None)
    return box
