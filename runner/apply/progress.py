"""Progress of a run while it goes on: what a display is told of steps, bytes, waits and crashes."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step was taken; `step` is a word such as `created`, `detail` says more."""

    walkthrough: str
    step: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BytesMoved:
    """A recording's bytes move: `offset` of `length` are there or on their way."""

    walkthrough: str
    recording: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Retrying:
    """A request failed and is tried again after some seconds, and for `left` seconds at most."""

    walkthrough: str
    what: str
    seconds: float
    left: float
    reason: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """Work ended on an error the program does not expect: its kind, and `where` in the program.

    For those who mend the program; no user is shown `where`.
    """

    walkthrough: str
    kind: str
    where: str


ProgressEvent = StepDone | BytesMoved | Retrying | Crashed
ProgressListener = Callable[[ProgressEvent], None]
"""Told from several threads, one call at a time for each walkthrough."""


def ignore(_event: ProgressEvent) -> None:
    """A listener that does not listen."""
