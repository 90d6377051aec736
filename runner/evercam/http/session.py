"""Sessions: how requests leave the program, and the answers that come back."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from runner.base.destination import is_loopback
from runner.base.version import VERSION
from runner.evercam.http.connection import Hooks
from runner.evercam.http.dialing import Dialer
from runner.evercam.http.errors import explain_status
from runner.evercam.http.failures import explain_exception
from runner.evercam.http.pools import WatchfulAdapter
from runner.evercam.http.quoting import Secrets
from runner.evercam.http.waiting import Check, never

CONNECT_SECONDS = 30.0
"""To open a connection, and for each block sent on it to be taken by the network."""

READ_SECONDS = 60.0
"""To wait for an answer. A tus server may hold a HEAD back for 20 s while it frees a lock."""

_LONGEST_ANSWER = 64 * 1024
"""Bytes, unpacked; none of the answers we read has more than a few hundred."""

_FAILURES = (OSError, ValueError, HTTPError, HTTPException)
"""Whatever the libraries, or the system below them, end a request with."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer; of a body longer than any of Evercam's, only the beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    is_whole: bool = True

    @property
    def text(self) -> str:
        """The body as text for people to read."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body's value; raises ValueError when it is incomplete, or no JSON."""
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

    Proxies and certificate bundles from the environment still work. `check` is called during each
    wait for the network, and may end it by its own error or, with TimeoutError, as a timeout; it
    may be replaced between requests. `secrets` are struck out of what a server says. Sessions that
    share a `dialer` share what it learned about addresses.
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
        self.check = check
        self._ready: Callable[[], None] = never
        self._may_have_left = False
        hooks = Hooks(lambda: self.check(), self._leave, dialer or Dialer())  # noqa: PLW0108 - it is replaced
        self.mount("https://", WatchfulAdapter(hooks))
        self.mount("http://", WatchfulAdapter(hooks))
        self.headers["User-Agent"] = f"sitewalk/{VERSION}"
        self.verify = os.environ.get("SSL_CERT_FILE") or True  # after those that requests reads

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[requests.Response]:
        """Ignore redirects: requests would fail on one whose target is no address.

        It would also read the redirect's whole body, however long.
        """
        return iter(())

    def exchange(
        self,
        method: str,
        url: str,
        *,
        setting: str = "",
        ready: Callable[[], None] = never,
        **options: Any,
    ) -> Answer:
        """Send a request and return its 2xx answer; `setting` names where its address comes from.

        `ready` is called once a connection is open and nothing but the request is left to do, which
        then goes on that connection or not at all; what it raises keeps the request from leaving.
        Raises RefusedError when the server said no, UnknownOutcomeError when it may or may not
        have acted, and UnreachableError when it never saw the request.
        """
        options.setdefault("timeout", self.timeout)
        options.setdefault("proxies", _proxies(url))
        self._may_have_left, self._ready = False, ready
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

    def _leave(self) -> None:
        """Called before each part of a request leaves."""
        ready, self._ready = self._ready, never
        ready()
        self._may_have_left = True

    def open(self, url: str) -> None:
        """Open a connection for the next request to this server, unless one is open.

        Raises UnreachableError, and what the check raises.
        """
        adapter, proxies = self.get_adapter(url), _proxies(url)
        if not isinstance(adapter, WatchfulAdapter):
            return
        try:
            request = self.prepare_request(requests.Request("HEAD", url))
            settings = self.merge_environment_settings(url, proxies, True, None, None)
            adapter.open_ahead(request, settings["verify"], settings["proxies"], CONNECT_SECONDS)
        except _FAILURES as error:
            raise explain_exception(error, _server(url, ""), has_left=False) from error


def _proxies(url: str) -> dict[str, str]:
    """What is said of proxies: none can reach this machine, or shall see what goes there."""
    host = urlsplit(url).hostname or ""
    return {"no_proxy": host} if is_loopback(host) else {}


def _is_success(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004 - the 2xx class, nothing else


def _read(response: requests.Response) -> Answer:
    """Read an answer from the network; leaving it unread closes its connection.

    A refusal counts by its status even where its body is cut off: a server that refuses a request's
    body may reset the connection after its answer.
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
    headers = CaseInsensitiveDict({name: value.strip() for name, value in response.headers.items()})
    return Answer(response.status_code, headers, bytes(body), is_whole)


def _server(url: str, setting: str) -> str:
    """Scheme, host and port, and the setting to check; the path may hold a tus id."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" + (f" ({setting})" if setting else "")
