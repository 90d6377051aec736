"""Repeating an attempt: under a budget of time without progress, waiting longer each time."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from runner.http import RequestFailedError
from runner.timing import CancelToken, Clock
from runner.upload.policy import Next

Result = TypeVar("Result")

_ENDS = {Next.GIVE_UP, Next.REMEMBER, Next.HOLD}

LONGEST_WAIT = 60.0
LONGEST_ASKED_WAIT = 300.0
"""Seconds; a server's Retry-After is obeyed up to here."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds to wait before the next attempt, and seconds in which attempts are made at all."""

    seconds: float
    left: float


@dataclass(slots=True)
class RetryBudget:
    """The time without progress that may pass before something is given up."""

    seconds: float
    since: float
    attempts: int = 0
    began: float | None = None
    """When the attempt under way began."""

    def begin(self, now: float) -> None:
        """Note that an attempt begins."""
        self.began = now

    def progressed(self, now: float) -> None:
        """Start afresh: the server accepted something new."""
        self.since, self.attempts = now, 0

    def excuse(self, seconds: float) -> None:
        """Leave out a time in which bytes moved: an hour's PATCH that broke is no idle hour."""
        self.since += seconds

    def next_wait(self, now: float, asked: float | None, rng: random.Random) -> Wait | None:
        """The wait before the next attempt; None when the budget is spent.

        Exponential backoff with full jitter, or what the server asked for where that is longer.
        """
        left = max(0.0, self.seconds - (now - self.since))
        if not left and not self._may_try_once_more():
            return None
        ceiling = min(LONGEST_WAIT, 2.0 ** min(self.attempts, 10))
        self.attempts += 1
        wait = max(rng.uniform(0, ceiling), min(asked or 0.0, LONGEST_ASKED_WAIT))
        return Wait(min(wait, left), left)

    def _may_try_once_more(self) -> bool:
        """Whether the attempt that failed began in time: the machine may have slept meanwhile."""
        return self.began is not None and self.began < self.since + self.seconds


@dataclass(slots=True)
class Repeater:
    """Repeats attempts; `tell` hears of each wait, and why it is."""

    budget: RetryBudget
    clock: Clock
    stop: CancelToken
    rng: random.Random
    tell: Callable[[Wait, RequestFailedError], None]

    def repeat(
        self, attempt: Callable[[], Result], recover: Callable[[RequestFailedError], Next]
    ) -> Result:
        """The result of the first attempt that succeeds; `recover` says what follows a failure.

        Raises the failure when that is to give up or to hold, or when the budget is spent, and
        StoppedError.
        """
        while True:
            self.stop.check()
            self.budget.begin(self.clock.monotonic())
            try:
                return attempt()
            except RequestFailedError as failure:
                if recover(failure) in _ENDS:
                    raise
                self._wait(failure)

    def _wait(self, failure: RequestFailedError) -> None:
        asked = getattr(failure, "retry_after", None)
        now = self.clock.monotonic()
        wait = self.budget.next_wait(now, asked, self.rng)
        if wait is None:
            raise failure
        self.stop.check()  # it may be what ended the request
        self.tell(wait, failure)
        self.stop.pause(wait.seconds)
        # A machine that slept has not tried: the network needs its time to come back.
        self.budget.excuse(max(0.0, self.clock.monotonic() - now - wait.seconds))
