"""Own a recording's identity: its length and the sha256 of its first and last 64 KiB."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

EDGE = 64 * 1024
"""Bytes read at each end: camera, clock and index of a recording stand there."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two files the same recording for planning, wherever they lie."""

    length: int
    edges_sha256: str

    def __str__(self) -> str:
        return f"{self.length}-{self.edges_sha256}"

    @classmethod
    def parse(cls, text: str) -> "Identity":
        """Read an identity back from its text."""
        length, _, digest = text.partition("-")
        return cls(int(length), digest)


def identify(file: BinaryIO, length: int) -> Identity:
    """The identity of an open file of `length` bytes; moves its position."""
    digest = hashlib.sha256()
    file.seek(0)
    digest.update(file.read(EDGE))
    if length > EDGE:
        file.seek(max(EDGE, length - EDGE))
        digest.update(file.read(EDGE))
    return Identity(length, digest.hexdigest())
