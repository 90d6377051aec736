"""A ledger on a PostgreSQL server: what is lost on the way is waited for, and repeated."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import psycopg
from psycopg import errors

from runner.base.clock import CancelToken
from runner.base.errors import LedgerError
from runner.ledger.database import Result, Row
from runner.ledger.password import (
    keyring_command,
    password_in,
    stored_password,
    without_user,
)
from runner.ledger.server_tables import FORMAT_FOUND, make_tables
from runner.ledger.table import FORMAT

_PAGE = 500
"""Events fetched at once: memory does not grow with the ledger."""

_REPEATABLE = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)
"""What a connection that ends, a server that starts, and a standby in a failover come to."""

_MISTAKES = (
    "authentication failed",
    "no password supplied",
    "does not exist",
    "pg_hba.conf",
    "translate host name",
    "no such database",
    "no such user",
    "certificate",
    "not permitted to log in",
)
"""What refusals of a connection say that no waiting mends."""

_BUSY = ("too many", "connection slots", "starting up", "shutting down", "recovery mode")
"""What a server says that is there, and will have a connection for us soon."""

_NO_LEDGER = "make one, once: sitewalk ledger init URL; or correct SITEWALK_LEDGER"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for all attempts at something, for one, for a first connection, once asked to stop.

    An upload outlives ten minutes without the ledger; who only mistyped an address waits less.
    """

    total: float = 600.0
    attempt: float = 15.0
    first: float = 20.0
    stopping: float = 10.0
    longest_pause: float = 5.0


