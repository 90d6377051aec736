"""An overview of a large ledger without a fold of all events: what is finished is only counted."""

from collections.abc import Iterator, Sequence

from runner.base.destination import Destination
from runner.ledger.database import Database
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger

_SECONDS = 120.0
"""For one query that goes through the whole ledger."""

_TOLD = """
WITH last AS (
    SELECT destination, walkthrough, max(version) AS version, min(seq) AS begun
    FROM events WHERE version IS NOT NULL GROUP BY destination, walkthrough
), outcomes AS (
    SELECT last.destination, last.walkthrough, last.begun,
        CASE WHEN event.kind = 'finished' AND before.kind = 'finishing'
            OR event.kind = 'hashed' AND before.kind IN ('finished', 'hashed')
            THEN 1 ELSE 0 END AS done
    FROM last
    JOIN events AS event ON event.destination = last.destination
        AND event.walkthrough = last.walkthrough AND event.version = last.version
    LEFT JOIN events AS before ON before.destination = last.destination
        AND before.walkthrough = last.walkthrough AND before.version = last.version - 1
)
SELECT destination, '' AS walkthrough, count(*) AS done, 0 AS begun
    FROM outcomes WHERE done = 1 GROUP BY destination
UNION ALL SELECT destination, walkthrough, 0, begun FROM outcomes WHERE done = 0
ORDER BY begun
"""
_OF_ONE = """
SELECT walkthrough FROM events WHERE destination = ? AND version IS NOT NULL
GROUP BY walkthrough ORDER BY min(seq) LIMIT ?
"""


def read_overview(
    database: Database,
) -> tuple[dict[Destination, int], tuple[tuple[Destination, str], ...]]:
    """How many walkthroughs end with their finish and digests, by destination; and all others.

    What was finished and written of again, such as by a person who keeps an upload, is among these.
    Raises LedgerError.
    """
    rows = database.read(_TOLD, (), _SECONDS)
    return (
        {Destination.parse(place): int(done) for place, _, done, _ in rows if done},
        tuple((Destination.parse(place), id_) for place, id_, done, _ in rows if not done),
    )


def first_walkthroughs(database: Database, destination: Destination, count: int) -> list[str]:
    """The walkthroughs of a destination that were begun first. Raises LedgerError."""
    rows = database.read(_OF_ONE, (str(destination), count), _SECONDS)
    return [id_ for (id_,) in rows]


def last_frames(
    ledger: Ledger, destinations: Sequence[Destination], kind: Kind, count: int
) -> Iterator[Event]:
    """The last events of a run's frame at each destination, newest first. Raises LedgerError."""
    where = "destination = ? AND walkthrough = '' AND version IS NULL AND kind = ?"
    for destination in destinations:
        order = f"{where} ORDER BY seq DESC LIMIT {count}"
        yield from ledger.select(order, (str(destination), str(kind)))


def ends_of(ledger: Ledger, runs: Sequence[str]) -> Iterator[Event]:
    """The last events of runs. Raises LedgerError."""
    signs = ", ".join("?" * len(runs))
    if runs:
        yield from ledger.select(f"run IN ({signs}) AND kind = 'run_ended' ORDER BY seq", runs)
