"""Request bodies on their way from the connection to a step: counted, timed, interrupted."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive

from runner.sandbox.refusal import TusRefusal


class CountedBody:
    """A body whose bytes are counted as they are taken from the connection."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.received = 0

    async def __call__(self) -> Message:
        """The next part, counted."""
        message = await self._receive()
        self.received += len(message.get("body", b""))
        return message


class ImpatientBody:
    """A body that ends in a refusal once nothing has come for `seconds`."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._seconds = seconds

    async def __call__(self) -> Message:
        """The next part, in time."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._receive()
        except TimeoutError as error:
            late = "timeout while reading request body"
            raise TusRefusal(500, "ERR_READ_TIMEOUT", late) from error


class InterruptedBody:
    """A body of which `count` bytes pass; the rest follows after an interlude, if that returns."""

    def __init__(
        self, receive: Receive, count: int, interlude: Callable[[], Awaitable[None]]
    ) -> None:
        self._receive = receive
        self._left = count
        self._interlude: Callable[[], Awaitable[None]] | None = interlude
        self._rest: Message | None = None

    async def __call__(self) -> Message:
        """The next part, or the interlude first."""
        if self._left > 0:
            return self._first_part(await self._receive())
        if self._interlude is not None:
            interlude, self._interlude = self._interlude, None
            await interlude()
        rest, self._rest = self._rest, None
        return rest or await self._receive()

    def _first_part(self, message: Message) -> Message:
        body = message.get("body", b"")
        if len(body) < self._left:
            self._left -= len(body)
            return message
        first, rest = body[: self._left], body[self._left :]
        self._left = 0
        self._rest = {**message, "body": rest}
        return {**message, "body": first, "more_body": True}
