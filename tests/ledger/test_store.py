import contextlib
import datetime as dt
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from runner.destination import Destination
from runner.errors import LedgerError
from runner.ledger import store
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger, LedgerAddress
from runner.ledger.table import EVENTS
from runner.ledger.upgrades import Upgrade, current_format, upgrade

HERE = Destination("https://here", "evercam")
THERE = Destination("https://there", "evercam")
AT = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)


def _event(number: int = 0, destination: Destination = HERE) -> Event:
    return Event(AT, "run", destination, f"walk-{number}", Kind.CREATED, "", {"upload_id": number})


@pytest.fixture
def address(tmp_path: Path) -> LedgerAddress:
    return LedgerAddress(str(tmp_path / ".sitewalk" / "ledger.db"))


def test_events_come_back_as_they_were(address: LedgerAddress) -> None:
    events = [_event(number) for number in range(5)]
    with Ledger.open(address) as ledger:
        for event in events:
            ledger.append(event)
    with Ledger.open(address) as ledger:
        assert list(ledger.all_events()) == events


def test_a_destination_sees_only_its_own_events(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event(1, THERE))
        ledger.append(_event(2, HERE))
        assert [event.walkthrough for event in ledger.events(HERE)] == ["walk-2"]


def test_events_of_a_kind_can_be_asked_for_alone(address: LedgerAddress) -> None:
    end = Event(AT, "run", HERE, "", Kind.RUN_ENDED)
    with Ledger.open(address) as ledger:
        ledger.append_all([_event(1), end, _event(2)])
        assert list(ledger.all_events(Kind.RUN_ENDED)) == [end]


def test_several_threads_append_at_once(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        threads = [
            threading.Thread(target=ledger.append, args=(_event(number),)) for number in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {event.walkthrough for event in ledger.all_events()} == {
            f"walk-{number}" for number in range(20)
        }


def test_a_reader_makes_nothing(address: LedgerAddress, tmp_path: Path) -> None:
    assert Ledger.open_existing(address) is None
    assert not list(tmp_path.iterdir())


def test_a_reader_reads_while_another_run_writes(address: LedgerAddress) -> None:
    with Ledger.open(address) as writer:
        writer.append(_event())
        reader = Ledger.open_existing(address)
        assert reader is not None
        with reader:
            writer.append(_event(1))
            assert len(list(reader.all_events())) == 2


def test_a_reader_that_dawdles_holds_up_no_writer(address: LedgerAddress) -> None:
    with Ledger.open(address) as writer:
        writer.append_all([_event(1), _event(2)])
        reader = Ledger.open_existing(address)
        assert reader is not None
        with reader:
            events = reader.all_events()
            seen = [next(events)]
            writer.append(_event(3))
            seen += events
    assert seen == [_event(1), _event(2)]


def test_what_is_no_ledger_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"not a database at all, but long enough to be looked at" * 30)
    with pytest.raises(LedgerError, match="cannot open the ledger") as caught:
        Ledger.open(LedgerAddress(str(garbage)))
    assert "where SITEWALK_LEDGER names a file that is no ledger, correct it" in caught.value.help
    assert "move it away" not in caught.value.help  # it may be a manifest


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    before = foreign.read_bytes()
    with pytest.raises(LedgerError, match="is a database, but not a ledger"):
        Ledger.open(LedgerAddress(str(foreign)))
    assert foreign.read_bytes() == before


def test_a_ledger_of_a_newer_version_is_not_touched(address: LedgerAddress) -> None:
    Ledger.open(address).close()
    connection = sqlite3.connect(str(address.path))
    connection.execute("UPDATE sitewalk_ledger SET value = '99'")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError, match="newer version"):
        Ledger.open(address)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".sitewalk").write_text("", encoding="utf-8")
    with pytest.raises(LedgerError, match="cannot write in the ledger's folder"):
        Ledger.open(LedgerAddress(str(tmp_path / ".sitewalk" / "ledger.db")))


@pytest.mark.parametrize("opened", [Ledger.open, Ledger.open_existing])
def test_a_ledger_that_lost_everything_is_not_taken_for_a_new_one(
    address: LedgerAddress, opened: Callable[[LedgerAddress], Ledger | None]
) -> None:
    Ledger.open(address).close()
    assert address.path is not None
    address.path.write_bytes(b"")
    with pytest.raises(LedgerError, match="what it knew is lost") as caught:
        opened(address)
    assert "sitewalk ledger import" in caught.value.help


