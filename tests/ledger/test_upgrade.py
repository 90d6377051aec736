"""Ledgers of sitewalk 0.1.0 go on: what they say is what they said, and nothing is lost."""

import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base.errors import LedgerError
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event
from runner.ledger.fold import fold_all
from runner.ledger.sqlite import SqliteDatabase
from runner.ledger.state import Phase, WalkthroughState
from runner.ledger.store import Ledger, read_events
from runner.ledger.table import event_of
from tests.ledger.ledgers import FORMAT_1, old_ledger, script

NAMES = sorted(path.stem for path in FORMAT_1.glob("*.sql"))


def _said(address: LedgerAddress) -> list[Event]:
    """The events as the old program's tables hold them."""
    query = (
        "SELECT seq, destination, walkthrough, NULL, '', at, run, recording, kind, data "
        "FROM events ORDER BY seq"
    )
    with closing(sqlite3.connect(address.text)) as connection:
        return [event_of(row) for row in connection.execute(query)]


def _format(address: LedgerAddress) -> str:
    """As every program reads it before anything else; 0.1.0 refuses more than 1."""
    query = "SELECT value FROM sitewalk_ledger WHERE name = 'format'"
    with closing(sqlite3.connect(address.text)) as connection:
        return str(connection.execute(query).fetchone()[0])


def _states(events: list[Event]) -> dict[tuple[str, str], WalkthroughState]:
    return {(str(place), id_): state for (place, id_), state in fold_all(events).items()}


@pytest.mark.parametrize("name", NAMES)
def test_an_older_ledger_says_the_same_after_its_upgrade(name: str, tmp_path: Path) -> None:
    address = old_ledger(name, tmp_path / "ledger.db")
    before = _said(address)
    Ledger.open(address).close()
    after = read_events(address)
    assert _format(address) == "2"
    assert [replace(one, version=None, id="") for one in after] == before
    assert _states(after) == _states(before)
    assert len({one.id for one in after}) == len(after)
    met: Counter[tuple[str, str]] = Counter()
    for one in after:
        met[str(one.destination), one.walkthrough] += 1
        wanted = met[str(one.destination), one.walkthrough] if one.walkthrough else None
        assert one.version == wanted


def test_the_fixtures_hold_what_an_upgrade_may_meet(tmp_path: Path) -> None:
    phases = {
        state.phase
        for name in NAMES
        for state in fold_all(_said(old_ledger(name, tmp_path / f"{name}.db"))).values()
    }
    assert phases == {Phase.FINISHED, Phase.HELD}


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_leaves_an_older_ledger_as_it_is(name: str, tmp_path: Path) -> None:
    address = old_ledger(name, tmp_path / "ledger.db")
    before, events = address.file.read_bytes(), _said(address)
    assert _states(read_events(address)) == _states(events)
    assert address.file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def test_the_runs_of_a_saved_plan_are_found_after_the_upgrade(tmp_path: Path) -> None:
    address = old_ledger("planned", tmp_path / "ledger.db")
    (plan,) = {one.data["plan"] for one in _said(address) if one.data.get("plan")}
    with Ledger.open(address) as ledger:
        runs = ledger.runs_of_plan(plan)
        touched = ledger.touched_by(runs)
    assert len(runs) == 1
    assert [sorted(ids) for ids in touched.values()] == [["one", "three", "two"]]


def test_an_upgraded_ledger_goes_on(tmp_path: Path) -> None:
    address = old_ledger("killed", tmp_path / "ledger.db")
    last = _said(address)[-1]
    with Ledger.open(address) as ledger:
        ledger.append(last)
        (*_, before, after) = ledger.events_of(last.destination, [last.walkthrough])
    assert after.version == (before.version or 0) + 1


_DYING = """
import os, sys
from runner.ledger import sqlite, upgrades
from runner.ledger.store import Ledger, LedgerAddress

def die(transaction):
    transaction.execute("PRAGMA cache_size=1")
    for step in steps:
        step(transaction)
    transaction.execute("UPDATE sitewalk_ledger SET value = '2'")
    os._exit(86)

steps, upgrades.UPGRADES = upgrades.UPGRADES, (die,)
Ledger.open(LedgerAddress(sys.argv[1]))
"""


def test_an_upgrade_that_is_killed_is_as_if_it_had_not_begun(tmp_path: Path) -> None:
    address = old_ledger("settled", tmp_path / "ledger.db")
    before = _said(address)
    # Large enough that pages are written before the end.
    more = (
        "INSERT INTO events SELECT seq + 1000 * n, at, run, destination, 'w' || n, '', kind, data"
    )
    numbers = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50)"
    script(address, f"{numbers} {more} FROM events, n;")
    events = _said(address)
    assert len(events) == 51 * len(before)

    died = subprocess.run([sys.executable, "-c", _DYING, address.text], check=False)

    assert died.returncode == 86
    assert address.file.with_name("ledger.db-journal").stat().st_size > 0
    assert _states(read_events(address)) == _states(events)  # and whoever reads may be the next
    assert (_format(address), _said(address)) == ("1", events)
    Ledger.open(address).close()
    assert (_format(address), len(read_events(address))) == ("2", len(events))


def test_a_failed_upgrade_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = old_ledger("killed", tmp_path / "ledger.db")
    before = _said(address)
    monkeypatch.setattr("runner.ledger.upgrades._COPY", "INSERT INTO no_such_table VALUES (1)")
    with pytest.raises(LedgerError, match="no_such_table"):
        SqliteDatabase.open(address.file)
    assert (_format(address), _said(address)) == ("1", before)


def test_a_ledger_without_an_id_gets_one_when_it_is_written_and_keeps_it(tmp_path: Path) -> None:
    address = LedgerAddress(str(tmp_path / ".sitewalk" / "ledger.db"))
    Ledger.open(address).close()
    with closing(sqlite3.connect(address.file)) as connection:
        connection.execute("DELETE FROM sitewalk_ledger WHERE name = 'id'")
        connection.commit()
    read = Ledger.open_existing(address)
    assert read is not None
    with read:
        assert not read.id
    with Ledger.open(address) as written:
        given = written.id
    assert len(given) == 36
    with Ledger.open(address) as again:
        assert again.id == given
