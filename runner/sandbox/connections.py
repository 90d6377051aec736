"""Open connections: dropping them, closing them gracefully, pausing on them."""

import asyncio
from contextlib import suppress
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

LINGER: Final = 0.5
"""Seconds between a refusal and the end of its connection, as in Go's HTTP server: ending it with
unread bytes on the way would reset the connection, and the refusal would be lost."""


class Connections:
    """The connections of one running server, and whether it is about to stop."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self.server_state = ServerState()

    def drop(self, request: Request) -> None:
        """End a request's connection at once, without an answer."""
        for connection in self._open():
            if connection.client == request.client:
                connection.transport.abort()

    async def stop(self) -> None:
        """End every pause, and return when no connection is half accepted.

        A listener that is closed while asyncio accepts a connection leaks that socket, so close
        the listeners before anything else is awaited.
        """
        self._stopping.set()
        while unready := asyncio.all_tasks() - self.server_state.tasks - {asyncio.current_task()}:
            await asyncio.wait(unready)

    async def cut(self) -> None:
        """End every connection, and let their requests notice."""
        for connection in self._open():
            connection.transport.abort()
        await asyncio.gather(*self.server_state.tasks)

    async def pause(self, seconds: float | None) -> bool:
        """Wait some seconds (None: for ever); True if the server began to stop, which ends it."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    def _open(self) -> list[H11Protocol]:
        connections = self.server_state.connections
        return [connection for connection in connections if isinstance(connection, H11Protocol)]


class Drop(Response):
    """No answer: the connection ends."""

    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """End the connection and wait until its server has noticed."""
        del send
        self._connections.drop(Request(scope))
        while (await receive())["type"] != "http.disconnect":
            pass


class Closing(Response):
    """An answer given before the whole body was read; no more of the body is read after it."""

    def __init__(self, answer: Response, connections: Connections) -> None:
        super().__init__(answer.body, answer.status_code, dict(answer.headers))
        self.headers["Connection"] = "close"
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, linger, close."""
        del scope, receive
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": bytes(self.body), "more_body": True})
        await self._connections.pause(LINGER)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
