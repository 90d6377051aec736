"""A ledger in memory for one recording: what its upload writes, and what is known from it."""

import datetime as dt
from typing import Any

from runner.base.destination import Destination
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.ledger.state import NOTHING_KNOWN, RecordingState

_DESTINATION = Destination("https://place", "evercam")
_AT = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)


class Journal:
    """What an upload writes down."""

    def __init__(self) -> None:
        self.lines: list[tuple[Kind, dict[str, Any]]] = []

    def __call__(self, kind: Kind, **data: Any) -> None:
        """Keep an event, as the engine's `Record` does."""
        self.lines.append((kind, data))

    @property
    def kinds(self) -> list[Kind]:
        """The events' kinds, in order."""
        return [kind for kind, _ in self.lines]

    @property
    def known(self) -> RecordingState | None:
        """What a ledger with these events knows of the recording."""
        events = [
            Event(_AT, "run", _DESTINATION, "one", kind, "it", data) for kind, data in self.lines
        ]
        return fold(events).get("one", NOTHING_KNOWN).recordings.get("it")
