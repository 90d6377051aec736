"""How requests leave the program and what comes back: an answer, or what a failure means."""

import json
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

from runner.base.destination import is_loopback
from runner.base.errors import SitewalkError, UsageError
from runner.base.version import VERSION
from runner.evercam.http.connection import Hooks, WatchfulAdapter
from runner.evercam.http.dialing import Dialer
from runner.evercam.http.quoting import Secrets
from runner.evercam.http.waiting import Check, never

CONNECT_SECONDS = 30.0
"""To open a connection, and for each block sent on it to be taken by the network."""

READ_SECONDS = 60.0
"""To wait for an answer. A tus server may hold a HEAD back for 20 s while it frees a lock."""

TOO_MANY_REQUESTS = 429
"""The refusal that asks for patience: the same request may be granted later."""

_REQUEST_TIMEOUT = 408
_LONGEST_ANSWER = 64 * 1024
"""Bytes, unpacked; none of the answers we read has more than a few hundred."""

_LONGEST_WAIT = 1e9
"""Seconds; a longer Retry-After is no number to reckon with."""

_FAILURES = (OSError, ValueError, HTTPError, HTTPException)
"""Whatever the libraries, or the system below them, end a request with."""


class RequestFailedError(SitewalkError):
    """A request did not do what it was sent for."""


class RefusedError(RequestFailedError):
    """The server answered and did not do it: a 4xx, or a redirect, which is never followed."""

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
    """The request never left: no connection could be opened. `final` when trying again is vain."""

    def __init__(self, message: str, help_: str = "", *, final: bool = False) -> None:
        super().__init__(message, help_)
        self.final = final


class ProxyRefusedError(UnreachableError):
    """A proxy opens no way to the server; it would not for any other request either."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message, help_, final=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; of a body longer than any of Evercam's, only the beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    is_whole: bool = True

    @property
    def text(self) -> str:
        """The body for people to read."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body's value; raises ValueError when it is not the whole, or no JSON."""
        if not self.is_whole:
            raise ValueError("the answer is too long")
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("the answer is nested too deeply") from error


class NoAuth(AuthBase):
    """Sends no credentials; its presence keeps those of ~/.netrc out as well."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leave the request as it is."""
        return request


class BearerAuth(AuthBase):
    """Sends a bearer token; its presence keeps ~/.netrc from replacing it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the token into the request."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Session(requests.Session):
    """A session with a timeout on everything, that follows no redirect and trusts no ~/.netrc.

    Proxies and certificate bundles from the environment go on working. `check` is asked during each
    wait for the network, and may end it: by its own error, or, raising TimeoutError, as silence.
    `secrets` are struck out of what a server says; sessions that share a `dialer` share what it
    found out about addresses.
    """

    def __init__(
        self,
        check: Check = never,
        secrets: Secrets | None = None,
        dialer: Dialer | None = None,
    ) -> None:
        super().__init__()
        self.auth = NoAuth()
        self.secrets = secrets or Secrets()
        self.timeout = (CONNECT_SECONDS, READ_SECONDS)
        self._may_have_left = False
        hooks = Hooks(check, self._note_leaving, dialer or Dialer())
        self.mount("https://", WatchfulAdapter(hooks))
        self.mount("http://", WatchfulAdapter(hooks))
        self.headers["User-Agent"] = f"sitewalk/{VERSION}"
        self.verify = os.environ.get("SSL_CERT_FILE") or True  # after those that requests reads

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[requests.Response]:
        """Not even look where a redirect leads: requests would, and stumble over what is no place.

        It would also read the redirect's whole body, however long.
        """
        return iter(())

    def exchange(self, method: str, url: str, *, setting: str = "", **options: Any) -> Answer:
        """Send a request and return its 2xx answer; `setting` says where its address comes from.

        Raises:
            RefusedError: the server said no.
            UnknownOutcomeError: it may or may not have acted.
            UnreachableError: it never saw the request.
        """
        options.setdefault("timeout", self.timeout)
        host = urlsplit(url).hostname or ""
        if is_loopback(host):  # no proxy can reach it, and none shall see what goes there
            options.setdefault("proxies", {"no_proxy": host})
        self._may_have_left = False
        try:
            with self.request(
                method, url, allow_redirects=False, stream=True, **options
            ) as response:
                answer = _read(response)
        except _FAILURES as error:
            has_left = self._may_have_left
            raise explain_exception(error, _server(url, setting), has_left=has_left) from error
        if not _is_success(answer.status):
            raise explain_status(answer.status, answer.headers, answer.text, self.secrets)
        return answer

    def _note_leaving(self) -> None:
        self._may_have_left = True


def _is_success(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004 - the 2xx class, nothing else


def _read(response: requests.Response) -> Answer:
    """Take an answer from the network; leaving it unread closes its connection.

    A refusal is known by its status, also where its words are cut off: a server that refuses a body
    may reset the connection behind them.
    """
    body, is_whole = bytearray(), False
    try:
        for part in response.iter_content(_LONGEST_ANSWER):
            body += part
            if len(body) > _LONGEST_ANSWER:
                break
        else:
            is_whole = True
    except _FAILURES:
        if _is_success(response.status_code):
            raise
    headers = CaseInsensitiveDict({name: one.strip() for name, one in response.headers.items()})
    return Answer(response.status_code, headers, bytes(body), is_whole)


def explain_status(
    status: int, headers: Mapping[str, str], text: str, secrets: Secrets | None = None
) -> RequestFailedError:
    """What an answer other than 2xx means."""
    secrets = secrets or Secrets()
    after = _retry_after(headers)
    if 300 <= status < 400:  # noqa: PLR2004 - the 3xx class
        help_ = "redirects are not followed with credentials; check the configured address"
        target = secrets.strike(_host_of(headers.get("Location", "")))  # paths have ids
        return RefusedError(f"the server redirects ({status}) to {target}", status, help_)
    words = secrets.quoted(text)
    message = f"the server answered {status}{f': {words}' if words else ''}"
    if status >= 500 or status == _REQUEST_TIMEOUT or status < 200:  # noqa: PLR2004 - classes
        return UnknownOutcomeError(message, status, after=after)
    return RefusedError(message, status, after=after)


def _host_of(location: str) -> str:
    try:
        return urlsplit(location).netloc.rpartition("@")[2] or "another path"
    except ValueError:
        return "what is no address"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, also where the server names a moment: by its own clock, not by ours."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_WAIT)
    try:
        asked, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (asked - now).total_seconds())
    except (TypeError, ValueError, OverflowError):  # no moment, or one without a time zone
        return None


def _server(url: str, setting: str) -> str:
    """Scheme, host and port, and the setting to look at: an address's path may hold a tus id."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" + (f" ({setting})" if setting else "")


