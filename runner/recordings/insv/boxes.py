"""The boxes of an ISO base media file, and whether they fit the file and its trailer."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.base.wording import size as in_words
from runner.recordings.identity import WINDOW
from runner.recordings.insv.facts import Damage, DamageKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runner.recordings.identity import BoundedFile
    from runner.recordings.insv.trailer import Trailer

HEADER = struct.Struct(">I4s")
LARGE_SIZE = struct.Struct(">Q")
TO_THE_END, LARGE = 0, 1
MAX_CHILDREN = 256


@dataclass(frozen=True, slots=True)
class Box:
    """A box: the offsets where its header and its content start, and where it says it ends."""

    kind: str
    start: int
    body: int
    end: int


def box_at(source: BoundedFile, offset: int, limit: int) -> Box | None:
    """Read the box at `offset`; None where there can be none. Its end may lie behind `limit`."""
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
    """Yield the boxes inside a box, up to the first that does not fit."""
    offset = parent.body
    for _ in range(MAX_CHILDREN):
        box = box_at(source, offset, parent.end)
        if box is None or box.end > parent.end:
            return
        yield box
        offset = box.end


def descend(source: BoundedFile, parent: Box, *kinds: str) -> Box | None:
    """The first box found by going down through the kinds, one level each; None without one."""
    box: Box | None = parent
    for kind in kinds:
        if box is None:
            return None
        box = next((child for child in children(source, box) if child.kind == kind), None)
    return box


MAX_BOXES = 4096
# Newer firmware aligns what follows the boxes with zeros.
MAX_PADDING = 1024 * 1024
PADDING_SAMPLE = 16
# Kinds of boxes that may follow the media data and the movie box; else the trailer begins.
KINDS_AFTER_VIDEO = frozenset(
    {"free", "inst", "mdat", "meta", "moov", "skip", "udta", "uuid", "wide"}
)


@dataclass(frozen=True, slots=True)
class Container:
    """The top-level boxes of a file; `end` is the offset where walking them stopped."""

    boxes: tuple[Box, ...]
    end: int

    def first(self, kind: str) -> Box | None:
        """The first box of a kind; None without one."""
        return next((box for box in self.boxes if box.kind == kind), None)

    @property
    def has_video(self) -> bool:
        """Whether both the media data and the movie box that lists it are there."""
        return self.first("moov") is not None and self.has_media

    @property
    def has_media(self) -> bool:
        """Whether there is any media data."""
        return any(box.kind == "mdat" and box.end > box.body for box in self.boxes)


def read_container(source: BoundedFile, stop: int) -> Container:
    """Walk the boxes from the start of a file to `stop`, its end, or the first that is no box."""
    boxes: list[Box] = []
    end = 0
    while end < source.size and end != stop and len(boxes) < MAX_BOXES:
        box = box_at(source, end, source.size)
        if box is None or _is_trailer_data(box, boxes, source.size):
            break
        boxes.append(box)
        end = box.end
        if box.kind == "inst":
            break
    return Container(tuple(boxes), end)


def _is_trailer_data(box: Box, before: list[Box], size: int) -> bool:
    """Whether bytes behind a whole video look like a box, but one too large for the file."""
    is_whole = Container(tuple(before), 0).has_video
    return is_whole and box.end > size and box.kind not in KINDS_AFTER_VIDEO


def find_end_of_content(source: BoundedFile, container: Container) -> int:
    """The offset of the zeros that fill a file up to its end; the file's size where there are none.

    Bisects, so that gigabytes of zeros cost some twenty reads. A long run of zeros inside the
    trailer may mislead it; no camera's mark is found at such an end.
    """
    start = max((box.end for box in container.boxes if box.end <= source.size), default=0)
    low, high = start, source.size
    while high - low > WINDOW:
        middle = (low + high) // 2
        is_empty = not any(source.read(middle, min(WINDOW, high - middle)))
        low, high = (low, middle) if is_empty else (middle, high)
    tail = source.read(low, min(high - low + WINDOW, source.size - low))
    return low + len(tail.rstrip(b"\0")) if tail else source.size


def container_damage(
    source: BoundedFile, container: Container, trailer: Trailer | None
) -> Iterator[Damage]:
    """Yield what is wrong with the boxes, and with where the trailer says it starts."""
    yield from _start_damage(container)
    yield from _end_damage(source, container, trailer)
    if not container.has_media:
        yield Damage(DamageKind.NO_MEDIA, "it holds no media data")
    if container.first("moov") is None:
        yield Damage(DamageKind.NO_MOVIE, "the movie box is missing, without it nothing can play")


def _start_damage(container: Container) -> Iterator[Damage]:
    if not container.boxes or container.boxes[0].kind != "ftyp":
        yield Damage(DamageKind.BAD_START, "it does not begin with a file type box")


def _end_damage(
    source: BoundedFile, container: Container, trailer: Trailer | None
) -> Iterator[Damage]:
    last = container.boxes[-1] if container.boxes else None
    if trailer is not None and not trailer.fits:
        size = trailer.end - trailer.start
        detail = f"the trailer claims {size:,} bytes of a file of {source.size:,}"
        yield Damage(DamageKind.TRAILER_SIZE, detail)
    elif last is not None and last.end > source.size:
        yield _past_end(last, source.size)
    elif not container.has_video and container.end < (trailer.start if trailer else source.size):
        detail = f"at byte {container.end:,} stands no box"
        yield Damage(DamageKind.BOX_UNREADABLE, detail)
    elif trailer is not None and not _meets(source, container, trailer):
        detail = f"the boxes end at byte {container.end:,}, the trailer says {trailer.start:,}"
        yield Damage(DamageKind.TRAILER_SIZE, detail)


def _past_end(box: Box, size: int) -> Damage:
    there, whole = in_words(size), in_words(box.end)
    if there == whole:  # a few bytes are missing
        there, whole = f"{size:,}", f"{box.end:,} bytes"
    detail = f"{there} of at least {whole} are there"
    return Damage(DamageKind.BOX_PAST_END, detail)


def _meets(source: BoundedFile, container: Container, trailer: Trailer) -> bool:
    wrapper = container.first("inst")
    if wrapper is not None:
        return (wrapper.body, wrapper.end) == (trailer.start, trailer.end)
    return container.end == trailer.start or _is_padded(source, container.end, trailer.start)


def _is_padded(source: BoundedFile, start: int, end: int) -> bool:
    """Whether there are only zeros between the last box and the trailer, judged by both ends."""
    if not 0 < end - start <= MAX_PADDING:
        return False
    length = min(PADDING_SAMPLE, end - start)
    samples = source.read(start, length) + source.read(end - length, length)
    return not any(samples)
