"""A bad line between a client and a server on this machine: slow, far, and cut at will."""

from tests.badline.connection import Passage
from tests.badline.faults import (
    Cut,
    Direction,
    Fault,
    Garbage,
    HalfOpen,
    Stall,
    Swallow,
    random_faults,
)
from tests.badline.lane import Line
from tests.badline.proxy import BadLine

__all__ = [
    "BadLine",
    "Cut",
    "Direction",
    "Fault",
    "Garbage",
    "HalfOpen",
    "Line",
    "Passage",
    "Stall",
    "Swallow",
    "random_faults",
]
