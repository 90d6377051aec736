"""The ledger: events are appended durably, each once, and read in order."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, Self

from runner.base.clock import CancelToken
from runner.base.destination import Destination
from runner.base.errors import LedgerError, OvertakenError, UsageError
from runner.ledger.address import LedgerAddress
from runner.ledger.database import Database, Transaction
from runner.ledger.events import UNVERSIONED, Event
from runner.ledger.reader import EventReader
from runner.ledger.sqlite import SqliteDatabase
from runner.ledger.table import (
    BY_ID,
    BY_VERSION,
    INSERT,
    LAST_VERSION,
    REBUILD,
    ROWS_AT_ONCE,
    insert_rows,
    is_row,
    row_of,
)

if TYPE_CHECKING:  # only a shared ledger has claims, and a server
    from runner.ledger.claim import Claim
    from runner.ledger.postgresql import PostgresqlDatabase


class Journal(Protocol):
    """Anything that keeps events: the ledger, or a list in a test."""

    def append(self, *events: Event) -> None:
        """Keep events, all or none of them; when this returns, a crash does not lose them."""


def _random_id() -> str:
    return uuid.uuid4().hex


_WRITE_ID = "INSERT INTO sitewalk_ledger (name, value) VALUES ('id', ?) ON CONFLICT (name)"


class Ledger(EventReader):
    """An open ledger. `append` may be called from several threads."""

    def __init__(
        self, address: LedgerAddress, database: Database, new_id: Callable[[], str] = _random_id
    ) -> None:
        super().__init__(address, database)
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

    def claims(self) -> "tuple[Claim, ...]":
        """Who is at work on what just now; nobody claims a walkthrough in a ledger's file."""
        if not self.address.is_shared:
            return ()
        from runner.ledger.claim import read_claims  # noqa: PLC0415 - few ledgers are shared

        return read_claims(self.database)

    def adopt_id(self, id_: str) -> None:
        """Take the id of the ledger that this one replaces."""
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
        rows = transaction.execute(BY_ID, (event.id,))
        if not rows:
            event = self._versioned(transaction, event)
            row = row_of(event)
            transaction.execute(INSERT, row)
            # Read back: what was not kept must not be taken for kept, whatever swallowed it.
            rows = transaction.execute(BY_ID, (event.id,))
            if rows and is_row(rows[0], row):
                return
        if not rows or not _is_repeated(event, self._event(rows[0])):
            raise self._refusal(transaction, event, is_id_taken=bool(rows))

    def _versioned(self, transaction: Transaction, event: Event) -> Event:
        """The event with the next version of its walkthrough, unless it has one or needs none."""
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
        versions = Counter[tuple[Destination, str]]()
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


def make_server_ledger(address: LedgerAddress) -> bool:
    """Make a ledger on a server where there is none; returns whether it did.

    Raises LedgerError, and UsageError for what is no URL of a PostgreSQL server.
    """
    return _server().make(address.url)


def _server() -> "type[PostgresqlDatabase]":
    try:
        from runner.ledger.postgresql import PostgresqlDatabase  # noqa: PLC0415 - an extra, and slow
    except ImportError as error:
        from runner.base.installation import install_command  # noqa: PLC0415 - seldom needed

        message = "a ledger on a PostgreSQL server needs psycopg, which is not installed"
        raise UsageError(message, install_command("postgresql")) from error
    return PostgresqlDatabase


def _is_repeated(event: Event, kept: Event) -> bool:
    """Whether the event kept under this id is the same; it may have got its version meanwhile."""
    version = event.version if event.version is not None else kept.version
    return replace(event, version=version, data={}) == replace(kept, data={}) and json.dumps(
        dict(event.data), sort_keys=True
    ) == json.dumps(dict(kept.data), sort_keys=True)


def read_events(address: LedgerAddress) -> list[Event]:
    """Every event of a ledger in order; empty where there is no ledger. Raises LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return []
    with ledger:
        return list(ledger.all_events())
