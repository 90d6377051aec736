"""A ledger in a SQLite file: made whole, written durably, refused when it is something else."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

from runner.base.errors import LedgerError
from runner.ledger.database import Result, Row
from runner.ledger.folder import open_state_folder, refuse_foreign_ledger, unusable
from runner.ledger.table import FORMAT, IMPORT, REBUILD
from runner.ledger.together import CommitsTogether
from runner.ledger.upgrades import ABOUT, SHAPES, make_tables, plain, upgrade

_PATIENCE = 30.0
"""Seconds to wait while another process writes."""


class SqliteTransaction:
    """Statements on the one connection, between BEGIN and COMMIT."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Carry out one statement and return its rows."""
        return self._connection.execute(statement, tuple(parameters)).fetchall()


class SqliteDatabase:
    """An open file. Its methods may be called from several threads."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._one_at_a_time = threading.Lock()
        self._commits = CommitsTogether(self._transaction, self._one_at_a_time)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a ledger for writing, made or upgraded where needed; raises LedgerError."""
        refuse_foreign_ledger(path)
        open_state_folder(path.parent)
        if not path.exists():
            _make_whole(path)
        _refuse_no_ledger_file(path)
        with _explained(path, "open"), _closed_if_refused(_connect(path)) as connection:
            database = cls(path, connection)
            found = _check(connection, path)
            _set_durability(connection)
            if found < FORMAT:
                database.write(lambda transaction: upgrade(transaction, found))
        return database

    @classmethod
    def open_existing(cls, path: Path) -> Self | None:
        """Open a ledger for reading; None when there is none yet, and nothing is made.

        One of an older format is read from a copy in memory that was brought forward.
        """
        refuse_foreign_ledger(path)
        if not path.exists():
            return None
        _refuse_no_ledger_file(path)
        with _explained(path, "read"), _closed_if_refused(_connect(path)) as connection:
            connection.execute("PRAGMA query_only=ON")
            if _check(connection, path) == FORMAT:
                return cls(path, connection)
        return cls._brought_forward(path, connection)

    @classmethod
    def _brought_forward(cls, path: Path, old: sqlite3.Connection) -> Self:
        with (
            contextlib.closing(old),
            _explained(path, "read"),
            _closed_if_refused(_connect(":memory:")) as copy,
        ):
            old.backup(copy)
            database = cls(path, copy)
            found = _check(copy, path)
            database.write(lambda transaction: upgrade(transaction, found))
        return database

    def write(
        self, work: Callable[[SqliteTransaction], Result], _seconds: float | None = None
    ) -> Result:
        """Do the work in a transaction: durable when this returns, undone when the work raises."""
        return self._commits.write(work)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[SqliteTransaction]:
        with _explained(self._path, "write"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteTransaction(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):  # a full disk has rolled back already
                    self._connection.execute("ROLLBACK")
                raise

    def read(
        self, statement: str, parameters: Sequence[object] = (), _seconds: float | None = None
    ) -> list[Row]:
        """The rows of a query, all at once."""
        with self._one_at_a_time, _explained(self._path, "read"):
            return self._connection.execute(statement, tuple(parameters)).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _connect(place: Path | str) -> sqlite3.Connection:
    # Without an isolation level, BEGIN is ours to say: Python would begin nothing before it makes
    # or alters a table, so that a ledger could be left half upgraded.
    connection = sqlite3.connect(
        place, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    with _closed_if_refused(connection):
        # A stranger's file must not call functions.
        connection.execute("PRAGMA trusted_schema=OFF").close()
    return connection


def _set_durability(connection: sqlite3.Connection) -> None:
    # A rollback journal instead of a write-ahead log, because a ledger may lie on a network share,
    # where the log's shared memory does not work. It is kept, and a commit is the moment when its
    # header is overwritten with zeros and synced: as safe against a power cut as a journal that is
    # deleted and whose folder is synced (DELETE, EXTRA), since what comes back is a journal that
    # rolls nothing back. An intent must be on disk before its request leaves. Both sync five times
    # a commit (strace), PERSIST the journal, which keeps its place, instead of a changed folder.
    limit = "journal_size_limit=1048576"  # an import or an upgrade leaves no huge one behind
    for pragma in ("journal_mode=PERSIST", "synchronous=FULL", limit):
        connection.execute(f"PRAGMA {pragma}").close()


def _make_whole(path: Path) -> None:
    """Make a new ledger beside its place and move it there: it exists whole, or not at all.

    So a file without content is never a ledger just begun, but one that lost what it knew.
    Only its owner can read it: whoever has a tus address can write to that upload.
    """
    draft = path.with_name(path.name + ".new")
    try:
        for left in (draft, f"{draft}-journal", f"{path}-journal"):
            Path(left).unlink(missing_ok=True)  # of a ledger that is gone, or never was
        draft.touch(mode=0o600)
        with _explained(path, "open"), contextlib.closing(_connect(draft)) as connection:
            connection.execute("PRAGMA synchronous=EXTRA").close()
            SqliteDatabase(path, connection).write(make_tables)
        draft.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise unusable("make the ledger", path, error) from error


def _sync_folder(folder: Path) -> None:
    """Sync a folder, so that a new name survives a power cut, where the system can."""
    with contextlib.suppress(OSError):  # Windows opens no folders, some shares sync none
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _refuse_no_ledger_file(path: Path) -> None:
    if not path.is_file():
        raise LedgerError(f"{path} is no file", "name a file in SITEWALK_LEDGER")
    # SQLite takes an empty file for a new database: everything would be created once more.
    if path.stat().st_size == 0:
        raise LedgerError(f"the ledger {path} is empty: what it knew is lost", REBUILD)
    try:
        path.open("rb").close()
    except OSError as error:
        raise unusable("read the ledger", path, error) from error


@contextlib.contextmanager
def _closed_if_refused(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """The format of a ledger; raises LedgerError for all else."""
    every = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    parts = {
        str(name): (str(type_), plain(str(sql)))
        for type_, name, sql in every
        if not str(name).startswith("sqlite_")  # SQLite's own, which nobody else can name so
    }
    if parts.get("sitewalk_ledger") != ("table", plain(ABOUT)):
        help_ = "point SITEWALK_LEDGER at a ledger, or at a file that does not exist yet"
        raise LedgerError(f"{path} is a database, but not a ledger", help_)
    row = connection.execute("SELECT value FROM sitewalk_ledger WHERE name = 'format'").fetchone()
    if row is None or not str(row[0]).isdecimal() or int(row[0]) < 1:
        raise LedgerError(f"the ledger {path} is damaged: it has no version", REBUILD)
    found = int(row[0])
    if found > FORMAT:
        message = f"{path} was written by a newer version of sitewalk (format {found})"
        raise LedgerError(message, "update sitewalk: pip install --upgrade sitewalk")
    _refuse_another_shape(path, parts, SHAPES[found])
    return found


def _refuse_another_shape(
    path: Path, parts: dict[str, tuple[str, str]], wanted: frozenset[str]
) -> None:
    """A trigger could swallow an event, a view never end: a ledger has its tables and no more."""
    for name, (type_, statement) in sorted(parts.items()):
        if statement not in wanted:
            message = f"{path} holds the {type_} `{name}`, which no ledger of sitewalk has"
            help_ = "do not use it: it may come from somebody else; restore your own from a copy"
            raise LedgerError(message, help_)
    if len(parts) < len(wanted):
        raise LedgerError(f"the ledger {path} is damaged: it lacks tables", REBUILD)


_NO_LEDGER = (
    "where SITEWALK_LEDGER names a file that is no ledger, correct it; a damaged ledger is "
    f"restored from a copy, or renamed and rebuilt: {IMPORT}"
)
_CAUSES = {
    "disk is full": "the disk is full; free some space and run again",
    "disk I/O error": "the disk reports an error; check it, and that it is not full",
    "readonly database": "the ledger or its folder is read-only; allow writing, or move it "
    "with SITEWALK_LEDGER",
    "unable to open": "check that its folder exists and may be written",
    "not a database": _NO_LEDGER,
    "malformed": f"the file is damaged; {REBUILD}",
    "decode to UTF-8": f"the file is damaged; {REBUILD}",
    "is locked": "another program has the ledger open for writing; wait for it to end",
}


@contextlib.contextmanager
def _explained(path: Path, doing: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        help_ = next((text for sign, text in _CAUSES.items() if sign in str(error)), "")
        raise LedgerError(f"cannot {doing} the ledger {path}: {error}", help_) from error
