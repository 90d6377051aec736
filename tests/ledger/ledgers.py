"""Events and addresses for the tests of the ledger."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

from runner.base.destination import Destination
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind

HERE = Destination("https://here", "evercam")
THERE = Destination("https://there", "evercam")
AT = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)
FORMAT_1 = Path(__file__).parent / "format_1"
"""Ledgers that sitewalk 0.1.0 wrote, as SQL."""


def event(number: int = 0, where: Destination = HERE, *, version: int | None = 1) -> Event:
    """The first event of a walkthrough, unless another version is given."""
    data = {"upload_id": number}
    id_ = f"{number:031x}{version or 0:x}"
    return Event(AT, "run", where, f"walk-{number}", Kind.CREATED, "", data, version, id_)


def script(address: LedgerAddress, statements: str) -> None:
    """Do to a ledger's file what no run does."""
    with closing(sqlite3.connect(address.text)) as connection:
        connection.executescript(statements)


def old_ledger(name: str, path: Path) -> LedgerAddress:
    """A ledger as sitewalk 0.1.0 left it."""
    address = LedgerAddress(str(path))
    script(address, (FORMAT_1 / f"{name}.sql").read_text(encoding="utf-8"))
    return address
