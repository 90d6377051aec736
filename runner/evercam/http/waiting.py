"""Waiting for the network in short parts, so that a request to stop is noticed at any time."""

import concurrent.futures
import contextlib
import io
import math
import select
import selectors
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

Check = Callable[[], None]
"""A function that raises when the wait shall end."""

READABLE, WRITABLE = selectors.EVENT_READ, selectors.EVENT_WRITE

_PART = 0.2
"""Seconds of one part; people who press Ctrl-C do not notice them."""

_LYING_THERE = 64 * 1024
"""Bytes of an answer that may be read after its time; none of Evercam's is longer."""


def never() -> None:
    """A check that ends no wait."""


def wait_for(sock: socket.socket, events: int, patience: float | None, check: Check) -> None:
    """Wait until a socket is ready for one of the events, at most `patience` seconds.

    Raises TimeoutError, and what the check raises.
    """
    left = float("inf") if patience is None else patience
    is_ready = _look(sock, events)
    check()  # a network that is always ready would never let it be asked below
    while not is_ready(min(left, _PART)):
        check()
        left -= _PART
        if left <= 0:
            raise TimeoutError("no byte moved in time")


def _look(sock: socket.socket, events: int) -> Callable[[float], bool]:
    """Whether a socket is ready for one of the events within some seconds, as a function.

    By poll where it exists: it needs no descriptor of its own, and takes those above 1023. The
    system's own, as each request waits here: a selector costs as much as its whole answer.
    """
    if sys.platform == "win32":
        reads, writes = [sock] * bool(events & READABLE), [sock] * bool(events & WRITABLE)
        return lambda seconds: any(select.select(reads, writes, writes, seconds))
    else:  # noqa: RET505 - or the type checker finds the rest out of reach there
        poll = select.poll()
        wanted = select.POLLIN * bool(events & READABLE) | select.POLLOUT * bool(events & WRITABLE)
        poll.register(sock, wanted)
        return lambda seconds: bool(poll.poll(math.ceil(seconds * 1000)))


def in_parts(call: Callable[[], None], check: Check, abandon: Callable[[], None]) -> None:
    """Run a call that may wait for long in a thread, and check meanwhile.

    Raises what the call or the check raises. If the check raises, the call goes on alone: when it
    ends, `abandon` undoes it; the process does not wait for that.
    """
    ended: concurrent.futures.Future[None] = concurrent.futures.Future()
    threading.Thread(target=_settle, args=(ended, call), name="waiting", daemon=True).start()
    try:
        while not _has_ended(ended, _PART):
            check()
    except BaseException:
        ended.add_done_callback(lambda _ended: abandon())
        raise
    ended.result()


def _has_ended(call: "concurrent.futures.Future[None]", seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        call.exception(seconds)
    return call.done()


def _settle(ended: "concurrent.futures.Future[None]", call: Callable[[], None]) -> None:
    try:
        call()
    except BaseException as error:  # noqa: BLE001 - handed on by the future, as executors do
        ended.set_exception(error)
    else:
        ended.set_result(None)


class Arriving(io.RawIOBase):
    """Some early bytes, then what a socket receives; `file` is the socket's, and closed with it.

    The socket's timeout limits each wait for more, and `seconds` from now all of them together.
    What lies in the socket is read before the time is judged: a machine that slept did not wait.
    """

    def __init__(
        self,
        early: bytes,
        sock: socket.socket,
        check: Check,
        file: io.BufferedReader,
        seconds: float,
    ) -> None:
        self._end = time.monotonic() + seconds
        self._late = 0
        self._early = memoryview(early)
        self._sock = sock
        self._check = check
        self._file = file

    def readable(self) -> bool:
        """Whether this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what is there; raises TimeoutError, and what the check raises."""
        if not self._early:
            return self._receive(buffer)
        into = memoryview(buffer)
        count = min(len(into), len(self._early))
        into[:count] = self._early[:count]
        self._early = self._early[count:]
        return count

    def _receive(self, buffer: Any) -> int:
        patience = self._sock.gettimeout()
        self._sock.settimeout(0)
        try:
            while True:
                try:
                    return self._in_time(self._sock.recv_into(buffer))
                except ssl.SSLWantWriteError:
                    wait_for(self._sock, WRITABLE, self._at_most(patience), self._check)
                except (BlockingIOError, ssl.SSLWantReadError):
                    wait_for(self._sock, READABLE, self._at_most(patience), self._check)
        finally:
            self._sock.settimeout(patience)

    def _in_time(self, count: int) -> int:
        """Accept bytes that are read late, as long as they may have arrived in time."""
        if time.monotonic() > self._end:
            self._late += count
        if self._late > _LYING_THERE:
            raise TimeoutError("no end of it in time")
        return count

    def _at_most(self, patience: float | None) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("no end of it in time")
        return left if patience is None else min(left, patience)

    def close(self) -> None:
        """Release the socket."""
        self._file.close()
        super().close()
