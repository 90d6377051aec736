"""Own the tables of a ledger: its version, its events, and the form in which an event is a row."""

import datetime as dt
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from runner.destination import Destination
from runner.ledger.events import Event, Kind


class _LongText(sa.Text):
    """Text of any length: the last event of a large run, with its results, is long."""


@compiles(_LongText, "mysql", "mariadb")
def _long_text(*_: Any, **__: Any) -> str:
    # Their TEXT ends at 64 KB. The dialect's own LONGTEXT would load that dialect for SQLite too.
    return "LONGTEXT"


METADATA = sa.MetaData()
ABOUT = sa.Table(
    "sitewalk_ledger",
    METADATA,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)
EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("run", sa.String(64), nullable=False),
    sa.Column("destination", sa.String(255), nullable=False),
    sa.Column("walkthrough", sa.String(128), nullable=False),
    sa.Column("recording", sa.String(96), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("data", _LongText(), nullable=False),
    sa.Index("events_of_a_walkthrough", "destination", "walkthrough", "seq"),
    sa.Index("events_of_a_run", "run", "seq"),
)


def row_of(event: Event) -> dict[str, str]:
    """The row of an event."""
    return {
        "at": event.at.isoformat(),
        "run": event.run,
        "destination": str(event.destination),
        "walkthrough": event.walkthrough,
        "recording": event.recording,
        "kind": str(event.kind),
        "data": json.dumps(dict(event.data), sort_keys=True),
    }


def event_of(row: sa.Row[Any]) -> Event:
    """The event of a row; raises ValueError or TypeError when somebody broke it."""
    return Event(
        at=dt.datetime.fromisoformat(row.at),
        run=row.run,
        destination=Destination.parse(row.destination),
        walkthrough=row.walkthrough,
        recording=row.recording,
        kind=Kind(row.kind),
        data=json.loads(row.data),
    )