def test_a_death_while_a_ledger_is_made_leaves_none(
    address: LedgerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DiedError(BaseException):
        pass

    def die(*_: object) -> int:
        raise DiedError

    with monkeypatch.context() as deadly:
        deadly.setattr(store, "current_format", die)
        with pytest.raises(DiedError):
            Ledger.open(address)
    assert Ledger.open_existing(address) is None
    with Ledger.open(address) as ledger:
        ledger.append(_event())
        assert list(ledger.all_events()) == [_event()]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by other means")
def test_only_the_owner_can_read_it(address: LedgerAddress) -> None:
    Ledger.open(address).close()
    assert address.path is not None
    assert stat.S_IMODE(address.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(address.path.parent.stat().st_mode) == 0o700


def test_a_full_disk_is_said_and_harms_nothing(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event())
        with ledger._engine.connect() as connection:
            pages = connection.execute(sa.text("PRAGMA page_count")).scalar_one()
        sa.event.listen(
            ledger._engine,
            "connect",
            lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}").close(),
        )
        ledger._engine.dispose()
        large = Event(AT, "run", HERE, "walk", Kind.HELD, "", {"reason": "x" * 100_000})
        with pytest.raises(LedgerError, match="cannot write the ledger") as caught:
            ledger.append(large)
        assert "the disk is full" in caught.value.help
        assert list(ledger.all_events()) == [_event()]


def test_a_damaged_file_is_named(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append_all([_event(number) for number in range(500)])
    assert address.path is not None
    whole = address.path.read_bytes()
    address.path.write_bytes(whole[: len(whole) // 2])
    with (
        pytest.raises(LedgerError, match=r"malformed|not a database|disk image"),
        Ledger.open(address) as ledger,
    ):
        list(ledger.all_events())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sitewalk_ledger SET value = 'abc'",
        "DELETE FROM sitewalk_ledger",
        "UPDATE events SET data = '{'",
        "UPDATE events SET kind = 'unheard-of'",
        "DROP TABLE events",
    ],
)
def test_what_somebody_broke_inside_it_is_named(address: LedgerAddress, damage: str) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event())
    connection = sqlite3.connect(str(address.path))
    connection.executescript(damage)
    connection.close()
    with pytest.raises(LedgerError) as refused, Ledger.open(address) as ledger:
        list(ledger.all_events())
    assert "sitewalk ledger import" in refused.value.help


def test_an_older_ledger_is_brought_forward(
    address: LedgerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(_event())

    def add_a_column(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE events ADD COLUMN colour TEXT DEFAULT 'blue'"))

    steps = (add_a_column,)
    monkeypatch.setattr(store, "current_format", lambda: current_format(steps))
    monkeypatch.setattr(store, "upgrade", lambda one, found: upgrade(one, found, steps))
    for _ in range(2):  # once is enough
        with Ledger.open(address) as ledger:
            assert list(ledger.all_events()) == [_event()]
    connection = sqlite3.connect(str(address.path))
    assert connection.execute("SELECT colour FROM events").fetchall() == [("blue",)]
    connection.close()


@pytest.mark.parametrize(
    ("database", "kind"),
    [("mysql", "LONGTEXT"), ("mariadb", "LONGTEXT"), ("postgresql", "TEXT"), ("sqlite", "TEXT")],
)
def test_the_last_event_of_a_large_run_fits_into_any_database(database: str, kind: str) -> None:
    dialect = sa.create_mock_engine(f"{database}://", lambda *_: None).dialect
    made = str(CreateTable(EVENTS).compile(dialect=dialect))
    assert f"data {kind} NOT NULL" in made


def test_an_upgrade_is_made_whole_or_not_at_all(
    address: LedgerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger.open(address).close()

    def paint(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE events ADD COLUMN colour TEXT DEFAULT 'blue'"))

    def fail(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE no_such_table ADD COLUMN colour TEXT"))

    def columns_after(*steps: Upgrade) -> list[str]:
        with monkeypatch.context() as changed, contextlib.suppress(LedgerError):
            changed.setattr(store, "current_format", lambda: current_format(steps))
            changed.setattr(store, "upgrade", lambda one, found: upgrade(one, found, steps))
            Ledger.open(address).close()
        connection = sqlite3.connect(str(address.path))
        told = connection.execute("SELECT name FROM pragma_table_info('events')").fetchall()
        connection.close()
        return [name for (name,) in told]

    assert "colour" not in columns_after(paint, fail)
    assert "colour" in columns_after(paint)


def test_a_write_in_one_piece_is_all_or_nothing(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append_all([_event(1), _event(2)])
        ledger.append_all([])
        assert len(list(ledger.all_events())) == 2


def test_a_folder_that_a_full_disk_left_half_made_is_kept_out_of_git(tmp_path: Path) -> None:
    folder = tmp_path / ".sitewalk"
    folder.mkdir()
    (folder / ".gitignore").touch()
    Ledger.open(LedgerAddress(str(folder / "ledger.db"))).close()
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"
