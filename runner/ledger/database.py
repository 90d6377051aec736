"""What a ledger asks of the database that holds it: a SQLite file, or a PostgreSQL server.

Statements are written with `?` for each parameter. A database whose driver wants another sign
replaces it; no statement here has a `?` of its own.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

Row = Sequence[Any]
Result = TypeVar("Result")


class Transaction(Protocol):
    """Statements that take effect together, or not at all."""

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Carry out one statement and return its rows; raises LedgerError."""


class Database(Protocol):
    """An open database of the current format. Every method raises LedgerError."""

    def write(self, work: Callable[[Transaction], Result], seconds: float | None = None) -> Result:
        """Do the work in a transaction: durable when this returns, undone when the work raises.

        Work is done again where nobody knows whether it was kept, so it must be repeatable;
        for no longer than `seconds`, where what it does is lost without harm.
        """

    def read(
        self, statement: str, parameters: Sequence[object] = (), seconds: float | None = None
    ) -> list[Row]:
        """The rows of a query, all at once; `seconds` for one that goes through everything."""

    def close(self) -> None:
        """Close the database."""
