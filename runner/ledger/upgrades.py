"""The tables of a SQLite ledger in each format, and the steps that bring an older one forward."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence

from runner.ledger.database import Transaction
from runner.ledger.table import FORMAT, plan_of

ABOUT = """CREATE TABLE sitewalk_ledger (
    name VARCHAR(32) NOT NULL,
    value VARCHAR(64) NOT NULL,
    PRIMARY KEY (name)
)"""
"""Holds the format and the id; the same in every format, as each program reads it first."""

_FORMAT_1 = (
    ABOUT,
    """CREATE TABLE events (
    seq INTEGER NOT NULL,
    at VARCHAR(32) NOT NULL,
    run VARCHAR(64) NOT NULL,
    destination VARCHAR(255) NOT NULL,
    walkthrough VARCHAR(128) NOT NULL,
    recording VARCHAR(96) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (seq)
)""",
    "CREATE INDEX events_of_a_walkthrough ON events (destination, walkthrough, seq)",
    "CREATE INDEX events_of_a_run ON events (run, seq)",
)

_FORMAT_2 = (
    # A version is taken once: whoever writes it goes on, and nobody else. It is NULL, of which
    # there may be many, for the frame of a run and for strays.
    """CREATE TABLE events (
    seq INTEGER NOT NULL,
    destination VARCHAR(255) NOT NULL,
    walkthrough VARCHAR(128) NOT NULL,
    version INTEGER CHECK (version > 0),
    event_id CHAR(32) NOT NULL,
    at VARCHAR(32) NOT NULL,
    run VARCHAR(64) NOT NULL,
    recording VARCHAR(96) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    data TEXT NOT NULL,
    plan VARCHAR(64) NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (event_id),
    CONSTRAINT one_writer UNIQUE (destination, walkthrough, version)
)""",
    "CREATE INDEX events_of_a_run ON events (run, seq)",
    "CREATE INDEX events_of_a_recording ON events (destination, recording) WHERE recording <> ''",
    "CREATE INDEX runs_of_a_plan ON events (plan) WHERE plan <> ''",
    # Who is at work on a walkthrough: it decides who begins, and losing it loses nothing.
    """CREATE TABLE claims (
    destination VARCHAR(255) NOT NULL,
    walkthrough VARCHAR(128) NOT NULL,
    token VARCHAR(64) NOT NULL,
    run VARCHAR(64) NOT NULL,
    host VARCHAR(255) NOT NULL,
    pid INTEGER NOT NULL,
    since VARCHAR(32) NOT NULL,
    until VARCHAR(32) NOT NULL,
    progress TEXT NOT NULL,
    stop INTEGER NOT NULL,
    PRIMARY KEY (destination, walkthrough)
)""",
    # Which walkthrough a recording belongs to, when two of them are begun at once.
    """CREATE TABLE owners (
    destination VARCHAR(255) NOT NULL,
    identity VARCHAR(96) NOT NULL,
    walkthrough VARCHAR(128) NOT NULL,
    PRIMARY KEY (destination, identity)
)""",
)

Upgrade = Callable[[Transaction], None]


def _to_2(transaction: Transaction) -> None:
    """Give each event its version and an id."""
    for index in ("events_of_a_walkthrough", "events_of_a_run"):
        transaction.execute(f"DROP INDEX {index}")
    transaction.execute("ALTER TABLE events RENAME TO events_1")
    for statement in _FORMAT_2:
        transaction.execute(statement)
    transaction.execute(_COPY)
    started = "SELECT seq, kind, data FROM events WHERE kind = 'run_started'"
    for seq, kind, data in transaction.execute(started):
        plan = plan_of(kind, _values(data))
        transaction.execute("UPDATE events SET plan = ? WHERE seq = ?", (plan, seq))
    transaction.execute("DROP TABLE events_1")


_COPY = """
INSERT INTO events
SELECT seq, destination, walkthrough,
    CASE WHEN walkthrough <> '' THEN
        row_number() OVER (PARTITION BY destination, walkthrough ORDER BY seq) END,
    lower(hex(randomblob(16))), at, run, recording, kind, data, ''
FROM events_1 ORDER BY seq
"""


def _values(data: str) -> object:
    try:
        return json.loads(data)
    except ValueError:  # damage is named by whoever reads the event, not here
        return None


UPGRADES: Sequence[Upgrade] = (_to_2,)
"""One step for each version after the first, in order; a step once released never changes."""


def make_tables(transaction: Transaction) -> None:
    """Make the tables of the current format."""
    for statement in (ABOUT, *_FORMAT_2):
        transaction.execute(statement)
    for name, value in (("format", str(FORMAT)), ("id", str(uuid.uuid4()))):
        about = "INSERT INTO sitewalk_ledger (name, value) VALUES (?, ?)"
        transaction.execute(about, (name, value))


def upgrade(transaction: Transaction, found: int) -> None:
    """Take the steps from the format that was found to the current one."""
    for step in UPGRADES[found - 1 :]:
        step(transaction)
    transaction.execute(
        "UPDATE sitewalk_ledger SET value = ? WHERE name = 'format'", (str(FORMAT),)
    )


def plain(statement: str) -> str:
    """A statement without line breaks and without quotes around names."""
    return " ".join(statement.replace('"', "").split())


SHAPES: Mapping[int, frozenset[str]] = {
    1: frozenset(map(plain, _FORMAT_1)),
    2: frozenset(map(plain, (ABOUT, *_FORMAT_2))),
}
"""Every table and index of each format; a ledger with anything more is refused."""