class PostgresqlTransaction:
    """Statements on one connection, between BEGIN and COMMIT."""

    def __init__(self, connection: psycopg.Connection, watch: "_Watch") -> None:
        self._connection = connection
        self._watch = watch

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Carry out one statement and return its rows."""
        self._watch.renew()
        cursor = self._connection.execute(statement.replace("?", "%s").encode(), parameters)
        return list(cursor.fetchall()) if cursor.description else []


_Attempt = Callable[[psycopg.Connection, "_Watch"], Result]


class PostgresqlDatabase:
    """A database on a server; each thread that uses it at the same time has a connection.

    What a restart, a failover or a lost answer undid is repeated until `patience` is over, less of
    it once `stop` is requested.
    """

    def __init__(self, url: str, patience: Patience, stop: CancelToken) -> None:
        self._url = url
        self._secret = password_in(url)
        self._stored = ""
        self._patience = patience
        self._stop = stop
        self._idle: list[psycopg.Connection] = []
        self._is_known = False

    @classmethod
    def open(
        cls, url: str, patience: Patience | None = None, stop: CancelToken | None = None
    ) -> Self:
        """Connect to a database with a ledger. Raises LedgerError, also where there is none."""
        database = cls(url, patience or Patience(), stop or CancelToken())
        try:
            database.require_ledger()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def make(cls, url: str, patience: Patience | None = None) -> bool:
        """Make the tables where there are none; whether that was so. Raises LedgerError."""
        with contextlib.closing(cls(url, patience or Patience(), CancelToken())) as database:
            is_new = database.write(make_tables)
        cls.open(url, patience).close()  # one that was there may be of another format
        return is_new

    def write(
        self, work: Callable[[PostgresqlTransaction], Result], seconds: float | None = None
    ) -> Result:
        """Do the work in a transaction, and again where nobody knows whether it was kept.

        For `seconds`, where what it does is lost without harm.
        """
        patience = self._patience
        if seconds is not None:
            patience = Patience(total=seconds, attempt=seconds, first=seconds, stopping=seconds)
        return self._repeat("write", patience, _in_transaction(work))

    def read(
        self, statement: str, parameters: Sequence[object] = (), seconds: float | None = None
    ) -> list[Row]:
        """The rows of a query, all at once."""

        def query(connection: psycopg.Connection, watch: _Watch) -> list[Row]:
            return PostgresqlTransaction(connection, watch).execute(statement, parameters)

        patience = self._patience
        if seconds is not None:
            patience = replace(patience, attempt=seconds)
        return self._repeat("read", patience, query)

    def stream(self, columns: str, where: str, parameters: Sequence[object]) -> Iterator[Row]:
        """The rows of `events` for which a condition holds, as they are now, a few at a time.

        A walkthrough's event gets its `seq` after the one before it was committed: what is there up
        to the largest `seq` of now has no gap in any walkthrough, however long reading it takes.
        """
        (last,) = self.read("SELECT coalesce(max(seq), 0) FROM events")[0]
        page = (
            f"SELECT {columns} FROM events WHERE ({where}) AND seq > ? AND seq <= ? "
            f"ORDER BY seq LIMIT {_PAGE}"
        )
        seen, rows = 0, self.read(page, (*parameters, 0, last))
        while rows:
            yield from rows
            seen = rows[-1][0]
            rows = self.read(page, (*parameters, seen, last)) if len(rows) == _PAGE else []

    def close(self) -> None:
        """Let go of the connections."""
        while self._idle:
            self._idle.pop().close()

    def require_ledger(self) -> None:
        """Raise LedgerError where the database holds no ledger of this format."""
        try:
            rows = self.read(FORMAT_FOUND)
        except LedgerError as error:
            if isinstance(error.__cause__, errors.UndefinedTable):
                message = f"there is no ledger in the database {self}"
                raise LedgerError(message, _NO_LEDGER) from error
            raise
        found = str(rows[0][0]) if rows else ""
        if found != str(FORMAT):
            message = f"the ledger {self} has format {found or 'none'}, this program {FORMAT}"
            raise LedgerError(message, "use the sitewalk that made it, or its newest")

    def _repeat(self, doing: str, patience: Patience, attempt: _Attempt[Result]) -> Result:
        """Attempt it until it succeeds; raises LedgerError when the patience or hope is over."""
        began, pause = time.monotonic(), 0.1
        while True:
            try:
                return self._attempt(attempt, patience)
            except _REPEATABLE as error:
                gone = time.monotonic() - began
                if gone + pause >= self._limit(error, patience):
                    raise self._explained(doing, error) from error
            except psycopg.Error as error:
                raise self._explained(doing, error) from error
            time.sleep(pause)
            pause = min(2 * pause, patience.longest_pause)

    def _limit(self, error: psycopg.Error, patience: Patience) -> float:
        """How long an error is borne with, in seconds."""
        limit = patience.total
        if not self._is_known and not _says(error, _BUSY):
            limit = 0.0 if _says(error, _MISTAKES) else patience.first
        return min(limit, patience.stopping) if self._stop.requested else limit

    def _attempt(self, attempt: _Attempt[Result], patience: Patience) -> Result:
        connection = self._connection(patience)
        try:
            with _Watch(connection, patience.attempt) as watch:
                result = attempt(connection, watch)
        except BaseException as error:
            # A refused statement, or work that raised, is rolled back: the connection is good.
            if isinstance(error, _REPEATABLE) or connection.closed:
                connection.close()
                self.close()  # those that idle were probably cut as well
            else:
                self._idle.append(connection)
            raise
        self._idle.append(connection)
        return result

    def _connection(self, patience: Patience) -> psycopg.Connection:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        connection = self._connect(patience)
        try:
            connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
            with _Watch(connection, patience.attempt):
                self._refuse_what_forgets(connection)
        except BaseException:
            connection.close()
            raise
        self._is_known = True
        return connection

    def _connect(self, patience: Patience) -> psycopg.Connection:
        """Connect with what libpq finds, and with what a keyring holds where it finds nothing."""
        try:
            return self._connect_with(self._stored, patience)
        except psycopg.OperationalError as error:
            if "no password supplied" in str(error):
                self._stored = stored_password(self._url)
            if not self._stored:
                raise
        return self._connect_with(self._stored, patience)

    def _connect_with(self, password: str, patience: Patience) -> psycopg.Connection:
        # Nothing is prepared on the server: behind PgBouncer the next statement meets another one.
        return psycopg.connect(
            self._url,
            autocommit=True,
            prepare_threshold=None,
            connect_timeout=max(2, round(patience.attempt)),
            client_encoding="utf8",
            application_name="sitewalk",
            password=password or None,
        )

    def _refuse_what_forgets(self, connection: psycopg.Connection) -> None:
        """An intent must be on disk before its request leaves, whatever happens to the server."""
        for setting in ("fsync", "synchronous_commit"):
            row = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
            if row == ("off",):
                message = f"the database {self} has {setting}=off: it may lose what it confirmed"
                help_ = f"set {setting}=on for it: a walkthrough could be created twice"
                raise LedgerError(message, help_)

    def _explained(self, doing: str, error: psycopg.Error) -> LedgerError:
        words = " ".join(str(error).split())
        if self._secret:
            words = words.replace(self._secret, "…")
        if isinstance(error, errors.InsufficientPrivilege):
            help_ = "give this role the rights of a worker, as docs/many-machines.md has them"
        elif self._is_known:
            help_ = "once the database answers again, run the same command again"
        else:
            help_ = (
                "correct SITEWALK_LEDGER; see to the password (PGPASSWORD, .pgpass, or "
                f"{keyring_command(self._url)}); or see whether it is running. One that only "
                "sitewalk.yaml names gets no PGPASSWORD: name it in SITEWALK_LEDGER"
            )
        return LedgerError(f"cannot {doing} the ledger {self}: {words}", help_)

    def __str__(self) -> str:
        return without_user(self._url)


class _Watch:
    """Ends a connection on which a statement takes too long: no wait of libpq's has an end.

    Keepalives do not help where something between acknowledges them.
    """

    def __init__(self, connection: psycopg.Connection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._begin()

    def _begin(self) -> None:
        self._began = time.monotonic()
        self._timer = threading.Timer(self._seconds, _shut_down, [self._connection])
        self._timer.daemon = True
        self._timer.start()

    def renew(self) -> None:
        """Another statement begins; within a moment of the last it shares its time."""
        if time.monotonic() - self._began > self._seconds / 10:
            self._timer.cancel()
            self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()


def _shut_down(connection: psycopg.Connection) -> None:
    with contextlib.suppress(OSError, psycopg.Error):  # it may be closed by now
        copy = socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM)
        with contextlib.closing(copy):
            copy.shutdown(socket.SHUT_RDWR)


def _in_transaction(work: Callable[[PostgresqlTransaction], Result]) -> _Attempt[Result]:
    def attempt(connection: psycopg.Connection, watch: _Watch) -> Result:
        with connection.transaction():
            return work(PostgresqlTransaction(connection, watch))

    return attempt


def _says(error: psycopg.Error, signs: Sequence[str]) -> bool:
    return any(sign in str(error) for sign in signs)
