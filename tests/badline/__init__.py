"""Own a bad line between a client and a server on this machine: slow, far, and cut at will."""

from tests.badline.connection import Passage
from tests.badline.faults import (
    Cut,
    Fault,
    Garbage,
    HalfOpen,
    Stall,
    Swallow,
    Way,
    random_faults,
)
from tests.badline.lane import Line
from tests.badline.proxy import BadLine

__all__ = [
    "BadLine",
    "Cut",
    "Fault",
    "Garbage",
    "HalfOpen",
    "Line",
    "Passage",
    "Stall",
    "Swallow",
    "Way",
    "random_faults",
]
