"""One direction of a connection: take from one socket, keep under way, hand to the other."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.badline.faults import Fault
from tests.badline.lane import Lane


class PeerResetError(Exception):
    """One side reset the connection, and the line has carried that to the other."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is under way: bytes, or (empty) the sender's end of the connection."""

    arrives: float
    data: bytes
    reset: bool = False


@dataclass
class Pump:
    """Counts bytes: taken from the source, passed to the sink."""

    source: socket.socket
    sink: socket.socket
    lane: Lane
    fault: Fault | None
    strike: Callable[[Fault], None]
    taken: int = 0
    passed: int = 0
    source_broken: bool = False
    _arrived: int = 0
    _under_way: deque[Parcel] = field(default_factory=deque)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self) -> None:
        """Put what the source sends on the line until it ends."""
        loop = asyncio.get_running_loop()
        parcel = Parcel(0, b"-")
        while parcel.data:
            await self._until(lambda: self.taken - self._arrived < self.lane.line.window)
            size = await self.lane.turn()
            try:
                data = await loop.sock_recv(self.source, size)
                reset = self.source_broken
            except OSError:
                data, reset = b"", True
            self.taken += len(data)
            parcel = Parcel(self.lane.carry(len(data)), data, reset)
            self._under_way.append(parcel)
            self._moved.set()

    async def pass_on(self, other: "Pump") -> None:
        """Hand over what arrives; `other` is the pump that reads from our sink."""
        try:
            while (parcel := await self._next()).data:
                await self._hand_over(parcel.data)
            if parcel.reset:
                raise PeerResetError
            self.sink.shutdown(socket.SHUT_WR)
        except OSError:
            # The sink is gone. Its last words may still be on their way to the other side,
            # and the end that follows them was no orderly one.
            other.source_broken = True

    def drop(self) -> None:
        """Let go of what is under way; the counts stay for the log."""
        self._under_way.clear()

    async def _next(self) -> Parcel:
        await self._until(lambda: bool(self._under_way))
        parcel = self._under_way.popleft()
        await asyncio.sleep(parcel.arrives - asyncio.get_running_loop().time())
        return parcel

    async def _hand_over(self, data: bytes) -> None:
        fault = self.fault
        wanted = data if fault is None else data[: max(0, fault.after - self._arrived)]
        await asyncio.get_running_loop().sock_sendall(self.sink, wanted)
        self.passed += len(wanted)
        self._arrived += len(data)
        self._moved.set()
        if fault is not None and self._arrived > fault.after + max(0, fault.lost - 1):
            self.strike(fault)
            await asyncio.Event().wait()  # until the connection cancels its pumps

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._moved.clear()
            await self._moved.wait()
