"""The faults that a connection can meet, and a repeatable random schedule of them for a soak."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Direction(Enum):
    """The two directions of a connection."""

    UP = "from the client to the server"
    DOWN = "from the server to the client"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A fault, which strikes once `after` bytes went in `direction` and one more arrives.

    So Cut(after=0, way=Way.DOWN) loses the reply to a request that arrived whole.
    """

    after: int = 0
    direction: Direction = Direction.UP

    @property
    def lost(self) -> int:
        """Bytes that the line takes and never delivers before the fault shows."""
        return 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut(Fault):
    """Both sides see the connection end: by a reset, or as if the other had closed it."""

    how: Literal["reset", "close"] = "reset"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stall(Fault):
    """Nothing moves any more, and neither side sees an end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HalfOpen(Fault):
    """One side sees a reset; the other keeps a connection on which nothing moves."""

    seen_by: Literal["client", "server"] = "client"


@dataclass(frozen=True, kw_only=True, slots=True)
class Garbage(Fault):
    """The client reads something that no server sent, then the end of the connection."""

    reply: bytes = b"\x16\x03\x01<html>Please log in to the site WLAN</html>\r\n\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Swallow(Fault):
    """The line takes `length` more bytes, which the server never gets, and then resets.

    The client has to send them a second time.
    """

    length: int = 65_536

    @property
    def lost(self) -> int:
        return self.length


def random_faults(seed: int, *, largest: int) -> Iterator[Fault]:
    """Faults without end, the same for the same seed, each within the first `largest` bytes."""
    # A repeatable schedule is the point; nothing here is a secret.
    draw = random.Random(seed)  # noqa: S311
    while True:
        after = draw.randrange(largest)
        yield draw.choice(
            (
                Cut(after=after),
                Cut(after=after, how="close"),
                Cut(after=after % 200, direction=Direction.DOWN),
                Stall(after=after),
                HalfOpen(after=after, seen_by="client"),
                HalfOpen(after=after, seen_by="server"),
                Garbage(after=after),
                Garbage(direction=Direction.DOWN),
                Swallow(after=after, length=1 + after % 65_536),
            )
        )
