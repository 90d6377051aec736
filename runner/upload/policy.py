"""Own the retry policy: what to do when a step of an upload fails. Pure; a table in the docs."""

import random
from dataclasses import dataclass
from enum import StrEnum

from runner.http import RefusedError, RequestFailedError, UnknownOutcomeError, UnreachableError
from runner.upload.tus import UploadMismatchError


class Step(StrEnum):
    """What was going on."""

    TUS_CREATE = "creating the tus upload"
    HEAD = "asking for the offset"
    PATCH = "sending"


class Next(StrEnum):
    """What to do about it."""

    RETRY = "wait, ask for the offset, go on from there"
    CHECK = "ask for the offset; give up unless all bytes are there"
    RESTART = "abandon this tus upload and begin a new one"
    GIVE_UP = "give up on this recording for now"


_GONE = {404, 410}
_BUSY = {423, 425, 429}
_PATCH_REFUSED = {
    400: Next.RETRY,  # tusd's ERR_UPLOAD_INTERRUPTED: another request took the upload over
    403: Next.CHECK,  # some servers' answer to a PATCH on a finished upload
    409: Next.RETRY,  # the offset was wrong: the server may have lost bytes
    460: Next.RETRY,  # a checksum did not match on the way
}


def decide(step: Step, failure: RequestFailedError) -> Next:
    """What follows from a failure of a step."""
    match failure:
        case UploadMismatchError():
            return Next.RESTART
        case UnreachableError():
            return Next.GIVE_UP if failure.final else Next.RETRY
        case UnknownOutcomeError():
            return Next.RETRY
        case RefusedError():
            return _after_refusal(step, failure.status)
    return Next.GIVE_UP


def _after_refusal(step: Step, status: int) -> Next:
    if status in _BUSY:
        return Next.RETRY
    if status in _GONE and step is not Step.TUS_CREATE:
        return Next.RESTART
    if step is Step.PATCH:
        return _PATCH_REFUSED.get(status, Next.GIVE_UP)
    return Next.GIVE_UP


LONGEST_WAIT = 60.0
LONGEST_ASKED_WAIT = 300.0
"""Seconds; a server's Retry-After is obeyed up to here."""


@dataclass(slots=True)
class RetryBudget:
    """The time without progress that may pass before something is given up."""

    seconds: float
    since: float
    attempts: int = 0

    def progressed(self, now: float) -> None:
        """Start afresh: the server accepted something new."""
        self.since, self.attempts = now, 0

    def delay(self, now: float, asked: float | None, dice: random.Random) -> float | None:
        """Seconds to wait before the next attempt; None when the budget is spent.

        Exponential backoff with full jitter, or what the server asked for.
        """
        left = self.seconds - (now - self.since)
        if left <= 0:
            return None
        ceiling = min(LONGEST_WAIT, 2.0 ** min(self.attempts, 10))
        self.attempts += 1
        wait = dice.uniform(0, ceiling) if asked is None else min(asked, LONGEST_ASKED_WAIT)
        return min(wait, left)
