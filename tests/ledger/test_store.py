import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.base.errors import LedgerError
from runner.ledger import reader as ledger_reader
from runner.ledger import sqlite
from runner.ledger.address import LedgerAddress
from runner.ledger.database import Transaction
from runner.ledger.events import Event, Kind
from runner.ledger.sqlite import SqliteDatabase
from runner.ledger.store import Ledger
from tests.ledger.ledgers import AT, HERE, THERE, event, script

ENDLESS = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a FROM n) SELECT a, a FROM n"


@pytest.fixture
def address(tmp_path: Path) -> LedgerAddress:
    return LedgerAddress(str(tmp_path / ".sitewalk" / "ledger.db"))


def test_events_come_back_as_they_were(address: LedgerAddress) -> None:
    events = [event(number) for number in range(5)]
    with Ledger.open(address) as ledger:
        for one in events:
            ledger.append(one)
    with Ledger.open(address) as ledger:
        assert list(ledger.all_events()) == events


def test_more_events_than_are_read_at_once_come_in_order(address: LedgerAddress) -> None:
    events = [event(number) for number in range(2 * ledger_reader._PAGE + 1)]
    with Ledger.open(address) as ledger:
        ledger.append(*events)
        assert list(ledger.all_events()) == events
        every = ledger.events_of(HERE, [one.walkthrough for one in events])
        assert sorted(every, key=lambda one: one.id) == events


