"""Dialing: opening a connection to whichever address of a host answers first (RFC 8305)."""

import contextlib
import errno
import itertools
import os
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from runner.evercam.http.congestion import Options

_HEAD_START = 0.25
"""Seconds that an address has before the next one is tried as well."""

_UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)}
_FAMILIES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}

Address = tuple[socket.AddressFamily, Any]


class Dialer:
    """Opens connections, and remembers for each host which kind of address answered.

    So a dead IPv6 address beside a good IPv4 one costs a quarter of a second, once; `tell` is
    called with a notice of it. `options` are set on every socket. Safe for several threads.
    """

    def __init__(
        self, tell: Callable[[str], None] = lambda _text: None, options: Options = ()
    ) -> None:
        self._tell = tell
        self._options = options
        self._worked: dict[str, socket.AddressFamily] = {}

    def dial(self, host: str, port: int, seconds: float | None, options: Options) -> socket.socket:
        """Connect a socket; raises the OSError of the last address, or TimeoutError."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        every = list(dict.fromkeys((entry[0], entry[4]) for entry in found))
        addresses = _in_turns(every, self._worked.get(host, every[0][0]))
        race = _Race(addresses, (*options, *self._options))
        sock = race.run(time.monotonic() + (float("inf") if seconds is None else seconds))
        if sock.family is not addresses[0][0] and sock.family in _FAMILIES:
            was = _FAMILIES.get(addresses[0][0], "its first address")
            self._tell(f"{host} does not answer over {was}; using {_FAMILIES[sock.family]}")
        self._worked[host] = sock.family
        sock.settimeout(seconds)
        return sock


def _in_turns(addresses: Sequence[Address], first: socket.AddressFamily) -> list[Address]:
    """Order addresses so that those of the first family and others take turns."""
    preferred = [address for address in addresses if address[0] is first]
    others = [address for address in addresses if address[0] is not first]
    pairs = itertools.zip_longest(preferred, others)
    return [address for pair in pairs for address in pair if address is not None]


class _Race:
    """Connects to several addresses, each a little after the last, until one answers."""

    def __init__(self, addresses: Sequence[Address], options: Options) -> None:
        self._waiting = list(addresses)
        self._options = options
        self._error: OSError = TimeoutError("no answer in time")
        self._selector = selectors.DefaultSelector()

    def run(self, end: float) -> socket.socket:
        """Return the first socket that is connected; all others are closed."""
        with contextlib.closing(self._selector):
            try:
                return self._first(end)
            finally:
                for key in list(self._selector.get_map().values()):
                    key.data.close()

    def _first(self, end: float) -> socket.socket:
        while self._waiting or self._selector.get_map():
            if self._waiting:
                self._start(*self._waiting.pop(0))
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            sock = self._answered(min(left, _HEAD_START) if self._waiting else left)
            if sock is not None:
                return sock
        raise self._error

    def _start(self, family: socket.AddressFamily, address: Any) -> None:
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:  # a machine without IPv6
            self._error = error
            return
        try:
            for option in self._options:
                sock.setsockopt(*option)
            sock.setblocking(False)
            self._judge(sock, sock.connect_ex(address))
        except OSError as error:
            sock.close()
            self._error = error

    def _judge(self, sock: socket.socket, code: int) -> None:
        if code not in _UNDER_WAY:
            raise OSError(code, os.strerror(code))
        self._selector.register(sock, selectors.EVENT_WRITE, sock)

    def _answered(self, seconds: float) -> socket.socket | None:
        """The socket that got connected within some seconds, or None; failed ones are closed."""
        wait = None if seconds == float("inf") else seconds
        for key, _ in self._selector.select(wait) if self._selector.get_map() else ():
            sock: socket.socket = key.data
            self._selector.unregister(sock)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not code:
                return sock
            sock.close()
            self._error = OSError(code, os.strerror(code))
        return None
