"""Errors of requests: refused, unknown, unreachable, and which of them an answer means."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from runner.base.errors import SitewalkError
from runner.evercam.http.quoting import Secrets

TOO_MANY_REQUESTS = 429
"""The refusal that asks for patience: the same request may be granted later."""

REQUEST_TIMEOUT = 408

_LONGEST_WAIT = 1e9
"""Seconds; a longer Retry-After is no number to reckon with."""


class RequestFailedError(SitewalkError):
    """A request did not do what it was sent for."""


class RefusedError(RequestFailedError):
    """The server answered that it did not do it: a 4xx, or a redirect, which is not followed."""

    def __init__(
        self, message: str, status: int, help_: str = "", after: float | None = None
    ) -> None:
        super().__init__(message, help_)
        self.status = status
        self.retry_after = after


class UnknownOutcomeError(RequestFailedError):
    """Nobody knows whether the server did it: no answer, a 5xx, an unreadable success."""

    def __init__(
        self, message: str, status: int | None = None, help_: str = "", after: float | None = None
    ) -> None:
        super().__init__(message, help_)
        self.status = status
        self.retry_after = after


class UnreachableError(RequestFailedError):
    """The request never left, as no connection could be opened; `final` if retrying is in vain."""

    def __init__(self, message: str, help_: str = "", *, final: bool = False) -> None:
        super().__init__(message, help_)
        self.final = final


class ProxyRefusedError(UnreachableError):
    """A proxy refuses the way to the server, and would for any other request, too."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message, help_, final=True)


def explain_status(
    status: int, headers: Mapping[str, str], text: str, secrets: Secrets | None = None
) -> RequestFailedError:
    """The error that an answer other than 2xx means."""
    secrets = secrets or Secrets()
    after = _retry_after(headers)
    if 300 <= status < 400:  # noqa: PLR2004 - the 3xx class
        help_ = "redirects are not followed with credentials; check the configured address"
        target = secrets.strike(_host_of(headers.get("Location", "")))  # paths have ids
        return RefusedError(f"the server redirects ({status}) to {target}", status, help_)
    words = secrets.quoted(text)
    message = f"the server answered {status}{f': {words}' if words else ''}"
    if status >= 500 or status == REQUEST_TIMEOUT or status < 200:  # noqa: PLR2004 - classes
        return UnknownOutcomeError(message, status, after=after)
    return RefusedError(message, status, after=after)


def _host_of(location: str) -> str:
    try:
        return urlsplit(location).netloc.rpartition("@")[2] or "another path"
    except ValueError:
        return "what is no address"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait; a moment that the server names counts by its own clock, not by ours."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_WAIT)
    try:
        asked, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (asked - now).total_seconds())
    except (TypeError, ValueError, OverflowError):  # no moment, or one without a time zone
        return None
