"""Frames on a plan's page: one picture of each recording, within bounds on time and size."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from runner.base.clock import Clock
from runner.drawings.child import ChildLimits, PictureError, make_in_child

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


def _frame(location: Path, limits: ChildLimits) -> bytes | None:
    try:
        if not location.is_file():  # opening a pipe would wait for its writer
            return None
        with location.open("rb") as file:
            frame = make_in_child("video", file, limits)
    except (PictureError, OSError):
        return None
    return frame if frame.startswith(_JPEG) else None


def _that_fit(
    found: Iterable[tuple[str, bytes | None]], limits: FrameLimits
) -> Iterator[tuple[str, str]]:
    room = limits.bytes
    for identity, frame in found:
        if frame is not None and len(frame) <= min(room, limits.bytes_each):
            room -= len(frame)
            yield identity, f"data:image/jpeg;base64,{base64.b64encode(frame).decode()}"
