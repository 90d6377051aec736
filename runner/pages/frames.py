"""Own the frames on a plan's page: which recordings show one, within a bound on time and size."""

import base64
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from runner.timing import Clock

_JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class FrameLimits:
    """Bounds on all frames of a page: seconds and bytes in all, and for each one."""

    seconds: float = 60
    bytes: int = 5_000_000
    seconds_each: float = 30
    bytes_each: int = 60_000
    at_a_time: int = 2


LIMITS = FrameLimits()


def can_make_frames() -> bool:
    """Whether the extra that decodes video is installed."""
    return find_spec("av") is not None


def frames_of(
    recordings: Sequence[tuple[str, Path]], clock: Clock, limits: FrameLimits = LIMITS
) -> dict[str, str]:
    """Frames as data URIs by recording, for those that give one before the limits are reached.

    `recordings` are identities with their files, the most wanted first.
    """
    deadline = clock.monotonic() + limits.seconds

    def make(location: Path) -> bytes | None:
        left = deadline - clock.monotonic()
        return _frame(location, min(left, limits.seconds_each)) if left > 0 else None

    with ThreadPoolExecutor(limits.at_a_time) as executor:
        made = executor.map(make, (location for _, location in recordings))
        found = zip((identity for identity, _ in recordings), made, strict=True)
        return dict(_that_fit(found, limits))


def _frame(location: Path, seconds: float) -> bytes | None:
    command = [sys.executable, "-P", "-m", "runner.pages.frame", str(location)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the path is one argument
            command, capture_output=True, check=False, timeout=seconds, stdin=subprocess.DEVNULL
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(_JPEG) else None


def _that_fit(
    found: Iterable[tuple[str, bytes | None]], limits: FrameLimits
) -> Iterator[tuple[str, str]]:
    room = limits.bytes
    for identity, frame in found:
        if frame is not None and len(frame) <= min(room, limits.bytes_each):
            room -= len(frame)
            yield identity, f"data:image/jpeg;base64,{base64.b64encode(frame).decode()}"
