"""The journal of a run: events made durable, then passed to listeners."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from runner.base.errors import LedgerError
from runner.ledger.events import Event
from runner.ledger.store import Journal


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
class Off:
    """The timetable of the rate limit says `off`: nothing is sent until a moment."""

    walkthrough: str
    what: str
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Crashed:
    """Work ended on an error the program does not expect: its kind, and `where` in the program.

    For those who mend the program; no user is shown `where`.
    """

    walkthrough: str
    kind: str
    where: str


ProgressEvent = StepDone | BytesMoved | Retrying | Off | Crashed
ProgressListener = Callable[[ProgressEvent], None]
"""Told from several threads, also of recordings of one walkthrough at once."""


def ignore(_event: ProgressEvent) -> None:
    """A listener that does not listen."""


EventListener = Callable[[Event], None]
"""Told from several threads, one call at a time for each walkthrough."""


class RunJournal:
    """The ledger as one run writes it. `events` are the run's own, in the order they were kept.

    `unwritten` are those of them that the ledger did not take.
    """

    def __init__(self, ledger: Journal, *listeners: EventListener) -> None:
        self._ledger = ledger
        self._listeners = listeners
        self.events: list[Event] = []
        self.unwritten: list[Event] = []

    def append(self, *events: Event) -> None:
        """Keep events; when this returns, a crash does not lose them. Raises LedgerError."""
        self._ledger.append(*events)
        self.keep(*events)

    def close_with(self, *events: Event) -> None:
        """Keep the last words about something: the report has them even if the ledger is full."""
        try:
            self._ledger.append(*events)
        except LedgerError:
            self.unwritten.extend(events)
        self.keep(*events)

    def keep(self, *events: Event) -> None:
        """Take events of this run into its report that the ledger has, or cannot have."""
        for event in events:
            self.events.append(event)
            for listener in self._listeners:
                listener(event)
