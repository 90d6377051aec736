"""Digests of parts of a recording, taken by a thread that reads it on its own."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol, Self

from runner.recordings.stored import Location
from runner.upload.recording.chunking import StoreUnreachableError, open_recording, read_block

STRIDE = 1024 * 1024
"""Bytes read and hashed at a time; each waking of a thread has its price."""

_PART = 0.1
"""Seconds of a wait after which a wish to stop is looked for."""

_FAREWELL = 1.0
"""Seconds that a thread may take to end; a thread that a dead share holds is left behind."""

Check = Callable[[], None]
"""Raises when what is being waited for is not wanted any more."""


class Hasher(Protocol):
    """What the digests have in common."""

    def update(self, data: memoryview, /) -> object:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """The digest of the bytes so far."""


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes of a file from `start` up to `end`, and the hasher that takes them."""

    start: int
    end: int
    hasher: Hasher

    def take(self, at: int, block: memoryview) -> None:
        """Take what of a block at some offset lies inside."""
        own = block[max(0, self.start - at) : max(0, self.end - at)]
        if own:
            self.hasher.update(own)


class Reader(threading.Thread):
    """Reads a file's bytes on its own, so that whoever waits for them can stop waiting.

    A daemon: a share that is gone may hold a read for ever, and the process ends all the same.
    """

    def __init__(self, location: Location, spans: Sequence[Span], goal: int) -> None:
        super().__init__(name="digest", daemon=True)
        self._location = location
        self._spans = spans
        self._end = max(span.end for span in spans)
        self._goal = goal
        self._closed = False
        self._failure: BaseException | None = None
        self._news = threading.Condition()
        self.reached = min(span.start for span in spans)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let it end; one that is held by a read is not waited for."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        if self.is_alive():
            self.join(_FAREWELL)

    def aim(self, goal: int) -> None:
        """Let it read up to here; going back changes nothing."""
        with self._news:
            self._goal = max(goal, self._goal)
            self._news.notify_all()

    def wait_for(self, offset: int, check: Check) -> None:
        """Wait until so much is read; raises what `check` raises, or what the reading met.

        After a store did not answer each call is one more attempt.
        """
        self.aim(offset)
        self._wait_until(lambda: self.reached >= offset, check)

    def _wait_until(self, is_there: Callable[[], bool], check: Check) -> None:
        with self._news:
            if not is_there() and isinstance(self._failure, StoreUnreachableError):
                self._failure = None
                self._news.notify_all()
            while not is_there() and self._failure is None:
                check()
                self._news.wait(_PART)
            if self._failure is not None and not is_there():
                raise self._failure

    def run(self) -> None:
        """Read what is wanted, as it becomes wanted.

        After a store did not answer, once somebody waits for it again; other failures end it.
        """
        while self.reached < self._end and self._is_to_go_on():
            try:
                with open_recording(self._location) as file:
                    if self.reached:
                        file.seek(self.reached)
                    self._read(file, memoryview(bytearray(min(STRIDE, self._end))))
            except StoreUnreachableError as error:
                self._fail(error)
            except BaseException as error:  # noqa: BLE001 - handed on to whoever waits for the bytes
                self._fail(error)
                return

    def _fail(self, error: BaseException) -> None:
        with self._news:
            self._failure = error
            self._news.notify_all()

    def _is_to_go_on(self) -> bool:
        with self._news:
            self._news.wait_for(lambda: self._closed or self._failure is None)
            return not self._closed

    def _read(self, file: BinaryIO, buffer: memoryview) -> None:
        while self.reached < self._end and self._is_wanted():
            block = buffer[: min(STRIDE, self._end - self.reached)]
            self._hash(block[: read_block(file, block)])

    def _is_wanted(self) -> bool:
        with self._news:
            self._news.wait_for(lambda: self._closed or self._goal > self.reached)
            return not self._closed

    def _hash(self, block: memoryview) -> None:
        for span in self._spans:
            span.take(self.reached, block)
        with self._news:
            self.reached += len(block)
            self._news.notify_all()
        self.note()

    def note(self) -> None:
        """Take note of how far it is, in the thread that reads."""
