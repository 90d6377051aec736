"""Own the ledger as JSON lines: the form in which it is moved, kept and repaired."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator

from runner.errors import UsageError
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


def from_lines(text: str, source: str = "export") -> Iterator[Event]:
    """Read events back; raises UsageError with the source and number of a line that is none."""
    # Not splitlines(): names may hold what that takes for the end of a line.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _event(f"{source}, line {number},", line)


def _event(where: str, line: str) -> Event:
    try:
        told = json.loads(line)
        told["at"] = dt.datetime.fromisoformat(told["at"])
        told["kind"] = Kind(told["kind"])
        return Event(**told)
    except (ValueError, KeyError, TypeError) as error:
        message = f"{where} is no event of a ledger: {error}"
        raise UsageError(message, "mend or remove that line") from error
