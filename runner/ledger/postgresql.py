"""A ledger on a PostgreSQL server: what is lost on the way is waited for, and repeated."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import psycopg
from psycopg import errors

from runner.base.clock import CancelToken
from runner.base.errors import LedgerError
from runner.ledger.database import Result, Row
from runner.ledger.password import keyring_command, password_in, without_user
from runner.ledger.server_connection import Connector, PostgresqlTransaction, Watch
from runner.ledger.server_tables import FORMAT_FOUND, make_tables
from runner.ledger.table import FORMAT

_REPEATABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
)
"""Errors of a connection that ended, a server that starts, and a standby in a failover."""

_LET_GO = "SET LOCAL idle_in_transaction_session_timeout = '15s'"
"""A laptop that is shut within a transaction would keep its rows from all others, for hours."""

_MISTAKES = (
    "authentication failed",
    "no password supplied",
    "does not exist",
    "pg_hba.conf",
    "translate host name",
    "failed to resolve host",
    "no such database",
    "no such user",
    "certificate",
    "not permitted to log in",
)
"""Words of refusals that no waiting mends."""

_BUSY = ("too many", "connection slots", "starting up", "shutting down", "recovery mode")
"""Words of a server that is there, and will have a connection soon."""

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


_Attempt = Callable[[psycopg.Connection, Watch], Result]


class PostgresqlDatabase:
    """A database on a server; each thread that uses it at the same time has a connection.

    What a restart, a failover or a lost answer undid is repeated until `patience` is over, less of
    it once `stop` is requested.
    """

    def __init__(self, url: str, patience: Patience, stop: CancelToken) -> None:
        self._url = url
        self._secret = password_in(url)
        self._connector = Connector(url)
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
        """Make the tables where there are none; returns whether it did. Raises LedgerError."""
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

        def query(connection: psycopg.Connection, watch: Watch) -> list[Row]:
            return PostgresqlTransaction(connection, watch).execute(statement, parameters)

        patience = self._patience
        if seconds is not None:
            patience = replace(patience, attempt=seconds)
        return self._repeat("read", patience, query)

    def close(self) -> None:
        """Close the connections."""
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
        """Seconds for which attempts are repeated after this error."""
        limit = patience.total
        if not self._is_known and not _says(error, _BUSY):
            limit = 0.0 if _says(error, _MISTAKES) else patience.first
        return min(limit, patience.stopping) if self._stop.requested else limit

    def _attempt(self, attempt: _Attempt[Result], patience: Patience) -> Result:
        connection = self._connection(patience)
        try:
            with Watch(connection, patience.attempt) as watch:
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
        connection = self._connector.connect(patience.attempt)
        self._is_known = True
        return connection

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


def _in_transaction(work: Callable[[PostgresqlTransaction], Result]) -> _Attempt[Result]:
    def attempt(connection: psycopg.Connection, watch: Watch) -> Result:
        with connection.transaction():
            connection.execute(_LET_GO)
            return work(PostgresqlTransaction(connection, watch))

    return attempt


def _says(error: psycopg.Error, signs: Sequence[str]) -> bool:
    return any(sign in str(error) for sign in signs)