def test_a_destination_sees_only_its_own_events(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(event(1, THERE), event(2, HERE))
        assert [one.walkthrough for one in ledger.events(HERE)] == ["walk-2"]
        assert list(ledger.events_of(HERE, ["walk-1"])) == []
        assert ledger.destinations() == {HERE, THERE}


def test_events_of_a_kind_can_be_asked_for_alone(address: LedgerAddress) -> None:
    end = Event(AT, "run", HERE, "", Kind.RUN_ENDED, id="e" * 32)
    with Ledger.open(address) as ledger:
        ledger.append(event(1), end, event(2))
        assert list(ledger.all_events(Kind.RUN_ENDED)) == [end]


def test_the_walkthroughs_that_sent_a_recording_are_found(address: LedgerAddress) -> None:
    def sent(walkthrough: str, identity: str) -> Event:
        return Event(AT, "run", HERE, walkthrough, Kind.SENT, identity, {"offset": 1})

    with Ledger.open(address) as ledger:
        ledger.append(sent("one", "3-a"), sent("two", "3-a"), sent("three", "3-b"), event(1))
        assert ledger.senders(HERE, ["3-a", "3-c"]) == {"one", "two"}
        assert ledger.senders(THERE, ["3-a"]) == ledger.senders(HERE, []) == frozenset()


def test_the_runs_of_a_saved_plan_and_what_they_touched_are_found(address: LedgerAddress) -> None:
    def start(run: str, plan: str) -> Event:
        return Event(AT, run, HERE, "", Kind.RUN_STARTED, data={"plan": plan})

    with Ledger.open(address) as ledger:
        ledger.append(start("run", "digest"), start("other", ""), event(1), event(2, THERE))
        assert ledger.runs_of_plan("digest") == {"run"}
        assert ledger.runs_of_plan("") == frozenset()
        assert ledger.touched_by(["run"]) == {HERE: {"walk-1"}, THERE: {"walk-2"}}


def test_several_threads_append_at_once(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        threads = [
            threading.Thread(target=ledger.append, args=(event(number),)) for number in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {one.walkthrough for one in ledger.all_events()} == {
            f"walk-{number}" for number in range(20)
        }


def test_a_reader_makes_nothing(address: LedgerAddress, tmp_path: Path) -> None:
    assert Ledger.open_existing(address) is None
    assert not list(tmp_path.iterdir())


def test_a_reader_writes_nothing(address: LedgerAddress) -> None:
    Ledger.open(address).close()
    reader = Ledger.open_existing(address)
    assert reader is not None
    with reader, pytest.raises(LedgerError, match="readonly database"):
        reader.append(event())


def test_a_reader_reads_while_another_run_writes(address: LedgerAddress) -> None:
    with Ledger.open(address) as writer:
        writer.append(event())
        reader = Ledger.open_existing(address)
        assert reader is not None
        with reader:
            writer.append(event(1))
            assert len(list(reader.all_events())) == 2


def test_a_reader_that_dawdles_holds_up_no_writer(address: LedgerAddress) -> None:
    with Ledger.open(address) as writer:
        writer.append(event(1), event(2))
        reader = Ledger.open_existing(address)
        assert reader is not None
        with reader:
            events = reader.all_events()
            seen = [next(events)]
            writer.append(event(3))
            seen += events
    assert seen == [event(1), event(2)]


def test_what_is_no_ledger_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"not a database at all, but long enough to be looked at" * 30)
    with pytest.raises(LedgerError, match="cannot open the ledger") as caught:
        Ledger.open(LedgerAddress(str(garbage)))
    assert "where SITEWALK_LEDGER names a file that is no ledger, correct it" in caught.value.help
    assert "move it away" not in caught.value.help  # it may be a manifest


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    foreign = LedgerAddress(str(tmp_path / "foreign.db"))
    script(foreign, "CREATE TABLE theirs (a)")
    before = foreign.file.read_bytes()
    with pytest.raises(LedgerError, match="is a database, but not a ledger"):
        Ledger.open(foreign)
    assert foreign.file.read_bytes() == before


@pytest.mark.parametrize("opened", [Ledger.open, Ledger.open_existing])
def test_a_ledger_of_a_newer_version_is_not_touched(
    address: LedgerAddress, opened: Callable[[LedgerAddress], Ledger | None]
) -> None:
    Ledger.open(address).close()
    script(address, "UPDATE sitewalk_ledger SET value = '99'")
    before = address.file.read_bytes()
    with pytest.raises(LedgerError, match="newer version"):
        opened(address)
    assert address.file.read_bytes() == before


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".sitewalk").write_text("", encoding="utf-8")
    with pytest.raises(LedgerError, match="cannot write in the ledger's folder"):
        Ledger.open(LedgerAddress(str(tmp_path / ".sitewalk" / "ledger.db")))


@pytest.mark.parametrize("opened", [Ledger.open, Ledger.open_existing])
def test_a_ledger_that_lost_everything_is_not_taken_for_a_new_one(
    address: LedgerAddress, opened: Callable[[LedgerAddress], Ledger | None]
) -> None:
    Ledger.open(address).close()
    address.file.write_bytes(b"")
    with pytest.raises(LedgerError, match="what it knew is lost") as caught:
        opened(address)
    assert "sitewalk ledger import" in caught.value.help


def test_a_death_while_a_ledger_is_made_leaves_none(
    address: LedgerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DiedError(BaseException):
        pass

    def die(_transaction: Transaction) -> None:
        raise DiedError

    with monkeypatch.context() as deadly:
        deadly.setattr(sqlite, "make_tables", die)
        with pytest.raises(DiedError):
            Ledger.open(address)
    assert Ledger.open_existing(address) is None
    with Ledger.open(address) as ledger:
        ledger.append(event())
        assert list(ledger.all_events()) == [event()]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by other means")
def test_only_the_owner_can_read_it(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(event())
    for path in (address.file, address.file.with_name("ledger.db-journal")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(address.file.parent.stat().st_mode) == 0o700


def test_a_commit_is_durable(address: LedgerAddress) -> None:
    """With less an intent could be lost in a power cut, after its request had left."""
    with Ledger.open(address) as ledger:
        for pragma, wanted in (("journal_mode", "persist"), ("synchronous", 2)):
            assert ledger._database.read(f"PRAGMA {pragma}") == [(wanted,)]


def test_a_journal_of_a_lost_ledger_is_not_played_into_a_new_one(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(event())
    journal = address.file.with_name("ledger.db-journal")
    journal.write_bytes(b"left behind")
    address.file.unlink()
    with Ledger.open(address) as ledger:
        assert not journal.exists()
        assert list(ledger.all_events()) == []


def test_a_full_disk_is_said_and_harms_nothing(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(event())
        assert isinstance(ledger._database, SqliteDatabase)
        ((pages,),) = ledger._database.read("PRAGMA page_count")
        ledger._database.read(f"PRAGMA max_page_count={pages}")
        large = Event(AT, "run", HERE, "walk", Kind.HELD, "", {"reason": "x" * 100_000})
        with pytest.raises(LedgerError, match="cannot write the ledger") as caught:
            ledger.append(large)
        assert "the disk is full" in caught.value.help
        assert list(ledger.all_events()) == [event()]


def test_a_damaged_file_is_named(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(*(event(number) for number in range(500)))
    whole = address.file.read_bytes()
    address.file.write_bytes(whole[: len(whole) // 2])
    with (
        pytest.raises(LedgerError, match=r"malformed|not a database|disk image"),
        Ledger.open(address) as ledger,
    ):
        list(ledger.all_events())


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sitewalk_ledger SET value = 'abc'",
        "UPDATE sitewalk_ledger SET value = '0'",
        "DELETE FROM sitewalk_ledger",
        "UPDATE events SET data = '{'",
        "UPDATE events SET data = '[]'",
        "UPDATE events SET data = CAST(x'ff' AS TEXT)",
        "UPDATE events SET kind = 'unheard-of'",
        "UPDATE events SET destination = 'nowhere'",
        "DROP TABLE events",
    ],
)
def test_what_somebody_broke_inside_it_is_named(address: LedgerAddress, damage: str) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(event())
    script(address, damage)
    with pytest.raises(LedgerError) as refused, Ledger.open(address) as ledger:
        list(ledger.all_events())
    assert "sitewalk ledger import" in refused.value.help


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE events SET data = '{'",
        "UPDATE events SET data = '[]'",
        "UPDATE events SET data = '{} '",
        "UPDATE events SET kind = 'unheard-of'",
        "UPDATE events SET at = 'yesterday'",
    ],
)
def test_what_somebody_broke_is_named_where_only_states_are_read(
    address: LedgerAddress, damage: str
) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(event(1))
    script(address, damage)
    with (
        Ledger.open(address) as ledger,
        pytest.raises(LedgerError, match=r"is damaged: event 1 cannot be read"),
    ):
        ledger.states_of(HERE, ["walk-1"])


@pytest.mark.parametrize("opened", [Ledger.open, Ledger.open_existing])
@pytest.mark.parametrize(
    "attack",
    [
        "CREATE TRIGGER swallow BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END",
        f"CREATE VIEW endless AS {ENDLESS}",
        "CREATE TABLE more (a)",
        "CREATE VIRTUAL TABLE words USING fts5(a)",
        "CREATE UNIQUE INDEX one_kind ON events (kind)",
        "ALTER TABLE claims ADD COLUMN more TEXT DEFAULT 'x'",
        # One that replaces what is there instead of refusing it.
        "DROP TABLE owners; CREATE TABLE owners (identity PRIMARY KEY ON CONFLICT REPLACE)",
    ],
)
def test_a_ledger_that_would_do_more_than_keep_is_refused(
    address: LedgerAddress, attack: str, opened: Callable[[LedgerAddress], Ledger | None]
) -> None:
    Ledger.open(address).close()
    script(address, attack)
    with pytest.raises(LedgerError, match="which no ledger of sitewalk has"):
        opened(address)


def test_a_view_in_place_of_the_version_is_not_asked(address: LedgerAddress) -> None:
    Ledger.open(address).close()
    script(
        address,
        f"DROP TABLE sitewalk_ledger; CREATE VIEW sitewalk_ledger(name, value) AS {ENDLESS}",
    )
    with pytest.raises(LedgerError, match="is a database, but not a ledger"):
        Ledger.open_existing(address)


@pytest.mark.parametrize(
    "linked", ["ledger.db", "ledger.db.lock", "ledger.db-journal", ".sitewalk"]
)
@pytest.mark.skipif(os.name == "nt", reason="links take rights there that a test may lack")
def test_a_ledger_behind_a_link_is_refused(tmp_path: Path, linked: str) -> None:
    elsewhere = LedgerAddress(str(tmp_path / "elsewhere" / "ledger.db"))
    Ledger.open(elsewhere).close()
    folder = tmp_path / ".sitewalk"
    if linked == ".sitewalk":
        folder.symlink_to(elsewhere.file.parent)
    else:
        folder.mkdir()
        (folder / linked).symlink_to(elsewhere.file)
    for opened in (Ledger.open, Ledger.open_existing):
        with pytest.raises(LedgerError, match="is a symbolic link"):
            opened(LedgerAddress(str(folder / "ledger.db")))


def test_an_event_that_is_not_kept_is_not_taken_for_kept(address: LedgerAddress) -> None:
    """As with a trigger that came in while the ledger was open."""
    with Ledger.open(address) as ledger:
        ledger.append(event(1))
        script(
            address,
            "CREATE TRIGGER swallow BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END",
        )
        with pytest.raises(LedgerError, match="did not keep an event"):
            ledger.append(event(2))


@pytest.mark.parametrize("opened", [Ledger.open, Ledger.open_existing])
@pytest.mark.parametrize(
    "damage", ["UPDATE sitewalk_ledger SET value = '99'", "DROP TABLE sitewalk_ledger"]
)
def test_a_refused_ledger_is_let_go_of(
    address: LedgerAddress,
    damage: str,
    opened: Callable[[LedgerAddress], Ledger | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On Windows it could not be moved away, which is what its message asks for."""
    Ledger.open(address).close()
    script(address, damage)
    connections: list[sqlite3.Connection] = []
    connect = sqlite._connect

    def watched(place: Path | str) -> sqlite3.Connection:
        connections.append(connect(place))
        return connections[-1]

    monkeypatch.setattr(sqlite, "_connect", watched)
    with pytest.raises(LedgerError):
        opened(address)
    assert connections
    for connection in connections:
        with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
            connection.execute("SELECT 1")


def test_a_write_in_one_piece_is_all_or_nothing(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        with pytest.raises(LedgerError):
            ledger.append(event(1), event(2), event(3, version=7))
        assert list(ledger.all_events()) == []
        ledger.append()
        ledger.append(event(1), event(2))
        assert list(ledger.all_events()) == [event(1), event(2)]


def test_a_folder_that_a_full_disk_left_half_made_is_kept_out_of_git(tmp_path: Path) -> None:
    folder = tmp_path / ".sitewalk"
    folder.mkdir()
    (folder / ".gitignore").touch()
    Ledger.open(LedgerAddress(str(folder / "ledger.db"))).close()
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"
