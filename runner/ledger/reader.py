"""Reading a ledger: its events in order, and which walkthroughs they are about."""

from collections.abc import Collection, Iterator
from types import TracebackType
from typing import Self

from runner.base.destination import Destination
from runner.base.errors import LedgerError
from runner.ledger.address import LedgerAddress
from runner.ledger.database import Database, Row
from runner.ledger.events import Entry, Event, Kind
from runner.ledger.fold import fold_entries
from runner.ledger.state import WalkthroughState
from runner.ledger.table import BROKEN, COLUMNS, REBUILD, entry_of, event_of

_PAGE = 500
"""Events read at once: memory does not grow with the ledger, nor is a writer held up."""

_AT_ONCE = 500
"""Values in one statement; a database takes no more than some thousands."""

_DESTINATIONS = """
WITH RECURSIVE places(place) AS (
    SELECT min(destination) FROM events UNION ALL
    SELECT (SELECT min(destination) FROM events WHERE destination > place)
    FROM places WHERE place IS NOT NULL
)
SELECT place FROM places WHERE place IS NOT NULL
"""
"""Steps from one destination to the next by the index, however many events each has."""


class EventReader:
    """What an open ledger answers. Every method raises LedgerError."""

    def __init__(self, address: LedgerAddress, database: Database) -> None:
        self.address = address
        self._database = database

    @property
    def database(self) -> Database:
        """The database that holds the ledger."""
        return self._database

    @property
    def id(self) -> str:
        """The ledger's id; empty where an older program wrote it and this one only reads."""
        rows = self._database.read("SELECT value FROM sitewalk_ledger WHERE name = 'id'")
        return str(rows[0][0]) if rows else ""

    def events(self, destination: Destination) -> Iterator[Event]:
        """The events of a destination in order."""
        yield from self._stream("destination = ?", (str(destination),))

    def events_of(self, destination: Destination, ids: Collection[str]) -> Iterator[Event]:
        """The events of some walkthroughs of a destination, those of each in order.

        The id of a run's own events is empty.
        """
        yield from map(self._event, self._rows_of(destination, ids))

    def states_of(
        self, destination: Destination, ids: Collection[str]
    ) -> dict[str, WalkthroughState]:
        """What the events of some walkthroughs of a destination say, by walkthrough id."""
        return fold_entries(map(self._entry, self._rows_of(destination, ids)))

    def _rows_of(self, destination: Destination, ids: Collection[str]) -> Iterator[Row]:
        for some in _few(ids):
            # All at once: a server asked for a few at a time, by `seq`, may look for them along
            # the whole ledger instead of in the index.
            where = f"destination = ? AND walkthrough IN ({_signs(some)}) ORDER BY seq"
            query = f"SELECT {COLUMNS} FROM events WHERE {where}"
            yield from self._database.read(query, (str(destination), *some))

    def select(self, where: str, parameters: Collection[object]) -> Iterator[Event]:
        """The few events for which a condition on their columns holds, read at once."""
        query = f"SELECT {COLUMNS} FROM events WHERE {where}"
        yield from map(self._event, self._database.read(query, tuple(parameters)))

    def destinations(self) -> frozenset[Destination]:
        """The destinations that the ledger has events of."""
        rows = self._database.read(_DESTINATIONS)
        return frozenset(Destination.parse(row[0]) for row in rows)

    def senders(self, destination: Destination, identities: Collection[str]) -> frozenset[str]:
        """The walkthroughs that have events of one of these recordings, or own it."""
        found: set[str] = set()
        for some in _few(identities):
            query = (
                "SELECT DISTINCT walkthrough FROM events WHERE destination = ? "
                f"AND recording <> '' AND recording IN ({_signs(some)}) UNION "
                "SELECT walkthrough FROM owners WHERE destination = ? "
                f"AND identity IN ({_signs(some)})"
            )
            where = str(destination), *some
            found |= {row[0] for row in self._database.read(query, (*where, *where))}
        return frozenset(found)

    def runs_of_plan(self, plan: str) -> frozenset[str]:
        """The runs that carried out a saved plan, by its digest."""
        query = "SELECT DISTINCT run FROM events WHERE plan <> '' AND plan = ?"
        return frozenset(row[0] for row in self._database.read(query, (plan,)))

    def touched_by(self, runs: Collection[str]) -> dict[Destination, frozenset[str]]:
        """The walkthroughs that runs wrote of."""
        found: dict[Destination, frozenset[str]] = {}
        for some in _few(runs):
            query = (
                "SELECT DISTINCT destination, walkthrough FROM events "
                f"WHERE run IN ({_signs(some)}) AND walkthrough <> ''"
            )
            for text, id_ in self._database.read(query, some):
                destination = Destination.parse(text)
                found[destination] = found.get(destination, frozenset()) | {id_}
        return found

    def all_events(self, *kinds: Kind) -> Iterator[Event]:
        """Every event in order, or every one of these kinds; read as they are asked for."""
        if kinds:
            yield from self._stream(f"kind IN ({_signs(kinds)})", tuple(map(str, kinds)))
        else:
            yield from self._stream("1 = 1", ())

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _stream(self, where: str, parameters: Collection[object]) -> Iterator[Event]:
        """The events for which a condition holds, as they are now, a few at a time.

        No statement stays open: its lock would hold up every write. On a server a walkthrough's
        event gets its `seq` after the one before it was committed: up to the largest `seq` of now
        no walkthrough has a gap, however long reading takes.
        """
        (last,) = self._database.read("SELECT coalesce(max(seq), 0) FROM events")[0]
        page = (
            f"SELECT {COLUMNS} FROM events WHERE ({where}) AND seq > ? AND seq <= ? "
            f"ORDER BY seq LIMIT {_PAGE}"
        )
        seen, rows = 0, self._database.read(page, (*parameters, 0, last))
        while rows:
            yield from map(self._event, rows)
            seen = rows[-1][0]
            full = len(rows) == _PAGE
            rows = self._database.read(page, (*parameters, seen, last)) if full else []

    def _event(self, row: Row) -> Event:
        try:
            return event_of(row)
        except BROKEN as error:
            raise self._damaged(row) from error

    def _entry(self, row: Row) -> tuple[str, Entry]:
        try:
            return entry_of(row)
        except BROKEN as error:
            raise self._damaged(row) from error

    def _damaged(self, row: Row) -> LedgerError:
        message = f"the ledger {self.address} is damaged: event {row[0]} cannot be read"
        return LedgerError(message, REBUILD)


def _few(values: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The values, no more at once than a statement may have parameters."""
    every = sorted(values)
    for start in range(0, len(every), _AT_ONCE):
        yield tuple(every[start : start + _AT_ONCE])


def _signs(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
