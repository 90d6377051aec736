"""Destinations: the key under which a ledger keeps its walks; and which host is this machine."""

import ipaddress
from dataclasses import dataclass
from typing import Self

_BETWEEN = "/360/"


@dataclass(frozen=True, slots=True, order=True)
class Destination:
    """A project at an ingest address; upload objects are numbered by the latter."""

    ingest: str
    project: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str()` wrote. Raises ValueError when it is no destination."""
        ingest, between, project = text.rpartition(_BETWEEN)
        if not between:
            raise ValueError(f"`{text}` is no destination, which is INGEST{_BETWEEN}PROJECT")
        return cls(ingest, project)

    def __str__(self) -> str:
        return f"{self.ingest}{_BETWEEN}{self.project}"


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
