"""A server that restarts, vanishes or lies about what it kept costs waiting, and no event."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import keyring
import psycopg
import pytest

from runner.base.clock import CancelToken
from runner.base.errors import LedgerError, OvertakenError, UsageError
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.ledger.postgresql import Patience, PostgresqlDatabase
from runner.ledger.store import Ledger, make_server_ledger
from runner.ledger.stream import Streams
from runner.report.overview import overview_of
from tests.ledger.ledgers import AT, HERE, THERE, event
from tests.postgres.hole import Hole, hole_before
from tests.postgres.server import Server
from tests.waiting import until

QUICK = Patience(total=60, attempt=1, first=1, stopping=0.5, longest_pause=0.2)


@pytest.fixture
def hole(server: Server) -> Iterator[Hole]:
    with hole_before(server.port) as hole:
        yield hole


def _open(url: str, patience: Patience = QUICK, stop: CancelToken | None = None) -> Ledger:
    return Ledger(LedgerAddress(url), PostgresqlDatabase.open(url, patience, stop))


def _next(walkthrough: str, version: int, writer: str = "run") -> Event:
    return Event(AT, writer, HERE, walkthrough, Kind.SENT, "it", {"offset": 1}, version)


def test_what_was_appended_is_read(address: LedgerAddress) -> None:
    events = [event(number) for number in range(1200)]
    with Ledger.open(address) as ledger:
        ledger.append(*events)
        assert list(ledger.all_events()) == events
        assert list(ledger.events_of(HERE, ["walk-7"])) == [event(7)]
        assert fold(ledger.events(HERE))["walk-3"].upload_id == 3
        assert ledger.destinations() == {HERE}


def test_the_ledger_says_who_goes_on(address: LedgerAddress) -> None:
    with Ledger.open(address) as ledger:
        ledger.append(event(1))
        ledger.append(event(1))  # repeated
        with pytest.raises(OvertakenError):
            ledger.append(_next("walk-1", 1))
        with pytest.raises(LedgerError, match="lacks events"):
            ledger.append(_next("walk-1", 3))
        ledger.append(_next("walk-1", 2))
        assert len(list(ledger.all_events())) == 2


def test_one_of_eight_writers_wins_each_version(address: LedgerAddress) -> None:
    rounds, writers = 40, 8
    gate = threading.Barrier(writers)

    def write(writer: int) -> list[int]:
        won = []
        with Ledger.open(address) as ledger:
            for version in range(1, rounds + 1):
                gate.wait()
                try:
                    ledger.append(_next("walk", version, f"run-{writer}"))
                    won.append(version)
                except OvertakenError:
                    pass
                gate.wait()
        return won

    with ThreadPoolExecutor(writers) as pool:
        wins = Counter(version for won in pool.map(write, range(writers)) for version in won)
    assert wins == Counter(range(1, rounds + 1))


def test_tables_are_made_once_by_however_many(database: str) -> None:
    address = LedgerAddress(database)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: make_server_ledger(address), range(8)))
    assert sorted(made) == [False] * 7 + [True]
    Ledger.open(address).close()


def test_a_mistyped_database_begins_no_ledger(server: Server, database: str) -> None:
    with pytest.raises(LedgerError, match="no ledger in the database") as refused:
        Ledger.open(LedgerAddress(database))
    assert "ledger init" in refused.value.help
    with pytest.raises(LedgerError, match="does not exist"):
        Ledger.open(LedgerAddress(server.url("sitse")))


def test_a_database_that_confirms_too_early_is_refused(
    server: Server, address: LedgerAddress
) -> None:
    name = address.text.rpartition("/")[2]
    server.ask("postgres", f"ALTER DATABASE {name} SET synchronous_commit = off")
    with pytest.raises(LedgerError, match="synchronous_commit=off"):
        Ledger.open(address)


def test_a_server_that_forgets_is_refused(server: Server, address: LedgerAddress) -> None:
    def set_fsync(word: str) -> None:
        server.ask("postgres", f"ALTER SYSTEM SET fsync = {word}")
        server.ask("postgres", "SELECT pg_reload_conf()")
        until(lambda: server.ask("postgres", "SHOW fsync") == [(word,)])

    set_fsync("off")
    try:
        with pytest.raises(LedgerError, match="fsync=off"):
            Ledger.open(address)
    finally:
        set_fsync("on")
    Ledger.open(address).close()


def test_a_password_comes_from_the_environment_a_file_or_a_keyring(
    server: Server, address: LedgerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = address.text.rpartition("/")[2]
    server.ask("postgres", "CREATE ROLE clerk LOGIN PASSWORD 's3cret'")
    server.ask(name, "GRANT SELECT ON events, sitewalk_ledger TO clerk")
    server.require_passwords("clerk")
    url = address.text.replace("sitewalk@", "clerk@")
    until(lambda: "no password supplied" in _refusal(url))
    assert f"keyring set postgresql://127.0.0.1:{server.port}/{name} clerk" in _refusal(url)

    monkeypatch.setenv("PGPASSWORD", "s3cret")
    _open(url).close()
    monkeypatch.delenv("PGPASSWORD")
    file = tmp_path / "pgpass"
    file.write_text("*:*:*:clerk:s3cret\n", encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    _open(url).close()
    monkeypatch.delenv("PGPASSFILE")

    held = {(f"postgresql://127.0.0.1:{server.port}/{name}", "clerk"): "wrong"}
    monkeypatch.setattr(keyring, "get_password", lambda *asked: held.get(asked))
    assert "password authentication failed" in _refusal(url)
    held = dict.fromkeys(held, "s3cret")
    _open(url).close()


def _refusal(url: str) -> str:
    try:
        _open(url).close()
    except LedgerError as error:
        return f"{error}; {error.help}"
    return ""


def test_a_database_that_was_put_back_is_noticed_by_the_next_event(
    server: Server, address: LedgerAddress
) -> None:
    with Ledger.open(address) as ledger:
        run = Streams(ledger, {})
        for number in range(5):
            run.append(Event(AT, "run", HERE, "walk", Kind.SENT, "it", {"offset": number}))
        server.ask(address.text.rpartition("/")[2], "DELETE FROM events WHERE version > 3")
        with pytest.raises(LedgerError) as refused:
            run.append(Event(AT, "run", HERE, "walk", Kind.SENT, "it", {"offset": 6}))
        assert "lacks events of `walk`: it ends at 3, and 6 was to follow" in str(refused.value)
        assert "restore the newest" in refused.value.help
        assert not isinstance(refused.value, OvertakenError)


def test_another_server_is_refused_with_the_reason() -> None:
    with pytest.raises(UsageError, match="begins with mysql") as refused:
        Ledger.open(LedgerAddress("mysql://me:secret@there/sites"))
    assert "PostgreSQL" in refused.value.help
    assert "secret" not in f"{refused.value}{refused.value.help}"


@pytest.mark.parametrize(
    "url", ["postgresql://me:s3cret@127.0.0.1:1/x", "postgresql://me:s3@cret@there/x"]
)
def test_a_password_is_shown_to_nobody(url: str) -> None:
    with pytest.raises((LedgerError, UsageError)) as refused:
        _open(url)
    said = f"{refused.value}{refused.value.help}"
    assert "s3" not in said
    assert "cret" not in said


def test_a_restart_between_events_goes_unnoticed(server: Server, address: LedgerAddress) -> None:
    with _open(address.text) as ledger:
        ledger.append(event(1))
        server.restart()
        ledger.append(event(2))
        assert [each.walkthrough for each in ledger.all_events()] == ["walk-1", "walk-2"]


def test_a_server_that_was_killed_is_waited_for(server: Server, address: LedgerAddress) -> None:
    with _open(address.text) as ledger:
        ledger.append(event(1))
        server.kill()
        with ThreadPoolExecutor(4) as pool:
            appended = [pool.submit(ledger.append, event(number)) for number in range(2, 6)]
            server.start()
            for future in appended:
                future.result()
        assert len(list(ledger.all_events())) == 5


def test_who_is_asked_to_stop_waits_no_longer(server: Server, address: LedgerAddress) -> None:
    stop = CancelToken()
    with _open(address.text, stop=stop) as ledger:
        server.kill()
        stop.request()
        with pytest.raises(LedgerError, match="cannot write"):
            ledger.append(event(1))
        server.start()


@pytest.mark.parametrize("statement", [b"INSERT INTO events", b"COMMIT"])
def test_a_lost_acknowledgement_makes_no_second_event(
    server: Server, address: LedgerAddress, hole: Hole, statement: bytes
) -> None:
    """Cut before the commit, or after it and before its answer; three times in a row."""
    through = server.url(address.text.rpartition("/")[2], hole.port)
    cuts = iter([True, True, True])
    with _open(through) as ledger:
        hole.cut_when = lambda packet: statement in packet and next(cuts, False)
        ledger.append(event(1))
        assert next(cuts, None) is None
        assert list(ledger.all_events()) == [event(1)]


def test_a_black_hole_costs_waiting_only(
    server: Server, address: LedgerAddress, hole: Hole
) -> None:
    through = server.url(address.text.rpartition("/")[2], hole.port)
    with _open(through) as ledger, ThreadPoolExecutor(1) as pool:
        ledger.append(event(1))
        hole.is_black.set()
        appended = pool.submit(ledger.append, event(2))
        until(lambda: hole.swallowed > 2)
        assert not appended.done()
        hole.is_black.clear()
        appended.result()
        assert list(ledger.all_events()) == [event(1), event(2)]


def test_a_full_server_is_waited_for(server: Server, address: LedgerAddress) -> None:
    name = address.text.rpartition("/")[2]
    server.ask("postgres", "CREATE ROLE worker LOGIN SUPERUSER")
    server.ask("postgres", "ALTER ROLE worker NOSUPERUSER CONNECTION LIMIT 1")
    server.ask(name, "GRANT SELECT, INSERT ON events, sitewalk_ledger TO worker")
    url = address.text.replace("sitewalk@", "worker@")
    with ThreadPoolExecutor(1) as pool, closing(psycopg.connect(url)) as only:
        opened = pool.submit(_open, url)
        until(lambda: _refusals(server))
        only.close()
        with opened.result() as ledger:
            ledger.append(event(1))


def _refusals(server: Server) -> bool:
    return "too many connections for role" in (server.folder / "log").read_text(encoding="utf-8")


def test_many_runs_share_a_pgbouncer(server: Server, address: LedgerAddress, bouncer: int) -> None:
    url = server.url(address.text.rpartition("/")[2], bouncer)

    def run(number: int) -> None:
        with _open(url) as ledger:
            for version in range(1, 21):
                ledger.append(_next(f"walk-{number}", version))
                assert len(list(ledger.events_of(HERE, [f"walk-{number}"]))) == version

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    with Ledger.open(address) as ledger:
        assert len(list(ledger.all_events())) == 160


def test_a_worker_without_rights_is_told_where_they_stand(
    server: Server, address: LedgerAddress
) -> None:
    server.ask("postgres", "CREATE ROLE stranger LOGIN")
    with pytest.raises(LedgerError, match="permission denied") as refused:
        Ledger.open(LedgerAddress(address.text.replace("sitewalk@", "stranger@")))
    assert "rights of a worker" in refused.value.help


def test_what_is_done_is_counted_on_a_server_as_in_a_file(
    address: LedgerAddress, tmp_path: Path
) -> None:
    file = LedgerAddress(str(tmp_path / "ledger.db"))
    done = (Kind.CREATING, Kind.CREATED, Kind.FINISHING, Kind.FINISHED)
    events = [
        Event(AT, "run", place, f"walk-{number}", kind, "", {"upload_id": number})
        for place, count in ((HERE, 9), (THERE, 2))
        for number in range(count)
        for kind in done[: 4 - number % 2]
    ]
    for ledger in (Ledger.open(file), Ledger.open(address)):
        with ledger:
            ledger.fill(events)
    told, there = overview_of(file), overview_of(address)
    assert replace(there, ledger=told.ledger) == told
    assert told.done == {HERE: 5, THERE: 0}
    assert len(told.walkthroughs) == 4 + 2
