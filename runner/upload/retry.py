"""The retry policy: one table for all six steps, the budget of time, and the loop."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from runner.base.clock import CancelToken, Clock
from runner.evercam.http.errors import (
    RefusedError,
    RequestFailedError,
    UnknownOutcomeError,
    UnreachableError,
)


class UploadMismatchError(UnknownOutcomeError):
    """The upload on the server is not one of this recording."""


class Step(StrEnum):
    """What was going on."""

    LOGIN = "logging in"
    CREATE = "creating the upload object"
    TUS_CREATE = "creating the tus upload"
    HEAD = "asking for the offset"
    PATCH = "sending"
    FINISH = "finishing"


class Next(StrEnum):
    """What to do about it."""

    RETRY = "wait, ask for the offset, go on from there"
    CHECK = "ask for the offset; give up unless all bytes are there"
    SMALLER = "ask for the offset, go on in smaller pieces"
    RESTART = "abandon this tus upload and begin a new one"
    GIVE_UP = "give up for now"
    REMEMBER = "give up for now; a later run that is refused this again abandons the upload"
    HOLD = "send nothing more for this walkthrough; a person settles it"


_BUSY = {429: Next.RETRY}
_LOCKED = {**_BUSY, 423: Next.RETRY, 425: Next.RETRY}
_REFUSED: Mapping[Step, Mapping[int, Next]] = {
    Step.LOGIN: _BUSY,
    Step.CREATE: _BUSY,
    Step.TUS_CREATE: _LOCKED,
    Step.HEAD: {**_LOCKED, 404: Next.RESTART, 410: Next.RESTART},
    Step.PATCH: {
        **_LOCKED,
        400: Next.RETRY,  # tusd's ERR_UPLOAD_INTERRUPTED: another request took the upload over
        403: Next.CHECK,  # some servers' answer to a PATCH on a finished upload
        404: Next.RETRY,  # the HEAD that follows says whether the upload is gone
        409: Next.RETRY,  # the offset was wrong: the server may have lost bytes
        410: Next.RETRY,
        413: Next.SMALLER,  # a proxy's limit: the server itself agreed to the length
        460: Next.RETRY,  # a checksum did not match on the way
    },
    Step.FINISH: _BUSY,
}
"""What follows a refusal; a refusal that is not listed is final for this run."""

_PROXYS = 407


def decide(step: Step, failure: RequestFailedError, *, was_unaskable: bool = False) -> Next:
    """What follows from a failure of a step.

    With `was_unaskable` an earlier run was refused the offset of the same tus upload.
    """
    match failure:
        case UploadMismatchError():
            return Next.RESTART
        case UnreachableError():
            return Next.GIVE_UP if failure.final else Next.RETRY
        case UnknownOutcomeError():
            return Next.HOLD if step is Step.CREATE else Next.RETRY
        case RefusedError():
            return _after_refusal(step, failure.status, was_unaskable=was_unaskable)
    return Next.GIVE_UP


def _after_refusal(step: Step, status: int, *, was_unaskable: bool) -> Next:
    next_ = _REFUSED[step].get(status, Next.GIVE_UP)
    is_unaskable = step is Step.HEAD and status >= 400 and status != _PROXYS  # noqa: PLR2004 - 4xx
    if next_ is Next.GIVE_UP and is_unaskable:
        return Next.RESTART if was_unaskable else Next.REMEMBER
    return next_


Result = TypeVar("Result")

_ENDS = {Next.GIVE_UP, Next.REMEMBER, Next.HOLD}

LONGEST_WAIT = 60.0
LONGEST_ASKED_WAIT = 300.0
"""Seconds; the longest Retry-After that is respected."""


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