def explain_exception(
    error: Exception, server: str = "the server", *, has_left: bool = True
) -> RequestFailedError:
    """What a request to a server that ended without an answer means: never sent, or unknown.

    Without `has_left` no connection was open yet, whatever the error is; with it, its kind decides.
    """
    if isinstance(error, _UNUSABLE):
        text = _without_addresses(str(_cause(error)))
        message = f"the address of {server} is not usable: {text}"
        return UnreachableError(message, _CHECK_THE_PROXY, final=True)
    cause = _cause(error)
    is_proxys = isinstance(cause, ProxyError)
    opening = cause.original_error if isinstance(cause, ProxyError) else cause
    if has_left and not _is_of_opening(opening):
        return _broken_off(error, _without_addresses(str(cause)))
    return _not_opened(opening, f"{server} through the proxy" if is_proxys else server)


def _is_of_opening(cause: BaseException) -> bool:
    """Whether it is an error of a connection that was being opened, on which nothing was sent yet.

    Only its kind shows that. Words do not: OpenSSL says WRONG_VERSION_NUMBER also of an answer in
    clear to a request that arrived. Nor does ProxyError: urllib3 wraps in it whatever ends a
    connection through a proxy that is closed by then.
    """
    if isinstance(cause, SSLError) and cause.args:
        return isinstance(cause.args[0], ssl.SSLCertVerificationError)
    return isinstance(cause, (NewConnectionError, ConnectTimeoutError))


def _not_opened(cause: BaseException, server: str) -> UnreachableError:
    text = _without_addresses(str(cause))
    refused = _TUNNEL_REFUSED.search(text)
    if refused is not None:
        return _refused_by_proxy(cause, int(refused[1]), server.removesuffix(" through the proxy"))
    unusable = unusable_certificates(os.environ)
    if unusable is not None:
        return UnreachableError(str(unusable), unusable.help, final=True)
    if isinstance(cause, SSLError):
        told_of_time = "expired" in text or "not yet valid" in text
        help_ = _CHECK_THE_CLOCK if told_of_time else _TRUST_THE_INSPECTOR
        message = f"the certificate of {server} is not trusted: {text}"
        return UnreachableError(message, help_, final=True)
    if any(sign in text for sign in _NO_HANDSHAKE):
        help_ = "is something between here and there, such as a hotel's login page?"
        return UnreachableError(f"no encrypted connection to {server}: {text}", help_)
    if isinstance(cause, NameResolutionError):
        message = f"cannot reach {server}: its name cannot be looked up"
        return UnreachableError(message, "is the network up, and the name right?")
    told = "no answer in time" if type(cause) is ConnectTimeoutError else _reason(text)
    return UnreachableError(f"cannot reach {server}: {told}", "is the network up?")


