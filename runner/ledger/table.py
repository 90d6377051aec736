"""The form in which an event is a row, and the statements that write and read rows."""

import datetime as dt
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from runner.base.destination import Destination
from runner.ledger.database import Row
from runner.ledger.events import Entry, Event, Kind

FORMAT = 2
"""The version of the tables that this program writes."""

WRITTEN = "destination, walkthrough, version, event_id, at, run, recording, kind, data, plan"
INSERT = f"INSERT INTO events ({WRITTEN}) VALUES ({', '.join('?' * 10)}) ON CONFLICT DO NOTHING"
"""Leaves a taken version or id as it is; the caller reads back what was kept."""

ROWS_AT_ONCE = 90
"""A statement of SQLite's has at least 999 parameters, and a row takes ten."""


def insert_rows(count: int) -> str:
    """The statement that writes some rows, all of them new."""
    row = f"({', '.join('?' * 10)})"
    return f"INSERT INTO events ({WRITTEN}) VALUES {', '.join([row] * count)}"


COLUMNS = "seq, destination, walkthrough, version, event_id, at, run, recording, kind, data"
BY_ID = f"SELECT {COLUMNS} FROM events WHERE event_id = ?"
BY_VERSION = (
    f"SELECT {COLUMNS} FROM events WHERE destination = ? AND walkthrough = ? AND version = ?"
)
LAST_VERSION = (
    "SELECT coalesce(max(version), 0) FROM events WHERE destination = ? AND walkthrough = ?"
)


_ENCODER = json.JSONEncoder(sort_keys=True)
"""Made once: `json.dumps` would make one for each event."""


def row_of(event: Event) -> tuple[object, ...]:
    """The values of an event for `INSERT`."""
    data = dict(event.data)
    return (
        str(event.destination),
        event.walkthrough,
        event.version,
        event.id,
        event.at.isoformat(),
        event.run,
        event.recording,
        str(event.kind),
        _ENCODER.encode(data),
        plan_of(event.kind, data),
    )


def is_row(read: Row, written: Sequence[object]) -> bool:
    """Whether a row of `COLUMNS` holds the values of one written by `INSERT`."""
    return tuple(read[1:]) == tuple(written[:-1])


def plan_of(kind: str, data: Any) -> str:
    """The digest of the saved plan that a run carries out, by which its start is found."""
    plan = data.get("plan") if kind == Kind.RUN_STARTED and isinstance(data, dict) else None
    return plan if isinstance(plan, str) else ""


BROKEN = (ValueError, TypeError, KeyError)
"""What is raised for a row that no program wrote."""

_KINDS = {str(kind): kind for kind in Kind}
"""By name: each row has one, and a call of `Kind` costs several times a look here."""


def event_of(row: Row) -> Event:
    """The event of a row of `COLUMNS`; raises one of BROKEN when somebody broke it."""
    _seq, destination, walkthrough, version, id_, at, run, recording, kind, data = row
    return Event(
        at=dt.datetime.fromisoformat(at),
        run=run,
        destination=_destination(destination),
        walkthrough=walkthrough,
        kind=_KINDS[kind],
        recording=recording,
        data=_mapping(data),
        version=version,
        id=id_,
    )


def entry_of(row: Row) -> tuple[str, Entry]:
    """The walkthrough and the entry of a row of `COLUMNS`; raises as `event_of`."""
    _seq, _destination, walkthrough, version, _id, at, run, recording, kind, data = row
    moment = dt.datetime.fromisoformat(at)
    return walkthrough, (_KINDS[kind], run, version, recording, _mapping(data), moment)


_destination = lru_cache(Destination.parse)
"""A ledger has few of them and very many events."""

_DECODER = json.JSONDecoder()


def _mapping(text: str) -> dict[str, Any]:
    # Not `json.loads`, half of whose time goes into white space, which no row has around its data.
    data, end = _DECODER.raw_decode(text)
    if end != len(text) or not isinstance(data, dict):
        raise TypeError(f"{text!r} is no mapping")
    return data


IMPORT = "sitewalk ledger import .sitewalk/runs/*/results.json"
REBUILD = f"restore it from a copy, or move it away and rebuild it: {IMPORT}"
