"""The journal of a run: writes events to the ledger, keeps them, and tells listeners of each."""

import contextlib
from collections.abc import Callable

from runner.errors import LedgerError
from runner.ledger.events import Event
from runner.ledger.store import Journal

EventListener = Callable[[Event], None]
"""Told from several threads, one call at a time for each walkthrough."""


class RunJournal:
    """The ledger as one run writes it. `events` are the run's own, in the order they were kept."""

    def __init__(self, ledger: Journal, *listeners: EventListener) -> None:
        self._ledger = ledger
        self._listeners = listeners
        self.events: list[Event] = []

    def append(self, *events: Event) -> None:
        """Keep events; when this returns, a crash does not lose them. Raises LedgerError."""
        for event in events:
            self._ledger.append(event)
            self._keep(event)

    def close_with(self, *events: Event) -> None:
        """Keep the last words about something: the report has them even if the ledger is full."""
        for event in events:
            with contextlib.suppress(LedgerError):
                self._ledger.append(event)
            self._keep(event)

    def _keep(self, event: Event) -> None:
        self.events.append(event)
        for listener in self._listeners:
            listener(event)


def ignore_event(_event: Event) -> None:
    """A listener that does not listen."""
