"""The ledger as JSON lines: the form in which it is moved, kept and repaired."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator

from runner.base.destination import Destination
from runner.base.errors import UsageError
from runner.ledger.events import Event, Kind
from runner.ledger.fold import step
from runner.ledger.state import NOTHING_KNOWN

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
"""Made once: `json.dumps` would make one for each event."""


def to_lines(events: Iterable[Event]) -> Iterator[str]:
    """Yield a line for each event. They hold tus addresses: keep them as private as the ledger."""
    for event in events:
        data = {
            "at": event.at.isoformat(),
            "run": event.run,
            "destination": str(event.destination),
            "walkthrough": event.walkthrough,
            "kind": str(event.kind),
            "recording": event.recording,
            "data": dict(event.data),
            "version": event.version,
            "id": event.id,
        }
        yield _ENCODER.encode(data)


def begins_an_export(text: str) -> bool:
    """Whether the first line that says something has the form of an event, sound or not."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    try:
        data = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.keys() >= _KEYS


_KEYS = {"at", "run", "destination", "walkthrough", "kind"}


def from_lines(text: str, source: str = "export") -> Iterator[Event]:
    """Read events back; raises UsageError with the source and number of a line that is none."""
    # Not splitlines(): names may hold what that takes for the end of a line.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _event(f"{source}, line {number},", line)


def _event(where: str, line: str) -> Event:
    try:
        data = json.loads(line)
        data["at"] = dt.datetime.fromisoformat(data["at"])
        data["kind"] = Kind(data["kind"])
        data["destination"] = _destination(data["destination"])
        event = Event(**data)
        require_sound(event)
    except DAMAGE as error:
        message = f"{where} is no event of a ledger: {in_words(error)}"
        raise UsageError(message, "mend or remove that line") from error
    return event


def _destination(text: object) -> Destination:
    _require_text(text)
    return Destination.parse(str(text))


_ID = re.compile(r"[0-9a-f]{32}")

DAMAGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""Errors raised by lines that somebody mended by hand, and wrongly."""


def require_sound(event: Event) -> None:
    """Raise one of DAMAGE for an event that a ledger could not keep, or not read back.

    A ledger is never mended in place: what it took in once would end every command that reads it.
    """
    for text in (event.run, str(event.destination), event.walkthrough, event.recording):
        _require_text(text)
    _require_data(event.data)
    if not isinstance(event.id, str) or (event.id and not _ID.fullmatch(event.id)):
        raise ValueError(f"{event.id!r} is no id of an event")
    if event.version is not None and (not isinstance(event.version, int) or event.version < 1):
        raise ValueError(f"{event.version!r} is no version")
    if event.at.tzinfo is None:
        raise ValueError("its time has no time zone")
    step(NOTHING_KNOWN, event)


_NUMBERS = ("retries", "bytes", "seconds")
_NUMBERS_OR_NONE = ("upload_id", "offset", "length", "checked", "status", "exit_status")
_TEXTS = ("reason", "refused", "url")


def _require_data(data: object) -> None:
    """Require what all readers of events count on; results of runs are checked when read."""
    if not isinstance(data, dict):
        raise TypeError("`data` is no mapping")
    json.dumps(data, allow_nan=False)
    for key in (*_NUMBERS, *_NUMBERS_OR_NONE):
        value = data.get(key, 0)
        may_be_none = key in _NUMBERS_OR_NONE and value is None
        if not may_be_none and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise TypeError(f"`{key}` is no number")
    for key in _TEXTS:
        if not isinstance(data.get(key, ""), str | None):
            raise TypeError(f"`{key}` is not text")
    recordings = data.get("recordings", {})
    if not isinstance(recordings, dict) or not all(isinstance(x, str) for x in recordings.values()):
        raise TypeError("`recordings` is no mapping of texts")


def _require_text(text: object) -> None:
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not text")
    text.encode("utf-8")  # which half a character, such as `\\ud800`, is not


def in_words(error: Exception) -> str:
    """One of DAMAGE for people."""
    return f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
