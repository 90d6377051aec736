"""The proxy that stands for the line: its port, its thread, and the log of its connections."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.badline.connection import HOST, SOCKET_BUFFER, Connection, Passage
from tests.badline.faults import Fault
from tests.badline.lane import Lane, Line


class BadLine:
    """A TCP proxy on a loopback port; every new connection draws the next fault."""

    def __init__(
        self, upstream_port: int, line: Line | None = None, faults: Iterable[Fault] = ()
    ) -> None:
        self._upstream_port = upstream_port
        self._faults = iter(faults)
        self._up, self._down = Lane(line or Line()), Lane(line or Line())
        self._connections: list[Connection] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server((HOST, 0), backlog=128)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._opened = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._serving = self._loop.create_task(self._serve())
        self._thread = threading.Thread(target=self._run, name="bad line")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._soon(self._serving.cancel)
        self._thread.join()

    def through(self, url: str) -> str:
        """The same URL by way of this line."""
        return urlsplit(url)._replace(netloc=f"{HOST}:{self.port}").geturl()

    def change(self, line: Line) -> None:
        """Let bytes that are taken from now on travel on another line."""
        self._soon(lambda: self._set_line(line))

    def strike(self, fault: Fault) -> None:
        """Strike all open connections now, whatever they have carried."""
        self._soon(lambda: self._strike(fault))

    @property
    def passages(self) -> list[Passage]:
        """Every connection so far, in the order they were opened."""
        return [connection.passage(self._opened) for connection in list(self._connections)]

    @property
    def taken_up(self) -> int:
        """Bytes read from all clients."""
        return sum(passage.taken_up for passage in self.passages)

    @property
    def passed_up(self) -> int:
        """Bytes handed to the server."""
        return sum(passage.passed_up for passage in self.passages)

    @property
    def passed_down(self) -> int:
        """Bytes handed to all clients."""
        return sum(passage.passed_down for passage in self.passages)

    @property
    def struck(self) -> list[Fault]:
        """The faults that struck, in the order their connections were opened."""
        return [passage.fault for passage in self.passages if passage.fault is not None]

    def _soon(self, call: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(call)

    def _set_line(self, line: Line) -> None:
        self._up.line = self._down.line = line

    def _strike(self, fault: Fault) -> None:
        for connection in self._connections:
            connection.strike(fault)

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._serving)
        self._loop.close()

    async def _serve(self) -> None:
        with self._listener:
            async with asyncio.TaskGroup() as group:
                while True:
                    client, _ = await self._loop.sock_accept(self._listener)
                    connection = self._connect(client)
                    self._connections.append(connection)
                    group.create_task(connection.run(self._upstream_port))

    def _connect(self, client: socket.socket) -> Connection:
        server = socket.socket()
        server.setblocking(False)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER)
        for side in (client, server):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fault = next(self._faults, None)
        return Connection(len(self._connections), client, server, (self._up, self._down), fault)
