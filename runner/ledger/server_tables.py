"""The tables of a ledger on a PostgreSQL server; the same in meaning as those of a SQLite file."""

import uuid

from runner.ledger.database import Transaction
from runner.ledger.table import FORMAT

_TABLES = (
    "CREATE TABLE sitewalk_ledger (name text PRIMARY KEY, value text NOT NULL)",
    # As in a file: a version is taken once, and whoever writes it goes on. `seq` is the order of
    # arrival; within a walkthrough, where each event waits for the one before it, also that of its
    # versions.
    """CREATE TABLE events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    destination text NOT NULL,
    walkthrough text NOT NULL,
    version integer CHECK (version > 0),
    event_id text NOT NULL UNIQUE,
    at text NOT NULL,
    run text NOT NULL,
    recording text NOT NULL,
    kind text NOT NULL,
    data text NOT NULL,
    plan text NOT NULL,
    CONSTRAINT one_writer UNIQUE (destination, walkthrough, version)
)""",
    "CREATE INDEX events_of_a_run ON events (run, seq)",
    "CREATE INDEX events_of_a_recording ON events (destination, recording) WHERE recording <> ''",
    "CREATE INDEX runs_of_a_plan ON events (plan) WHERE plan <> ''",
    # Times are the server's own: no machine has to have the right one.
    """CREATE TABLE claims (
    destination text NOT NULL,
    walkthrough text NOT NULL,
    token text NOT NULL,
    run text NOT NULL,
    "user" text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    command text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    progress text NOT NULL,
    stop boolean NOT NULL,
    PRIMARY KEY (destination, walkthrough)
)""",
    """CREATE TABLE owners (
    destination text NOT NULL,
    identity text NOT NULL,
    walkthrough text NOT NULL,
    PRIMARY KEY (destination, identity)
)""",
)

_LOCK = 8_390_891_584_340_487_019
"""The advisory lock of those who make tables: two at once would get in each other's way."""

FORMAT_FOUND = "SELECT value FROM sitewalk_ledger WHERE name = 'format'"


def make_tables(transaction: Transaction) -> bool:
    """Make the tables where there are none yet; whether that was so."""
    transaction.execute("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
    if transaction.execute("SELECT to_regclass('sitewalk_ledger')")[0][0] is not None:
        return False
    for statement in _TABLES:
        transaction.execute(statement)
    about = "INSERT INTO sitewalk_ledger (name, value) VALUES (?, ?)"
    for row in (("format", str(FORMAT)), ("id", str(uuid.uuid4()))):
        transaction.execute(about, row)
    return True
