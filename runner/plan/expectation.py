"""Own how long sending is expected to take: at the speed of the last run, or at one given."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from runner.ledger.events import Event, Kind
from runner.units import speed

_TELLING = 1_000_000
"""Bytes; a run that sent less says more about round trips than about the line."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A speed in bytes a second; `measured` is the day of the run it comes from."""

    per_second: float
    measured: dt.date | None = None

    def seconds(self, count: int) -> float:
        """How long so many bytes take."""
        return count / self.per_second

    def __str__(self) -> str:
        if self.measured is None:
            return speed(self.per_second)
        return f"{speed(self.per_second)}, the speed of the run of {self.measured}"


def last_speed(events: Iterable[Event]) -> Expectation | None:
    """What the last run that sent something measured, from the events of one destination."""
    found = None
    for event in events:
        if event.kind is Kind.RUN_ENDED:
            found = _measured(event) or found
    return found


def _measured(event: Event) -> Expectation | None:
    count, seconds = event.data.get("bytes", 0), event.data.get("seconds", 0)
    if count < _TELLING or seconds <= 0:
        return None
    return Expectation(count / seconds, event.at.astimezone().date())
