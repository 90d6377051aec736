"""Own the ledger on disk: made whole, written durably, read in order."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, SQLAlchemyError

from runner.destination import Destination
from runner.errors import LedgerError
from runner.ledger.events import Event, Kind
from runner.ledger.folder import make_ledger_folder
from runner.ledger.table import ABOUT, EVENTS, METADATA, event_of, row_of
from runner.ledger.upgrades import current_format, upgrade


class Journal(Protocol):
    """Whatever events can be appended to; the ledger, or a list in a test."""

    def append(self, event: Event) -> None:
        """Keep the event; when this returns, a crash does not lose it."""


@dataclass(frozen=True, slots=True)
class LedgerAddress:
    """Where a ledger is: a SQLite file, or the URL of another database."""

    text: str

    @property
    def path(self) -> Path | None:
        """The file, when it is one."""
        return None if "://" in self.text else Path(self.text)

    @property
    def lock_path(self) -> Path:
        """What to lock: beside the file, or in this folder for a database elsewhere."""
        return self.path or Path(".sitewalk") / "ledger"

    @property
    def url(self) -> sa.URL:
        """The address as SQLAlchemy wants it."""
        if self.path is None:
            return sa.make_url(self.text)
        return sa.URL.create("sqlite", database=str(self.path.absolute()))

    def __str__(self) -> str:
        return self.text if self.path else self.url.render_as_string(hide_password=True)


class Ledger:
    """An open ledger. `append` may be called from several threads."""

    def __init__(self, address: LedgerAddress, engine: sa.Engine) -> None:
        self.address = address
        self._engine = engine
        self._one_at_a_time = threading.Lock()

    @classmethod
    def open(cls, address: LedgerAddress) -> Self:
        """Open a ledger for writing, made or upgraded where needed; raises LedgerError."""
        if address.path is not None:
            make_ledger_folder(address.path.parent)
            if not address.path.exists():
                cls._make_whole(address.path)
            _refuse_emptied(address.path)
        return cls._settled(address)

    @classmethod
    def _settled(cls, address: LedgerAddress) -> Self:
        ledger = cls(address, _engine(address))
        with ledger._explained("open"), ledger._engine.begin() as connection:
            _settle(connection, address)
        return ledger

    @classmethod
    def _make_whole(cls, path: Path) -> None:
        """Make a new ledger beside its place and move it there: it exists whole, or not at all.

        So a file without content is never a ledger just begun, but one that lost what it knew.
        Only its owner can read it: whoever has a tus address can write to that upload.
        """
        draft = path.with_name(path.name + ".new")
        try:
            for left in (draft, draft.with_name(draft.name + "-journal")):
                left.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            cls._settled(LedgerAddress(str(draft))).close()
            draft.replace(path)
        except OSError as error:
            message = f"cannot make the ledger {path}: {error.strerror or error}"
            help_ = "allow writing in its folder, or choose another place with SITEWALK_LEDGER"
            raise LedgerError(message, help_) from error

    @classmethod
    def open_existing(cls, address: LedgerAddress) -> Self | None:
        """Open a ledger for reading; None when there is none yet, and nothing is made."""
        if address.path is not None:
            if not address.path.exists():
                return None
            _refuse_emptied(address.path)
        ledger = cls(address, _engine(address))
        with ledger._explained("read"), ledger._engine.connect() as connection:
            if _check(connection, address) is not None:
                return ledger
        ledger.close()
        return None

    def append(self, event: Event) -> None:
        """Write one event; it is on disk when this returns. Raises LedgerError."""
        with self._one_at_a_time, self._explained("write"), self._engine.begin() as connection:
            connection.execute(EVENTS.insert().values(**row_of(event)))

    def append_all(self, events: Sequence[Event]) -> None:
        """Write events in one piece: all of them or none. Raises LedgerError."""
        if events:
            with self._explained("write"), self._engine.begin() as connection:
                connection.execute(EVENTS.insert(), [row_of(event) for event in events])

    def events(self, destination: Destination) -> Iterator[Event]:
        """The events of a destination in order."""
        yield from self._select(EVENTS.select().where(EVENTS.c.destination == str(destination)))

    def all_events(self, *kinds: Kind) -> Iterator[Event]:
        """Every event in order, or every one of these kinds."""
        every = EVENTS.select()
        yield from self._select(every.where(EVENTS.c.kind.in_(kinds)) if kinds else every)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _select(self, query: sa.Select[Any]) -> Iterator[Event]:
        # All at once: a reader that dawdles, as in an export to `less`, would hold up every write.
        with self._explained("read"), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(EVENTS.c.seq)).all()
        yield from map(self._event, rows)

    def _event(self, row: sa.Row[Any]) -> Event:
        try:
            return event_of(row)
        except (ValueError, TypeError) as error:
            message = f"the ledger {self.address} is damaged: event {row.seq} cannot be read"
            raise LedgerError(message, _REBUILD) from error

    @contextlib.contextmanager
    def _explained(self, doing: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise _explanation(self.address, doing, error) from error


def read_events(address: LedgerAddress) -> list[Event]:
    """Every event of a ledger in order, none where there is no ledger. Raises LedgerError."""
    ledger = Ledger.open_existing(address)
    if ledger is None:
        return []
    with ledger:
        return list(ledger.all_events())


def _refuse_emptied(path: Path) -> None:
    # SQLite takes an empty file for a new database: everything would be created once more.
    if path.is_file() and path.stat().st_size == 0:
        raise LedgerError(f"the ledger {path} is empty: what it knew is lost", _REBUILD)


def _engine(address: LedgerAddress) -> sa.Engine:
    try:
        engine = sa.create_engine(address.url)
    except (ModuleNotFoundError, NoSuchModuleError, ArgumentError) as error:
        kind = address.text.partition(":")[0]
        message = f"SITEWALK_LEDGER names a database that cannot be reached from here: {kind}"
        raise LedgerError(message, "install its SQLAlchemy driver, or name a file") from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_durability)
        sa.event.listen(engine, "begin", _begin)
    return engine


def _set_durability(connection: Any, _record: object) -> None:
    # A rollback journal instead of a write-ahead log, because a ledger may lie on a network share,
    # where the log's shared memory does not work. EXTRA also syncs the folder when the journal is
    # deleted, so that a power cut cannot bring the journal back and roll a commit away: an intent
    # must be on disk before its request leaves. Some 10 ms an event, for a dozen events an upload.
    for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.isolation_level = None  # leaves beginning to us


def _begin(connection: sa.Connection) -> None:
    # By itself Python's sqlite3 begins nothing before it makes or alters a table: each of these
    # would be a commit of its own, so that a ledger could be left half upgraded.
    connection.exec_driver_sql("BEGIN")


def _settle(connection: sa.Connection, address: LedgerAddress) -> None:
    """Make the tables, or bring those of an older program forward."""
    found, now = _check(connection, address), current_format()
    if found is None:
        METADATA.create_all(connection)
        connection.execute(ABOUT.insert().values(name="format", value=str(now)))
    elif found < now:
        upgrade(connection, found)
        connection.execute(ABOUT.update().values(value=str(now)))


def _check(connection: sa.Connection, address: LedgerAddress) -> int | None:
    """The version of a ledger, None of an empty database; raises LedgerError for all else."""
    tables = sa.inspect(connection).get_table_names()
    if tables and ABOUT.name not in tables:
        help_ = "point SITEWALK_LEDGER at a ledger, or at a file that does not exist yet"
        raise LedgerError(f"{address} is a database, but not a ledger", help_)
    if not tables:
        return None
    found = connection.execute(sa.select(ABOUT.c.value).where(ABOUT.c.name == "format")).scalar()
    if found is None or not str(found).isdecimal():
        raise LedgerError(f"the ledger {address} is damaged: it has no version", _REBUILD)
    if int(found) > current_format():
        message = f"{address} was written by a newer version of sitewalk (format {found})"
        raise LedgerError(message, "update sitewalk: pip install --upgrade sitewalk")
    return int(found)


_IMPORT = "sitewalk ledger import .sitewalk/runs/*/results.json"
_REBUILD = f"restore it from a copy, or move it away and rebuild it: {_IMPORT}"
_NO_LEDGER = (
    "where SITEWALK_LEDGER names a file that is no ledger, correct it; a damaged ledger is "
    f"restored from a copy, or renamed and rebuilt: {_IMPORT}"
)
_CAUSES = {
    "disk is full": "the disk is full; free some space and run again",
    "disk I/O error": "the disk reports an error; check it, and that it is not full",
    "readonly database": "the ledger or its folder is read-only; allow writing, or move it "
    "with SITEWALK_LEDGER",
    "unable to open": "check that its folder exists and may be written",
    "not a database": _NO_LEDGER,
    "malformed": f"the file is damaged; {_REBUILD}",
    "no such table": f"the file is damaged; {_REBUILD}",
    "is locked": "another program has the ledger open for writing; wait for it to end",
}


def _explanation(address: LedgerAddress, doing: str, error: SQLAlchemyError) -> LedgerError:
    cause = str(error.orig) if isinstance(error, DatabaseError) else str(error)
    help_ = next((text for sign, text in _CAUSES.items() if sign in cause), "")
    return LedgerError(f"cannot {doing} the ledger {address}: {cause}", help_)
