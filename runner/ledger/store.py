"""The ledger: events are appended durably, each once, and read in order."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import urlsplit

from runner.base.clock import CancelToken
from runner.base.destination import Destination
from runner.base.errors import LedgerError, OvertakenError, UsageError
from runner.ledger.database import Database, Row, Transaction
from runner.ledger.events import UNVERSIONED, Event, Kind
from runner.ledger.sqlite import REBUILD, SqliteDatabase
from runner.ledger.table import (
    BY_ID,
    BY_VERSION,
    COLUMNS,
    INSERT,
    LAST_VERSION,
    ROWS_AT_ONCE,
    event_of,
    insert_rows,
    row_of,
)

if TYPE_CHECKING:
    from runner.ledger.postgresql import PostgresqlDatabase


class Journal(Protocol):
    """Whatever events can be appended to; the ledger, or a list in a test."""

    def append(self, *events: Event) -> None:
        """Keep events, all or none of them; when this returns, a crash does not lose them."""


@dataclass(frozen=True, slots=True)
class LedgerAddress:
    """Where a ledger is: a SQLite file, or the URL of a database server."""

    text: str

    @property
    def path(self) -> Path | None:
        """The file, when it is one."""
        return None if "://" in self.text else Path(self.text)

    @property
    def is_shared(self) -> bool:
        """Whether it is on a server, where several runs may write at once."""
        return self.path is None

    @property
    def file(self) -> Path:
        """The file; raises UsageError for a URL."""
        if self.path is None:
            raise UsageError(f"SITEWALK_LEDGER names no file, but {self}", "name a file")
        return self.path

    @property
    def url(self) -> str:
        """The URL, when it is that of a PostgreSQL server; raises UsageError otherwise."""
        scheme = self.text.partition("://")[0].lower()
        if scheme not in {"postgresql", "postgres"}:
            message = f"SITEWALK_LEDGER names a ledger by a URL that begins with {scheme}:"
            raise UsageError(message, _ONLY_POSTGRESQL)
        return self.text

    def __str__(self) -> str:
        return self.text if self.path else _without_password(self.text)


_ONLY_POSTGRESQL = (
    "name a file, or postgresql://USER@HOST/DATABASE: that two machines create nothing twice was "
    "shown with PostgreSQL, and with no other server"
)


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition(":")[0]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _random_id() -> str:
    return uuid.uuid4().hex


_WRITE_ID = "INSERT INTO sitewalk_ledger (name, value) VALUES ('id', ?) ON CONFLICT (name)"


class Ledger:
    """An open ledger. `append` may be called from several threads."""

    def __init__(
        self, address: LedgerAddress, database: Database, new_id: Callable[[], str] = _random_id
    ) -> None:
        self.address = address
        self._database = database
        self._new_id = new_id

    @classmethod
    def open(cls, address: LedgerAddress, stop: CancelToken | None = None) -> Self:
        """Open a ledger for writing; a file is made or upgraded where needed, a server never.

        A server that is away is waited for, for seconds only once `stop` is requested. Raises
        LedgerError, and UsageError for the URL of no PostgreSQL server.
        """
        if address.path is None:
            return cls(address, _server().open(address.url, stop=stop))
        ledger = cls(address, SqliteDatabase.open(address.path))
        if not ledger.id:  # one of an older program
            ledger._write_id(f"{_WRITE_ID} DO NOTHING", str(uuid.uuid4()))
        return ledger

    @classmethod
    def open_existing(cls, address: LedgerAddress) -> Self | None:
        """Open a ledger for reading; None when there is no file yet, and nothing is made.

        Raises as `open` does.
        """
        if address.path is None:
            return cls(address, _server().open(address.url))
        database = SqliteDatabase.open_existing(address.path)
        return cls(address, database) if database is not None else None

    @property
    def database(self) -> Database:
        """What holds it."""
        return self._database

    @property
    def id(self) -> str:
        """What tells it from every other; empty in one of an older program that was only read."""
        rows = self._database.read("SELECT value FROM sitewalk_ledger WHERE name = 'id'")
        return str(rows[0][0]) if rows else ""

    def adopt_id(self, id_: str) -> None:
        """Take the id of the ledger in whose place this one comes."""
        self._write_id(f"{_WRITE_ID} DO UPDATE SET value = excluded.value", id_)

    def _write_id(self, statement: str, id_: str) -> None:
        self._database.write(lambda transaction: transaction.execute(statement, (id_,)))

    def append(self, *events: Event) -> None:
        """Write events, all of them or none; they are on disk when this returns.

        An event whose id the ledger has already is there: an append may be repeated. One of a
        walkthrough without a version becomes its next. Raises OvertakenError when its version is
        taken, LedgerError when the one before it is missing.
        """
        named = [replace(event, id=event.id or self._new_id()) for event in events]

        def append(transaction: Transaction) -> None:
            for event in named:
                self._append(transaction, event)

        if named:
            self._database.write(append)

    def _append(self, transaction: Transaction, event: Event) -> None:
        kept = self._kept(transaction, event)
        if kept is None:
            event = self._versioned(transaction, event)
            transaction.execute(INSERT, row_of(event))
            # Read back: what was not kept must not be taken for kept, whatever swallowed it.
            kept = self._kept(transaction, event)
        if kept is None or not _is_repeated(event, kept):
            raise self._refusal(transaction, event, is_id_taken=kept is not None)

    def _kept(self, transaction: Transaction, event: Event) -> Event | None:
        rows = transaction.execute(BY_ID, (event.id,))
        return self._event(rows[0]) if rows else None

    def _versioned(self, transaction: Transaction, event: Event) -> Event:
        """The event with the version that follows, where it has none and belongs to a stream."""
        if not event.walkthrough or event.kind in UNVERSIONED:
            return replace(event, version=None)
        key = (str(event.destination), event.walkthrough)
        last = int(transaction.execute(LAST_VERSION, key)[0][0])
        if event.version is None:
            return replace(event, version=last + 1)
        if event.version > last + 1:
            message = (
                f"the ledger {self.address} lacks events of `{event.walkthrough}`: it ends at "
                f"{last}, and {event.version} was to follow"
            )
            raise LedgerError(message, "it may be an old copy: restore the newest, then plan again")
        return event

    def _refusal(self, transaction: Transaction, event: Event, *, is_id_taken: bool) -> LedgerError:
        if is_id_taken:
            return LedgerError(f"the ledger {self.address} has another event with id {event.id}")
        key = (str(event.destination), event.walkthrough, event.version)
        taken = transaction.execute(BY_VERSION, key)
        if not taken:
            message = f"the ledger {self.address} did not keep an event that was written to it"
            return LedgerError(message, REBUILD)
        other = self._event(taken[0])
        message = (
            f"run {other.run} wrote of `{event.walkthrough}` meanwhile ({other.kind}, event "
            f"{event.version}), so this run goes no further with it"
        )
        return OvertakenError(message, "look at `sitewalk status`, then run the same command again")

    def fill(self, events: Sequence[Event]) -> None:
        """Write the events of another ledger into one that has none; all of them or none.

        Those of a walkthrough get their versions in this order. Raises UsageError where there are
        events already, LedgerError.
        """
        numbered = list(self._numbered(events))

        def fill(transaction: Transaction) -> None:
            if transaction.execute("SELECT 1 FROM events LIMIT 1"):
                raise UsageError(f"{self.address} has events already", "move it away first")
            for start in range(0, len(numbered), ROWS_AT_ONCE):
                rows = [row_of(event) for event in numbered[start : start + ROWS_AT_ONCE]]
                values = [value for row in rows for value in row]
                transaction.execute(insert_rows(len(rows)), values)
            ((count,),) = transaction.execute("SELECT count(*) FROM events")
            if count != len(numbered):
                raise LedgerError(f"the ledger {self.address} kept {count} of {len(numbered)}")

        self._database.write(fill)

    def _numbered(self, events: Iterable[Event]) -> Iterator[Event]:
        """Each event once, with an id, and the version that follows in its walkthrough."""
        seen: dict[str, Event] = {}
        versions: Counter[tuple[Destination, str]] = Counter()
        for event in events:
            if event.id in seen:
                if not _is_repeated(replace(event, version=None), seen[event.id]):
                    raise LedgerError(f"two different events have the id {event.id}")
                continue
            numbered = replace(event, id=event.id or self._new_id(), version=None)
            if event.walkthrough and event.kind not in UNVERSIONED:
                versions[event.destination, event.walkthrough] += 1
                version = versions[event.destination, event.walkthrough]
                numbered = replace(numbered, version=version)
            if event.id:
                seen[event.id] = numbered
            yield numbered

    def events(self, destination: Destination) -> Iterator[Event]:
        """The events of a destination in order."""
        yield from self._stream("destination = ?", (str(destination),))

    def events_of(self, destination: Destination, ids: Collection[str]) -> Iterator[Event]:
        """The events of some walkthroughs of a destination, those of each in order.

        The id of a run's own events is empty.
        """
        for some in _few(ids):
            # At once: a server that is to give a few at a time, by `seq`, may look for them along
            # the whole ledger instead of in the index.
            where = f"destination = ? AND walkthrough IN ({_signs(some)}) ORDER BY seq"
            yield from self.select(where, (str(destination), *some))

    def select(self, where: str, parameters: Collection[object]) -> Iterator[Event]:
        """The few events for which a condition on their columns holds, read at once."""
        query = f"SELECT {COLUMNS} FROM events WHERE {where}"
        yield from map(self._event, self._database.read(query, tuple(parameters)))

    def destinations(self) -> frozenset[Destination]:
        """Those that it has events of."""
        rows = self._database.read(_DESTINATIONS)
        return frozenset(Destination.parse(row[0]) for row in rows)

    def senders(self, destination: Destination, identities: Collection[str]) -> frozenset[str]:
        """The walkthroughs that have events of one of these recordings, or were given it."""
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
        """Let go of the database."""
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
        yield from map(self._event, self._database.stream(COLUMNS, where, tuple(parameters)))

    def _event(self, row: Row) -> Event:
        try:
            return event_of(row)
        except (ValueError, TypeError) as error:
            message = f"the ledger {self.address} is damaged: event {row[0]} cannot be read"
            raise LedgerError(message, REBUILD) from error


_DESTINATIONS = """
WITH RECURSIVE places(place) AS (
    SELECT min(destination) FROM events UNION ALL
    SELECT (SELECT min(destination) FROM events WHERE destination > place)
    FROM places WHERE place IS NOT NULL
)
SELECT place FROM places WHERE place IS NOT NULL
"""
"""From one to the next by the index, however many events each has."""


def make_server_ledger(address: LedgerAddress) -> bool:
    """Make a ledger on a server where there is none; whether that was so.

    Raises LedgerError, and UsageError for what is no URL of a PostgreSQL server.
    """
    return _server().make(address.url)


def _server() -> "type[PostgresqlDatabase]":
    try:
        from runner.ledger.postgresql import PostgresqlDatabase  # noqa: PLC0415 - an extra, and slow
    except ImportError as error:
        message = "a ledger on a PostgreSQL server needs psycopg, which is not installed"
        raise UsageError(message, "pip install 'sitewalk[postgresql]'") from error
    return PostgresqlDatabase


def _is_repeated(event: Event, kept: Event) -> bool:
    """Whether what is kept under an event's id is that event; its version may have been given."""
    version = event.version if event.version is not None else kept.version
    return replace(event, version=version, data={}) == replace(kept, data={}) and json.dumps(
        dict(event.data), sort_keys=True
    ) == json.dumps(dict(kept.data), sort_keys=True)


def _few(values: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The values, no more at once than a statement may have parameters."""
    every = sorted(values)
    for start in range(0, len(every), _AT_ONCE):
        yield tuple(every[start : start + _AT_ONCE])


_AT_ONCE = 500


def _signs(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def read_events(address: LedgerAddress) -> list[Event]:
    """Every event of a ledger in order, none where there is no ledger. Raises LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return []
    with ledger:
        return list(ledger.all_events())
