"""What the sending of a recording is given, and what it gives back."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from runner.base.clock import CancelToken, Clock, SystemClock
from runner.ledger.state import Checkpoint
from runner.upload.recording.chunking import WHOLE_FILE
from runner.upload.recording.rate_limit import UNLIMITED, RateLimiter, Schedule
from runner.upload.retry import Wait

Record = Callable[..., None]
"""Write an event of this recording: `record(Kind.SENT, offset=3)`."""


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """How recordings are sent. Sizes in bytes, times in seconds."""

    chunk_size: int = WHOLE_FILE
    retry_for: float = 1800.0
    limit: Schedule = UNLIMITED
    sha256: bool = False


@dataclass(frozen=True, slots=True)
class UploadListener:
    """Whom an upload tells what it does."""

    offset: Callable[[int], None] = lambda _offset: None
    waiting: Callable[[Wait, str], None] = lambda _wait, _reason: None
    off: Callable[[dt.datetime], None] = lambda _until: None
    note: Callable[[str], None] = lambda _text: None


@dataclass(frozen=True, slots=True)
class UploadContext:
    """What the engine needs from outside; `pace` is shared by all jobs."""

    tus_url: str
    stop: CancelToken
    options: UploadOptions = field(default_factory=UploadOptions)
    clock: Clock = field(default_factory=SystemClock)
    rng: random.Random = field(default_factory=random.Random)
    pace: RateLimiter = field(default_factory=RateLimiter)


@dataclass(frozen=True, slots=True)
class Sent:
    """A recording whose bytes are all on the server; `bytes_sent` counts this run's.

    `blake3` and `sha256` are None where an earlier run sent a part of it, the latter also where it
    was not wanted. `checkpoints` are what is known of its content, `modified` is its time of change
    (ns), or the version of an object, with which it has that.
    """

    location: str
    blake3: str | None
    sha256: str | None
    bytes_sent: int
    retries: int
    checkpoints: tuple[Checkpoint, ...] = ()
    modified: int | str = 0
