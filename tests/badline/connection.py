"""One connection over the line, from its opening to its end, orderly or by a fault."""

import asyncio
import contextlib
import os
import socket
import struct
import sys
import time
from dataclasses import dataclass

from tests.badline.faults import Cut, Direction, Fault, Garbage, HalfOpen, Stall
from tests.badline.lane import Lane
from tests.badline.pump import PeerResetError, Pump

if sys.platform == "linux":
    import fcntl
    import termios

HOST = "127.0.0.1"
# Small socket buffers, so that a byte the client got rid of is on the line and not in a kernel.
SOCKET_BUFFER = 256 * 1024
PEER_READS = 5.0  # seconds; a peer that reads nothing gets its reset then
AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)  # SO_LINGER: closing resets


@dataclass(frozen=True, slots=True)
class Passage:
    """What happened on one connection; times in seconds since the line was opened."""

    number: int
    opened: float
    taken_up: int  # bytes read from the client
    passed_up: int  # bytes handed to the server
    passed_down: int  # bytes handed to the client
    fault: Fault | None  # the one that struck
    struck: float | None
    over: bool  # no byte will move any more


class Connection:
    """One connection of a client, and the one to the server that belongs to it."""

    def __init__(
        self,
        number: int,
        client: socket.socket,
        server: socket.socket,
        lanes: tuple[Lane, Lane],
        fault: Fault | None,
    ) -> None:
        self._number = number
        self._client, self._server = client, server
        self._opened = time.monotonic()
        self._struck: tuple[Fault, float] | None = None
        self._strikes: asyncio.Queue[Fault] = asyncio.Queue()
        self._over = False
        up_fault = fault if fault is not None and fault.direction is Direction.UP else None
        down_fault = fault if fault is not None and fault.direction is Direction.DOWN else None
        self._up = Pump(client, server, lanes[0], up_fault, self.strike)
        self._down = Pump(server, client, lanes[1], down_fault, self.strike)

    def strike(self, fault: Fault) -> None:
        self._strikes.put_nowait(fault)

    def passage(self, line_opened: float) -> Passage:
        fault, at = self._struck or (None, None)
        return Passage(
            number=self._number,
            opened=self._opened - line_opened,
            taken_up=self._up.taken,
            passed_up=self._up.passed,
            passed_down=self._down.passed,
            fault=fault,
            struck=None if at is None else at - line_opened,
            over=self._over,
        )

    async def run(self, upstream_port: int) -> None:
        """Carry bytes until both sides have ended or a fault strikes."""
        try:
            if await self._open(upstream_port):
                await self._carry_until_struck()
        finally:
            self._over = True
            self._client.close()
            self._server.close()

    async def _open(self, upstream_port: int) -> bool:
        """Connect to the server after the time a TCP handshake takes on this line."""
        await asyncio.sleep(2 * self._up.lane.line.delay)
        try:
            await asyncio.get_running_loop().sock_connect(self._server, (HOST, upstream_port))
        except OSError:
            _reset(self._client)
            return False
        return True

    async def _carry_until_struck(self) -> None:
        carrying = asyncio.create_task(self._carry())
        striking = asyncio.create_task(self._strikes.get())
        both = {carrying, striking}
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            carrying.cancel()
            striking.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            self._up.drop()
            self._down.drop()
        if striking in done:
            await self._suffer(striking.result())
        else:
            carrying.result()

    async def _carry(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for pump, other in ((self._up, self._down), (self._down, self._up)):
                    group.create_task(pump.take())
                    group.create_task(pump.pass_on(other))
        except* PeerResetError:
            _reset(self._client)
            await _reset_behind_its_bytes(self._server)

    async def _suffer(self, fault: Fault) -> None:
        self._struck = (fault, time.monotonic())
        self._over = True
        match fault:
            case Cut(how="close"):
                await asyncio.gather(_close(self._client), _close(self._server))
            case Garbage():
                await _reset_behind_its_bytes(self._server)
                await _close(self._client, fault.reply)
            case HalfOpen(seen_by="client"):
                _reset(self._client)
                await _nothing()
            case HalfOpen(seen_by="server"):
                await _reset_behind_its_bytes(self._server)
                await _nothing()
            case Stall():
                await _nothing()
            case _:
                _reset(self._client)
                await _reset_behind_its_bytes(self._server)


def _reset(side: socket.socket) -> None:
    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    side.close()


async def _reset_behind_its_bytes(side: socket.socket) -> None:
    """Reset once the peer's kernel has what was passed: a reset discards what is still in ours."""
    deadline = time.monotonic() + PEER_READS
    while _unsent(side) and time.monotonic() < deadline:  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.001)
    _reset(side)


def _unsent(side: socket.socket) -> int:
    """Bytes in our kernel that the peer's has not acknowledged; 0 where it cannot be asked."""
    if sys.platform != "linux":
        return 0
    (count,) = struct.unpack("i", fcntl.ioctl(side, termios.TIOCOUTQ, bytes(4)))
    return int(count)


async def _close(side: socket.socket, last_words: bytes = b"") -> None:
    """End our half of the connection, then read on: closing with bytes unread would reset it."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError):
        await loop.sock_sendall(side, last_words)
        side.shutdown(socket.SHUT_WR)
        while await loop.sock_recv(side, SOCKET_BUFFER):
            pass


async def _nothing() -> None:
    """Keep the sockets open and still until the line itself goes."""
    await asyncio.Event().wait()
