"""The retry policy as a table: what follows from each failure, at each step."""

from collections.abc import Iterator

from runner.evercam.http.errors import (
    RefusedError,
    RequestFailedError,
    UnknownOutcomeError,
    UnreachableError,
)
from runner.upload.retry import Step, UploadMismatchError, decide

_ALL = frozenset(Step)
_CASES: tuple[tuple[str, RequestFailedError, frozenset[Step]], ...] = (
    ("name not found, connection refused, no answer while connecting", UnreachableError(""), _ALL),
    ("certificate not trusted", UnreachableError("", final=True), _ALL),
    ("connection reset or closed, a stall either way, TLS error", UnknownOutcomeError(""), _ALL),
    ("2xx that cannot be understood", UnknownOutcomeError(""), _ALL - {Step.FINISH}),
    ("Upload-Length differs from the file", UploadMismatchError(""), frozenset({Step.HEAD})),
    ("a redirect", RefusedError("", 302), _ALL),
    *((str(status), RefusedError("", status), _ALL) for status in (400, 401, 403, 404)),
    ("408", UnknownOutcomeError("", 408), _ALL),
    *((str(status), RefusedError("", status), _ALL) for status in (409, 410, 412, 413)),
    ("423, 425", RefusedError("", 423), _ALL),
    ("429, with or without Retry-After", RefusedError("", 429), _ALL),
    ("460", RefusedError("", 460), _ALL),
    ("any other 4xx", RefusedError("", 499), _ALL),
    ("503, with or without Retry-After", UnknownOutcomeError("", 503), _ALL),
    ("any other 5xx", UnknownOutcomeError("", 500), _ALL),
)
"""What happened, as an error, and the steps at which it can happen."""


def policy_table() -> Iterator[str]:
    """Yield the lines of the policy as a Markdown table; docs/uploading.md holds it."""
    yield f"| What happened | {' | '.join(Step)} |"
    yield "| --- " * (len(Step) + 1) + "|"
    for what, failure, steps in _CASES:
        words = (decide(step, failure).name.lower().replace("_", " ") for step in Step)
        cells = (word if step in steps else "-" for step, word in zip(Step, words, strict=True))
        yield f"| {what} | {' | '.join(cells)} |"
