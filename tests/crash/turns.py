"""Recordings at once as a model has them: one goes on at a time, in an order by chance."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from runner.upload.slots import futures_of, run
from tests.crash.world import ProcessDied

Result = TypeVar("Result")


@dataclass(slots=True)
class _Lane:
    """A recording's thread, and its turn."""

    thread: threading.Thread | None = None
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    is_over: bool = False


class Turns:
    """Sends recordings in threads that take turns; when the process dies, all of them do."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._back = threading.Semaphore(0)
        self._lane = threading.local()
        self._is_dead = False

    def start(
        self, work: Sequence[Callable[[], Result]], ended: Callable[[Future[Result]], None]
    ) -> list[Future[Result]]:
        """Send all; each turn lasts from one `switch` to the next."""
        futures, lanes = futures_of(work, ended), [_Lane() for _ in work]
        for lane, future, call in zip(lanes, futures, work, strict=True):
            lane.thread = threading.Thread(target=self._be, args=(lane, future, call))
            lane.thread.start()
        while waiting := [lane for lane in lanes if not lane.is_over]:
            self._rng.choice(waiting).turn.release()
            self._back.acquire()
        return futures

    def _be(self, lane: _Lane, future: Future[Result], call: Callable[[], Result]) -> None:
        self._lane.own = lane
        lane.turn.acquire()
        run(future, call)
        is_dead = not future.cancelled() and isinstance(future.exception(), ProcessDied)
        self._is_dead = self._is_dead or is_dead
        lane.is_over = True
        self._back.release()

    def switch(self, *_event: object) -> None:
        """Let another recording have its turn, where recordings are sent."""
        lane = getattr(self._lane, "own", None)
        if lane is None:
            return
        self._back.release()
        lane.turn.acquire()
        if self._is_dead:
            raise ProcessDied
