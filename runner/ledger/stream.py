"""The events of one walkthrough as a stream: each has the version after the one before it."""

import threading
from dataclasses import replace

from runner.ledger.events import Event, Kind
from runner.ledger.store import Journal


class Stream:
    """A journal of one walkthrough, which goes on from a version that was read.

    Whoever writes a version first goes on; the other's append raises OvertakenError, before it
    sends what the event says. May be used from several threads.
    """

    def __init__(self, journal: Journal, version: int) -> None:
        self._journal = journal
        self._version = version
        self._one_at_a_time = threading.Lock()

    @property
    def version(self) -> int:
        """That of the last event."""
        return self._version

    def append(self, event: Event) -> None:
        """Keep the event as the next of its walkthrough. Raises OvertakenError, LedgerError."""
        if event.kind is Kind.STRAY:
            self._journal.append(event)
            return
        with self._one_at_a_time:
            self._journal.append(replace(event, version=self._version + 1))
            self._version += 1
