"""Own the retry policy: what to do when a step of an upload fails. Pure; a table in the docs."""

import random
from collections.abc import Iterator
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
    SMALLER = "ask for the offset, go on in smaller pieces"
    RESTART = "abandon this tus upload and begin a new one"
    GIVE_UP = "give up on this recording for now"


_GONE = {404, 410}
_BUSY = {423, 425, 429}
_PATCH_REFUSED = {
    400: Next.RETRY,  # tusd's ERR_UPLOAD_INTERRUPTED: another request took the upload over
    403: Next.CHECK,  # some servers' answer to a PATCH on a finished upload
    404: Next.RETRY,  # the HEAD that follows says whether the upload is gone
    409: Next.RETRY,  # the offset was wrong: the server may have lost bytes
    410: Next.RETRY,
    413: Next.SMALLER,  # a proxy's limit: the server itself agreed to the length
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
    if status in _GONE and step is Step.HEAD:
        return Next.RESTART
    if step is Step.PATCH:
        return _PATCH_REFUSED.get(status, Next.GIVE_UP)
    return Next.GIVE_UP


_CASES: tuple[tuple[str, RequestFailedError], ...] = (
    ("name not found, connection refused, no answer while connecting", UnreachableError("")),
    ("certificate not trusted", UnreachableError("", final=True)),
    ("connection reset or closed, a stall either way, TLS error", UnknownOutcomeError("")),
    ("2xx with a missing, wrong or backward Upload-Offset", UnknownOutcomeError("")),
    ("Upload-Length differs from the file", UploadMismatchError("")),
    ("a redirect", RefusedError("", 302)),
    *((str(status), RefusedError("", status)) for status in (400, 401, 403, 404)),
    ("408", UnknownOutcomeError("", 408)),
    *((str(status), RefusedError("", status)) for status in (409, 410, 412, 413)),
    ("423, 425", RefusedError("", 423)),
    ("429, with or without Retry-After", RefusedError("", 429)),
    ("460", RefusedError("", 460)),
    ("any other 4xx", RefusedError("", 499)),
    ("503, with or without Retry-After", UnknownOutcomeError("", 503)),
    ("any other 5xx", UnknownOutcomeError("", 500)),
)


def policy_table() -> Iterator[str]:
    """Yield the lines of the policy as a Markdown table; docs/uploading.md holds it."""
    words = {next_: next_.name.lower().replace("_", " ") for next_ in Next}
    yield f"| What happened | {' | '.join(Step)} |"
    yield "| --- " * (len(Step) + 1) + "|"
    for what, failure in _CASES:
        yield f"| {what} | {' | '.join(words[decide(step, failure)] for step in Step)} |"


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

    def progressed(self, now: float) -> None:
        """Start afresh: the server accepted something new."""
        self.since, self.attempts = now, 0

    def excuse(self, seconds: float) -> None:
        """Leave out a time in which bytes moved: an hour's PATCH that broke is no idle hour."""
        self.since += seconds

    def next_wait(self, now: float, asked: float | None, dice: random.Random) -> Wait | None:
        """The wait before the next attempt; None when the budget is spent.

        Exponential backoff with full jitter, or what the server asked for where that is longer.
        """
        left = self.seconds - (now - self.since)
        if left <= 0:
            return None
        ceiling = min(LONGEST_WAIT, 2.0 ** min(self.attempts, 10))
        self.attempts += 1
        wait = max(dice.uniform(0, ceiling), min(asked or 0.0, LONGEST_ASKED_WAIT))
        return Wait(min(wait, left), left)
