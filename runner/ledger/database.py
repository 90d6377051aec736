"""What a ledger asks of the database that holds it: SQLite today, a server the next.

Statements are written with `?` for each parameter. A database whose driver wants another sign
replaces it; no statement here has a `?` of its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = Sequence[Any]


class Transaction(Protocol):
    """Statements that come true together, or not at all."""

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Carry out one statement and return its rows; raises LedgerError."""


class Database(Protocol):
    """An open database of the current format. Every method raises LedgerError."""

    def write(self) -> AbstractContextManager[Transaction]:
        """A transaction that is durable when the block ends, and undone when it raises."""

    def read(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of a query, all at once."""

    def stream(self, columns: str, where: str, parameters: Sequence[object]) -> Iterator[Row]:
        """The rows of `events` for which a condition holds, by `seq`, which comes first in each.

        As they are now, a few at a time; a caller that dawdles holds up nobody's write.
        """

    def close(self) -> None:
        """Let go of it."""