def _refused_by_proxy(cause: BaseException, status: int, server: str) -> UnreachableError:
    connection = getattr(cause, "conn", None)
    proxy = f"{connection.host}:{connection.port}" if connection else "that HTTPS_PROXY names"
    if status >= 500 or status in _LATER:  # noqa: PLR2004 - the 5xx class
        message = f"cannot reach {server}: the proxy {proxy} answered {status}"
        return UnreachableError(message, "is the network up behind the proxy?")
    if status == _PROXY_LOGIN:
        return ProxyRefusedError(f"the proxy {proxy} wants a login ({status})", _LOG_IN_TO_PROXY)
    help_ = "ask whoever runs it to allow this, or set NO_PROXY where there is a direct way"
    return ProxyRefusedError(f"the proxy {proxy} refuses the way to {server} ({status})", help_)


def unusable_certificates(environment: Mapping[str, str]) -> UsageError | None:
    """What is wrong with the certificates that the environment names, if anything is."""
    name = next((name for name in _CERTIFICATES if environment.get(name)), None)
    if name is None:
        return None
    path = Path(environment[name])
    try:
        if path.is_dir():
            return None
        path.open("rb").close()  # OpenSSL's own words for what is missing name no cause
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (OSError, ValueError) as error:
        is_content = isinstance(error, ssl.SSLError)
        reason = "it holds no certificate in PEM form" if is_content else _strerror(error)
        message = f"{name} names {path}, which cannot be used: {reason}"
        return UsageError(message, f"correct {name}, or unset it to trust the usual authorities")
    return None


def _strerror(error: Exception) -> str:
    return _reason(getattr(error, "strerror", None) or str(error))


def _broken_off(error: Exception, text: str) -> UnknownOutcomeError:
    told = next((words for sign, words in _BROKEN.items() if sign in text), text)
    timed_out = isinstance(error, requests.Timeout)
    return UnknownOutcomeError(
        "no answer in time" if timed_out else f"the connection broke: {told}"
    )


_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Variables that name certificates to trust; the first that is set counts."""

_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d{3})")
_PROXY_LOGIN = 407
_LATER = {_REQUEST_TIMEOUT, TOO_MANY_REQUESTS}
_LOG_IN_TO_PROXY = (
    "set HTTPS_PROXY=http://name:password@proxy:port; a proxy that takes only NTLM or Kerberos"
    " needs a helper on this machine, such as px or cntlm"
)
_CHECK_THE_PROXY = "is it right, and the proxy that HTTPS_PROXY or ALL_PROXY names?"
_TRUST_THE_INSPECTOR = (
    "set REQUESTS_CA_BUNDLE to your organisation's certificates if it inspects traffic"
)
_CHECK_THE_CLOCK = "is this machine's clock right? If so, only the server's operator can renew it"

_UNUSABLE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidSchema,  # also a SOCKS proxy, without what it takes
)

_NO_HANDSHAKE = (
    "WRONG_VERSION_NUMBER",
    "HANDSHAKE_FAILURE",
    "UNSUPPORTED_PROTOCOL",
    "NO_PROTOCOLS",
)
"""What OpenSSL says where the other side, while a connection is opened, does not speak TLS."""

_SYSTEM_ERROR = re.compile(r"\[(?:Errno|WinError) -?\d+\] ")

_BROKEN = {
    "RemoteDisconnected": "the server closed it without an answer",
    "ConnectionResetError": "it was reset",
    "ConnectionAbortedError": "this machine gave it up",
    "TimeoutError": "no byte moved in time",
    "BadStatusLine": "what came back is no HTTP answer",
    "BrokenPipeError": "the server closed it while bytes were being sent",
    "InvalidChunkLength": "the answer's parts are not what HTTP allows",
    "non-negative": "the answer's parts are not what HTTP allows",
    "IncompleteRead": "the answer ended early",
    "Read timed out": "the answer did not come to its end in time",
}


def _cause(error: Exception) -> BaseException:
    """The library's own error inside the wrapping of its retries."""
    inner = error.args[0] if error.args else error
    if isinstance(inner, MaxRetryError) and inner.reason is not None:
        return inner.reason
    return inner if isinstance(inner, HTTPError) else error


def _reason(text: str) -> str:
    """What the system says, without the library's words before it: `connection refused`."""
    said = _SYSTEM_ERROR.split(text)[-1]
    return said[:1].lower() + said[1:]


def _without_addresses(text: str) -> str:
    """Addresses may hold tus ids, and object representations help nobody."""
    text = re.sub(r"<[^>]*>:? ?|\w*Connection(?:Pool)?\([^)]*\):? ?", "", text)
    text = re.sub(r"https?://\S+|\bwith url: \S+|url: \S+", "", text)
    return " ".join(text.split()) or "closed"
