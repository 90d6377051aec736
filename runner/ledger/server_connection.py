"""Connections to a PostgreSQL server: with a password, durable, and never waited for endlessly."""

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from typing import Self

import psycopg

from runner.base.errors import LedgerError
from runner.ledger.database import Row
from runner.ledger.password import stored_password, without_user


class Connector:
    """Opens connections to one database; remembers the password that a keyring holds for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stored = ""

    def connect(self, seconds: float) -> psycopg.Connection:
        """Connect within this many seconds.

        Raises psycopg.Error, and LedgerError for a server that forgets what it confirmed.
        """
        connection = self._with_password(seconds)
        try:
            connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
            with Watch(connection, seconds):
                self._refuse_what_forgets(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _with_password(self, seconds: float) -> psycopg.Connection:
        """Connect with what libpq finds, and with what a keyring holds where it finds nothing."""
        try:
            return self._open(self._stored, seconds)
        except psycopg.OperationalError as error:
            if "no password supplied" in str(error):
                self._stored = stored_password(self._url)
            if not self._stored:
                raise
        return self._open(self._stored, seconds)

    def _open(self, password: str, seconds: float) -> psycopg.Connection:
        # Nothing is prepared on the server: behind PgBouncer the next statement meets another one.
        return psycopg.connect(
            self._url,
            autocommit=True,
            prepare_threshold=None,
            connect_timeout=max(2, round(seconds)),
            client_encoding="utf8",
            application_name="sitewalk",
            password=password or None,
        )

    def _refuse_what_forgets(self, connection: psycopg.Connection) -> None:
        """Refuse a server that loses what it confirmed: an intent must be on disk first."""
        for setting in ("fsync", "synchronous_commit"):
            row = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
            if row == ("off",):
                here = without_user(self._url)
                message = f"the database {here} has {setting}=off: it may lose what it confirmed"
                help_ = f"set {setting}=on for it: a walkthrough could be created twice"
                raise LedgerError(message, help_)


class Watch:
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
        """Start the time anew for another statement; one close to the last shares its time."""
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


class PostgresqlTransaction:
    """Statements on one connection, between BEGIN and COMMIT."""

    def __init__(self, connection: psycopg.Connection, watch: Watch) -> None:
        self._connection = connection
        self._watch = watch

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Carry out one statement and return its rows."""
        self._watch.renew()
        cursor = self._connection.execute(statement.replace("?", "%s").encode(), parameters)
        return list(cursor.fetchall()) if cursor.description else []
