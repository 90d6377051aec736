"""The events of a walkthrough as a stream: each has the version after the one before it."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from runner.base.destination import Destination
from runner.ledger.events import UNVERSIONED, Event
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
        """The version of the last event."""
        return self._version

    def append(self, *events: Event) -> None:
        """Keep events as the next of their walkthrough. Raises OvertakenError, LedgerError."""
        with self._one_at_a_time:
            numbered = list(self._numbered(events))
            self._journal.append(*numbered)
            self._version = max(self._version, *(event.version or 0 for event in numbered))

    def _numbered(self, events: Iterable[Event]) -> Iterator[Event]:
        version = self._version
        for event in events:
            if event.kind in UNVERSIONED:
                yield event
            else:
                version += 1
                yield replace(event, version=version)


class Streams:
    """A journal of many walkthroughs, each of which goes on from the version that was read.

    `versions` go by destination and id; one that is missing has no events yet. Events of a run
    itself pass as they are. May be used from several threads.
    """

    def __init__(self, journal: Journal, versions: Mapping[tuple[Destination, str], int]) -> None:
        self._journal = journal
        self._versions = versions
        self._streams: dict[tuple[Destination, str], Stream] = {}
        self._one_at_a_time = threading.Lock()

    def append(self, *events: Event) -> None:
        """Keep events, those of a walkthrough at once. Raises OvertakenError, LedgerError."""
        for (destination, walkthrough), own in groupby(events, _key):
            journal = self._stream(destination, walkthrough) if walkthrough else self._journal
            journal.append(*own)

    def version(self, destination: Destination, walkthrough: str) -> int:
        """The version of the walkthrough's last event, as far as this journal knows."""
        return self._stream(destination, walkthrough).version

    def go_on_from(self, destination: Destination, walkthrough: str, version: int) -> None:
        """Append after this version from now on, as it was just read."""
        with self._one_at_a_time:
            self._streams[destination, walkthrough] = Stream(self._journal, version)

    def _stream(self, destination: Destination, walkthrough: str) -> Stream:
        key = destination, walkthrough
        with self._one_at_a_time:
            if key not in self._streams:
                self._streams[key] = Stream(self._journal, self._versions.get(key, 0))
            return self._streams[key]


def _key(event: Event) -> tuple[Destination, str]:
    return event.destination, event.walkthrough
