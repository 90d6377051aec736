"""Own the ledger as JSON lines: the form in which it is moved, kept and repaired."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator

from runner.errors import LedgerError
from runner.ledger.events import Event, Kind


def to_lines(events: Iterable[Event]) -> Iterator[str]:
    """Yield a line for each event. They hold tus addresses: keep them as private as the ledger."""
    for event in events:
        told = {
            "at": event.at.isoformat(),
            "run": event.run,
            "destination": event.destination,
            "walkthrough": event.walkthrough,
            "kind": str(event.kind),
            "recording": event.recording,
            "data": dict(event.data),
        }
        yield json.dumps(told, sort_keys=True, ensure_ascii=False)


def from_lines(lines: Iterable[str]) -> Iterator[Event]:
    """Read events back; raises LedgerError with the number of a line that is none."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _event(number, line)


def _event(number: int, line: str) -> Event:
    try:
        told = json.loads(line)
        told["at"] = dt.datetime.fromisoformat(told["at"])
        told["kind"] = Kind(told["kind"])
        return Event(**told)
    except (ValueError, KeyError, TypeError) as error:
        message = f"line {number} is no event of a ledger: {error}"
        raise LedgerError(message, "mend or remove that line") from error
