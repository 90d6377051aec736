"""What a ledger that grows costs its commands: beside 100 finished walks, and beside many more.

    make bench-scale
    make bench-scale SIZES=100,1000000

Ledgers of finished walks, a file and on a PostgreSQL server of its own where one is installed; a
manifest of 20 walks besides. Each command is a process of its own: its CPU time, its largest
memory, and how many times the smallest ledger's they are. The JSON goes to a file for `--json`.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from runner.base.destination import Destination
from runner.evercam.addresses import Addresses
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger, make_server_ledger
from runner.ledger.table import WRITTEN, row_of
from tests.postgres.server import Server, find_binaries
from tests.sites import Site, walk

HERE = Addresses().destination("evercam")
AT = dt.datetime(2026, 1, 20, 8, tzinfo=dt.UTC)
NUMBER = 70_000_000
"""Stands for a walk's own number in the events that are written of each."""

FIRST = 10_000_000
"""The number of the first walk; as long as the one that it takes the place of."""

WALKS_A_RUN = 20
PLANNED = 20
COMMANDS = {
    "plan of 20": ("plan", "manifest.yaml"),
    "status": ("status",),
    "status MANIFEST": ("status", "manifest.yaml"),
    "status --format json": ("status", "--format", "json"),
    "ledger export": ("ledger", "export", os.devnull),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A command beside so many finished walks: CPU in seconds, memory in MiB."""

    database: str
    walks: int
    command: str
    seconds: float
    mebibytes: float
    seconds_ratio: float = 1.0
    memory_ratio: float = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,10000,100000")
    parser.add_argument("--commands", default=",".join(COMMANDS))
    parser.add_argument("--databases", default="SQLite,PostgreSQL")
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    sizes = [int(size) for size in told.sizes.split(",")]
    rows: list[Row] = []
    print(f"{'':10}  {'walks':>9}  {'command':<21} {'CPU':>8} {'':>6}  {'memory':>8}")
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder), told.databases) as server:
        for address in _addresses(Path(folder), server, sizes, told.databases):
            for command in told.commands.split(","):
                rows.append(_measured(Path(folder), *address, command, rows))
                _show(rows[-1])
    if told.json:
        told.json.write_text(json.dumps([asdict(row) for row in rows], indent=2), encoding="utf-8")


@contextlib.contextmanager
def _server(folder: Path, databases: str) -> Iterator[Server | None]:
    binaries = find_binaries()
    if binaries is None or "PostgreSQL" not in databases:
        print("without PostgreSQL")
        yield None
        return
    folder.chmod(0o755)
    server = Server(binaries, folder / "cluster")
    server.initialize()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _addresses(
    folder: Path, server: Server | None, sizes: list[int], databases: str
) -> Iterator[tuple[str, int, str]]:
    """A ledger for each size, in a file and on the server: where it is."""
    for size in sizes if "SQLite" in databases else ():
        address = LedgerAddress(str(folder / f"ledger-{size}.db"))
        Ledger.open(address).close()
        with contextlib.closing(sqlite3.connect(address.text)) as connection, connection:
            insert = f"INSERT INTO events ({WRITTEN}) VALUES ({', '.join('?' * 10)})"
            connection.executemany(insert, rows_of_finished(size))
        yield "SQLite", size, address.text
        Path(address.text).unlink()
    if server is not None:
        for size in sizes:
            url = server.new_database()
            make_server_ledger(LedgerAddress(url))
            _copy(url, size)
            yield "PostgreSQL", size, url


def _copy(url: str, size: int) -> None:
    import psycopg  # noqa: PLC0415 - an extra

    with psycopg.connect(url, autocommit=True) as connection:
        with connection.cursor().copy(f"COPY events ({WRITTEN}) FROM STDIN") as copy:
            for row in rows_of_finished(size):
                copy.write_row(row)
        connection.execute("VACUUM ANALYZE events")  # as the server does by itself after a while


def rows_of_finished(count: int) -> Iterator[tuple[object, ...]]:
    """Every event of so many finished walks, and of the runs that sent them."""
    of_a_walk = [row_of(event) for event in _events(HERE)]
    for number in range(FIRST, FIRST + count):
        if number % WALKS_A_RUN == 0:
            yield row_of(_frame(number, Kind.RUN_STARTED, _plan(number)))
        yield from (tuple(_numbered(value, number) for value in row) for row in of_a_walk)
        if number % WALKS_A_RUN == WALKS_A_RUN - 1:
            yield row_of(_frame(number, Kind.RUN_ENDED, {"exit_status": 0, "seconds": 900.0}))


def _numbered(value: object, number: int) -> object:
    return value.replace(str(NUMBER), str(number)) if isinstance(value, str) else value


def _events(place: Destination) -> Iterator[Event]:
    """The thirteen events of a walk that was sent in one go."""
    identity = f"3000000000-{NUMBER:064}"
    names = {identity: f"VID_{NUMBER}.insv"}
    intent = {"name": f"Walk {NUMBER}", "date": "2026-01-20", "drawing_id": 6143}
    proof = {"checked_from": 0, "checked": 10**9, "blake3": "0" * 64, "modified": 1}
    told = [
        (Kind.CREATING, "", {**intent, "drawing": "level-2", "recordings": names}),
        (Kind.CREATED, "", {"upload_id": NUMBER}),
        (
            Kind.TUS_CREATING,
            identity,
            {"name": names[identity], "length": 3 * 10**9, "modified": 1},
        ),
        (Kind.TUS_CREATED, identity, {"url": f"https://portal.evercam.io/files/{NUMBER:032}"}),
        *((Kind.SENT, identity, {"offset": part * 5 * 10**8, **proof}) for part in range(6)),
        (Kind.UPLOADED, identity, {"offset": 3 * 10**9, "bytes": 3 * 10**9, "retries": 0}),
        (Kind.FINISHING, "", {"target_points_count": 12, "recordings": names}),
        (Kind.FINISHED, "", {"status": 200, "retries": 0}),
    ]
    for version, (kind, recording, data) in enumerate(told, start=1):
        run, id_ = f"r{NUMBER}", f"{NUMBER}{version:024x}"
        yield Event(AT, run, place, f"walk-{NUMBER}", kind, recording, data, version, id_)


def _plan(number: int) -> dict[str, object]:
    planned = [
        {
            "id": f"walk-{walk:08}",
            "name": f"Walk {walk:08}",
            "date": "2026-01-20",
            "drawing": "level-2",
            "drawing_id": 6143,
            "manifest": "manifest.yaml",
            "action": "create",
            "upload_id": None,
            "recordings": [{"name": f"VID_{walk:08}.insv", "identity": f"3000000000-{walk:064}"}],
        }
        for walk in range(number, number + WALKS_A_RUN)
    ]
    return {"user": "me", "host": "laptop", "command": "sitewalk apply", "walkthroughs": planned}


def _frame(number: int, kind: Kind, data: dict[str, object]) -> Event:
    id_ = f"{number:08}{'a' if kind is Kind.RUN_STARTED else 'b'}{0:023x}"
    at = AT + dt.timedelta(minutes=number - FIRST)
    return Event(
        at, f"r{number // WALKS_A_RUN * WALKS_A_RUN:08}", HERE, "", kind, "", data, None, id_
    )


def _measured(
    folder: Path, database: str, walks: int, ledger: str, command: str, before: list[Row]
) -> Row:
    """Run a command; what it cost beside the same command's cost with the first ledger."""
    seconds, mebibytes = _cost(_site(folder / "site"), ledger, COMMANDS[command])
    row = Row(database, walks, command, seconds, mebibytes)
    for first in before:
        if (first.database, first.command) == (database, command):
            ratios = seconds / first.seconds, mebibytes / first.mebibytes
            return Row(database, walks, command, seconds, mebibytes, *ratios)
    return row


def _site(folder: Path) -> Site:
    site = Site(folder)
    if not site.manifest.exists():
        names = [f"new-{number}" for number in range(PLANNED)]
        site.write(*(walk(name, [f"{name}.insv"]) for name in names))
        for number, name in enumerate(names):
            site.record(f"{name}.insv", 8_000, seed=number + 1000)
    return site


def _cost(site: Site, ledger: str, words: tuple[str, ...]) -> tuple[float, float]:
    environment = {**os.environ, "SITEWALK_LEDGER": ledger, "PYTHONPATH": str(Path.cwd())}
    program = [sys.executable, "-c", _MEASURED, *words]
    done = subprocess.run(
        program, cwd=site.folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    seconds, kibibytes = done.stderr.splitlines()[-1].split()
    return float(seconds), float(kibibytes) / 1024


_MEASURED = """
import atexit, resource, sys
def tell():
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
atexit.register(tell)
from runner.__main__ import main
main()
"""


def _show(row: Row) -> None:
    print(
        f"{row.database:10}  {row.walks:>9,}  {row.command:<21} "
        f"{row.seconds:6.2f} s {row.seconds_ratio:5.1f}x  "
        f"{row.mebibytes:4.0f} MiB {row.memory_ratio:4.1f}x",
        flush=True,
    )


if __name__ == "__main__":
    main()
