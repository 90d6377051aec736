"""Frames of recordings on pages: one or three of each, within bounds on time and size."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from runner.base.clock import Clock
from runner.drawings.child import ChildLimits, Kind, PictureError, make_in_child
from runner.recordings.identity import open_to_examine
from runner.recordings.insv.reader import read_thumbnail

_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class FrameLimits:
    """Bounds on the frames of a page: seconds and bytes for all together, and for each frame.

    `memory_each` is in bytes, of the process that decodes a recording.
    """

    seconds: float = 60
    bytes: int = 5_000_000
    seconds_each: float = 30
    bytes_each: int = 60_000
    memory_each: int = 2_000_000_000
    at_a_time: int = 2


LIMITS = FrameLimits()


def can_make_frames() -> bool:
    """Whether the extra that decodes video is installed."""
    return find_spec("av") is not None


def frames_of(
    recordings: Sequence[tuple[str, Path]], clock: Clock, limits: FrameLimits = LIMITS
) -> dict[str, str]:
    """Frames as data URIs by identity; recordings beyond the limits have none.

    `recordings` are identities with their files, the most useful first.
    """
    deadline = clock.monotonic() + limits.seconds

    def make(location: Path) -> bytes | None:
        left = deadline - clock.monotonic()
        child = ChildLimits(min(left, limits.seconds_each), limits.memory_each, limits.bytes_each)
        return _frame(location, child) if left > 0 else None

    with ThreadPoolExecutor(limits.at_a_time) as executor:
        made = executor.map(make, (location for _, location in recordings))
        found = zip((identity for identity, _ in recordings), made, strict=True)
        return dict(_that_fit(found, limits))


def three_frames(location: Path, limits: FrameLimits = LIMITS) -> tuple[str, ...]:
    """Three frames along a recording as data URIs; else the thumbnail that it carries, or none."""
    child = ChildLimits(limits.seconds_each, limits.memory_each, 3 * (limits.bytes_each + 4))
    made = _made(location, "frames", child) if can_make_frames() else None
    frames = tuple(_split(made or b"")) or tuple(filter(None, [_thumbnail(location)]))
    return tuple(_uri(frame) for frame in frames if frame.startswith(_JPEG))


def _split(made: bytes) -> Iterator[bytes]:
    """The pictures in what the child wrote, each behind its length in four bytes."""
    while made:
        end = 4 + int.from_bytes(made[:4], "big")
        yield made[4:end]
        made = made[end:]


def _thumbnail(location: Path) -> bytes | None:
    try:
        if not location.is_file():
            return None
        with open_to_examine(location) as file:
            return read_thumbnail(file)
    except OSError:
        return None


def _frame(location: Path, limits: ChildLimits) -> bytes | None:
    frame = _made(location, "video", limits)
    return frame if frame and frame.startswith(_JPEG) else None


def _made(location: Path, kind: Kind, limits: ChildLimits) -> bytes | None:
    try:
        if not location.is_file():  # opening a pipe would wait for its writer
            return None
        with location.open("rb") as file:
            return make_in_child(kind, file, limits)
    except (PictureError, OSError):
        return None


def _that_fit(
    found: Iterable[tuple[str, bytes | None]], limits: FrameLimits
) -> Iterator[tuple[str, str]]:
    room = limits.bytes
    for identity, frame in found:
        if frame is not None and len(frame) <= min(room, limits.bytes_each):
            room -= len(frame)
            yield identity, _uri(frame)


def _uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
