"""Failures of requests that ended without an answer: what the libraries' exceptions mean."""

import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

from runner.base.errors import UsageError
from runner.evercam.http.errors import (
    REQUEST_TIMEOUT,
    TOO_MANY_REQUESTS,
    ProxyRefusedError,
    RequestFailedError,
    UnknownOutcomeError,
    UnreachableError,
)


def explain_exception(
    error: Exception, server: str = "the server", *, has_left: bool = True
) -> RequestFailedError:
    """The error that an exception means which ended a request: unreachable, or unknown.

    Without `has_left` no connection was open yet, whatever the exception is; with it, its kind
    decides.
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
    """Whether an error comes from opening a connection, when nothing was sent on it yet.

    Only its kind shows that. Its words do not: OpenSSL says WRONG_VERSION_NUMBER also for a plain
    text answer to a request that arrived. Nor does ProxyError, in which urllib3 wraps whatever ends
    a connection through a proxy that is closed by then.
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
        is_about_time = "expired" in text or "not yet valid" in text
        help_ = _CHECK_THE_CLOCK if is_about_time else _TRUST_THE_INSPECTOR
        message = f"the certificate of {server} is not trusted: {text}"
        return UnreachableError(message, help_, final=True)
    if any(sign in text for sign in _NO_HANDSHAKE):
        help_ = "is something between here and there, such as a hotel's login page?"
        return UnreachableError(f"no encrypted connection to {server}: {text}", help_)
    if isinstance(cause, NameResolutionError):
        message = f"cannot reach {server}: its name cannot be looked up"
        return UnreachableError(message, "is the network up, and the name right?")
    reason = "no answer in time" if type(cause) is ConnectTimeoutError else _reason(text)
    return UnreachableError(f"cannot reach {server}: {reason}", "is the network up?")


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
    """The error in the certificates that the environment names; None when they can be used."""
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
    reason = next((words for sign, words in _BROKEN.items() if sign in text), text)
    timed_out = isinstance(error, requests.Timeout)
    return UnknownOutcomeError(
        "no answer in time" if timed_out else f"the connection broke: {reason}"
    )


_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Variables that name certificates to trust; the first that is set counts."""

_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d{3})")
_PROXY_LOGIN = 407
_LATER = {REQUEST_TIMEOUT, TOO_MANY_REQUESTS}
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
"""OpenSSL's words when the other side does not speak TLS while a connection is opened."""

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
    """The library's own error inside the error that wraps it for retries."""
    inner = error.args[0] if error.args else error
    if isinstance(inner, MaxRetryError) and inner.reason is not None:
        return inner.reason
    return inner if isinstance(inner, HTTPError) else error


def _reason(text: str) -> str:
    """The system's words, such as `connection refused`, without the library's before them."""
    words = _SYSTEM_ERROR.split(text)[-1]
    return words[:1].lower() + words[1:]


def _without_addresses(text: str) -> str:
    """Strip addresses, which may hold tus ids, and object representations, which help nobody."""
    text = re.sub(r"<[^>]*>:? ?|\w*Connection(?:Pool)?\([^)]*\):? ?", "", text)
    text = re.sub(r"https?://\S+|\bwith url: \S+|url: \S+", "", text)
    return " ".join(text.split()) or "closed"
