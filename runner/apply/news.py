"""Own the news of a run: what a progress display or a log is told while the work goes on."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Happened:
    """A step was taken; `step` is a word such as `created`, `detail` says more."""

    walkthrough: str
    step: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """A recording's bytes move: `offset` of `length` are there or on their way."""

    walkthrough: str
    recording: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request failed and is tried again after some seconds, and for `left` seconds at most."""

    walkthrough: str
    what: str
    seconds: float
    left: float
    reason: str


@dataclass(frozen=True, slots=True)
class Broke:
    """Work ended on an error the program does not expect: its kind, and `where` in the program.

    For those who mend the program, and for its log; no user is shown `where`.
    """

    walkthrough: str
    kind: str
    where: str


News = Happened | Sending | Waiting | Broke
Listener = Callable[[News], None]
"""Told from several threads, one call at a time for each walkthrough."""


def nobody(_news: News) -> None:
    """A listener that does not listen."""
