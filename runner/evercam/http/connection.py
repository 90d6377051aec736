"""Connections that notice an answer, or a stall, while they send a request."""

import errno
import http.client
import io
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.response import HTTPResponse

from runner.evercam.http.dialing import Dialer
from runner.evercam.http.waiting import (
    READABLE,
    WRITABLE,
    Arriving,
    Check,
    in_parts,
    never,
    wait_for,
)

_STATUS_LINE = len(b"HTTP/1.1 204")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1.*?\r\n\r\n", re.DOTALL)
_LOOK = 4096

_MOST_INTERIM = 200
"""Interim answers to one request; a server that says 102 every few seconds needs far fewer."""

_LONGEST_INTERIM = 64 * 1024
_SWITCHING_PROTOCOLS = 101

_ANSWER_SECONDS = 120.0
"""For an answer as a whole: one that comes at a byte a minute would never count as a stall."""

_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a connection calls: a check while it waits, a note before it sends, and a dialer.

    `on_open` is called before a request's first byte is sent on an open connection. So it tells
    requests that never left from those that may have arrived. Through a SOCKS proxy it is called
    earlier.
    """

    check: Check = never
    on_open: Callable[[], None] = never
    dialer: Dialer = field(default_factory=Dialer)


NO_HOOKS = Hooks()


class WatchfulConnection(HTTPConnection):
    """A connection that looks for an answer before each block of a body, and while one is stuck.

    A server that refuses a PATCH says so at its beginning. Behind a proxy, a client that only
    writes never reads the refusal: it sends for as long as the proxy listens, and then sees a
    broken connection. Nor does it notice a server that answers and merely stops reading.

    A readable socket is not an answer yet: a TLS server sends session tickets at any time, and HTTP
    has interim answers. So this reads without waiting, and hands what it read to the response
    later. The socket's timeout limits each wait for the network, but not the body as a whole. Every
    wait is in short parts, with a `check` between them that may end it.
    """

    hooks = NO_HOOKS
    _early = b""
    _interim = 0
    _cut_short = False
    _is_connecting = False

    def connect(self) -> None:
        """Open the connection, with nothing read from it yet; nothing is sent before it is open.

        Whatever fails here, including a proxy's answer or a handshake, raises urllib3's errors of
        connecting, so that no later failure can be taken for one of these; a certificate that is
        not trusted raises its own error. Raises the check's errors, too.
        """
        self._early, self._interim, self._cut_short = b"", 0, False
        self._is_connecting = True
        # Looking up a name, a proxy's words and a handshake cannot be waited for in parts.
        try:
            in_parts(super().connect, self.hooks.check, abandon=self.close)
        except ssl.SSLCertVerificationError:
            raise
        except TimeoutError as error:
            raise ConnectTimeoutError(self, str(error)) from error
        except (OSError, http.client.HTTPException) as error:
            raise NewConnectionError(self, str(error)) from error
        finally:
            self._is_connecting = False

    @property
    def is_connected(self) -> bool:
        """Whether it is open still; a session ticket that lies in the socket does not end it."""
        sock: object = self.sock
        if not isinstance(sock, socket.socket):
            return bool(super().is_connected)
        patience = sock.gettimeout()
        sock.settimeout(0)
        try:
            sock.recv(1)
        except _WOULD_BLOCK:
            return True
        except OSError:
            return False
        finally:
            sock.settimeout(patience)
        return False  # it was closed, or says what nobody asked for

    def _new_conn(self) -> socket.socket:
        """Connect a socket to whichever address of the host answers first."""
        seconds = self.timeout if isinstance(self.timeout, int | float) else None
        options: Any = self.socket_options or ()
        try:
            return self.hooks.dialer.dial(self._dns_host, self.port, seconds, options)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, str(error)) from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error

    def send(self, data: Any) -> None:
        """Send bytes; a block of a streamed body (a memoryview) is sent watchfully.

        Raises BrokenPipeError when the server has answered: urllib3 then reads the answer.
        """
        if not self._is_connecting:  # opening a proxy's tunnel is no request yet
            if self.sock is None:
                self.connect()
            self.hooks.on_open()
        sock: object = self.sock
        if not isinstance(data, memoryview) or not isinstance(sock, socket.socket):
            super().send(data)  # TLS within TLS cannot send without waiting
            return
        patience = sock.gettimeout()
        sock.settimeout(0)
        try:
            self._send_block(sock, data, patience)
        finally:
            sock.settimeout(patience)

    def _send_block(self, sock: socket.socket, block: memoryview, patience: float | None) -> None:
        self._stop_if_answered(sock)
        while block:
            try:
                block = block[sock.send(block) :]
            except _WOULD_BLOCK:
                wait_for(sock, READABLE | WRITABLE, patience, self.hooks.check)
                self._stop_if_answered(sock)

    def _stop_if_answered(self, sock: socket.socket) -> None:
        try:
            read = sock.recv(_LOOK)
        except _WOULD_BLOCK:
            return
        self._early += read
        while interim := _INTERIM.match(self._early):
            self._early = self._early[interim.end() :]
            self._interim += 1
        if self._interim > _MOST_INTERIM or len(self._early) > _LONGEST_INTERIM:
            raise http.client.HTTPException(_NO_END_OF_INTERIM)
        if not read or (len(self._early) >= _STATUS_LINE and not _is_interim(self._early)):
            self._cut_short = True
            raise BrokenPipeError(errno.EPIPE, "the server answered before the body was sent")

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 does
        """Read the answer; a connection whose body was cut short is closed after it."""
        early, self._early = self._early, b""
        sock: object = self.sock
        if isinstance(sock, socket.socket):
            answer_class: Any = partial(_Response, early, self.hooks.check)
            self.response_class = answer_class
        try:
            answer = super().getresponse()
        finally:
            self.__dict__.pop("response_class", None)  # its early bytes are those of one answer
        if self._cut_short and self.sock is not None:
            # Not close(), which would close the answer as well.
            sock, self.sock = self.sock, None
            sock.close()
        return answer


class WatchfulTLSConnection(WatchfulConnection, HTTPSConnection):
    """The same over TLS."""


_NO_END_OF_INTERIM = "nothing but interim answers came"


def _is_interim_status(status: int) -> bool:
    return 100 <= status < 200 and status != _SWITCHING_PROTOCOLS  # noqa: PLR2004 - the 1xx class


def _is_interim(early: bytes) -> bool:
    return early[:10] in {b"HTTP/1.1 1", b"HTTP/1.0 1"}


class _Response(http.client.HTTPResponse):
    """An answer whose first bytes may have been read from the socket already.

    Interim answers before it are skipped: `http.client` knows only 100.
    """

    def __init__(
        self, early: bytes, check: Check, sock: socket.socket, *args: Any, **options: Any
    ) -> None:
        super().__init__(sock, *args, **options)
        arriving = Arriving(early, sock, check, self.fp, _ANSWER_SECONDS)
        self.fp = io.BufferedReader(arriving)
        self._check = check

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the answer proper; raises HTTPException when there is none."""
        for _ in range(_MOST_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc] # not in its stub
            if not _is_interim_status(status):
                return version, status, reason
            http.client.parse_headers(self.fp)
            self._check()
        raise http.client.HTTPException(_NO_END_OF_INTERIM)
