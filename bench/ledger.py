"""What a ledger takes of appends, and a shared one of uploads by several machines.

    make bench-ledger
    PYTHONPATH=. python bench/ledger.py --json figures.json

Events per second and the latency of an append, durable each, in a file and on a PostgreSQL server
of its own: so many workers append to a walkthrough each. On the server each is a process; a file
has one, and its workers are threads. Then uploads per hour of several processes that apply one
manifest, each behind a line of its own; every row's ratio is to the first of its kind.
"""

import argparse
import contextlib
import datetime as dt
import json
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from runner.base.errors import ExitStatus
from runner.evercam.addresses import Addresses
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger, make_server_ledger
from runner.ledger.stream import Stream
from runner.sandbox import Sandbox
from tests.badline import BadLine, Line
from tests.crash.walker import Walker
from tests.postgres.server import Server, find_binaries
from tests.sites import Site, walk

HERE = Addresses().destination("evercam")
AT = dt.datetime(2026, 1, 20, 8, tzinfo=dt.UTC)
APPLY = ("apply", "manifest.yaml", "--yes", "--progress", "none", "--jobs", "2")


@dataclass(frozen=True, slots=True)
class Appends:
    """Appends by so many workers: events in a second, and milliseconds of one append."""

    database: str
    workers: int
    rate: float
    median: float
    slowest_of_100: float
    ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Uploads:
    """Walkthroughs uploaded in an hour by so many processes, as the measured seconds tell."""

    workers: int
    seconds: float
    per_hour: float
    ratio: float = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="of appending, for each row")
    parser.add_argument("--walkthroughs", type=int, default=24)
    parser.add_argument("--size", type=int, default=1_000_000, help="bytes of each")
    parser.add_argument("--rate", type=int, default=500_000, help="bytes a second of each line")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as server:
        appends = list(_appends(Path(folder), server, asked.seconds))
        uploads = list(_uploads(Path(folder), server, asked)) if server else []
    if asked.json:
        rows = [asdict(row) for row in (*appends, *uploads)]
        asked.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[Server | None]:
    binaries = find_binaries()
    if binaries is None:
        print("without PostgreSQL")
        yield None
        return
    folder.chmod(0o755)  # PostgreSQL does not run as root
    server = Server(binaries, folder / "cluster")
    server.initialize()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _appends(folder: Path, server: Server | None, seconds: float) -> Iterator[Appends]:
    print(f"{'':10}  workers  events/s         p50       p99")
    for database in ("file", "PostgreSQL") if server else ("file",):
        first = 0.0
        for workers in (1, 4, 16):
            with _pool(database, workers) as pool:
                if database == "file":
                    address = LedgerAddress(str(folder / f"{workers}.db"))
                    Ledger.open(address).close()
                elif server:
                    address = LedgerAddress(server.new_database())
                    make_server_ledger(address)
                row = _measured(pool, database, workers, address, seconds)
            first = first or row.rate
            row = replace(row, ratio=row.rate / first)
            print(
                f"{row.database:10}  {workers:7}  {row.rate:8,.0f} {row.ratio:4.1f}x"
                f"  {row.median:6.1f} ms {row.slowest_of_100:6.1f} ms",
                flush=True,
            )
            yield row


def _pool(database: str, workers: int) -> Executor:
    if database == "file":
        return ThreadPoolExecutor(workers)
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def _measured(
    pool: Executor, database: str, workers: int, address: LedgerAddress, seconds: float
) -> Appends:
    ledger = Ledger.open(address) if database == "file" else None
    with multiprocessing.Manager() as manager:
        ready = manager.Barrier(workers)
        told = [
            pool.submit(append_for, ledger or address, number, ready, seconds)
            for number in range(workers)
        ]
        taken = sorted(latency for future in told for latency in future.result())
    if ledger:
        ledger.close()
    hundredths = statistics.quantiles(taken, n=100)
    return Appends(
        database, workers, len(taken) / seconds, 1000 * hundredths[49], 1000 * hundredths[98]
    )


def append_for(
    where: Ledger | LedgerAddress, number: int, ready: threading.Barrier, seconds: float
) -> Sequence[float]:
    """Append to one walkthrough for some seconds, once all workers are ready.

    Returns how many seconds each append took.
    """
    ledger = where if isinstance(where, Ledger) else Ledger.open(where)
    stream = Stream(ledger, 0)
    data = {"offset": 10**9, "checked_from": 0, "checked": 10**9, "blake3": "0" * 64}
    event = Event(AT, "run", HERE, f"walk-{number}", Kind.SENT, "3000000000-0", data)
    taken = []
    ready.wait()
    now = time.monotonic()
    end = now + seconds
    while now < end:
        stream.append(event)
        now, before = time.monotonic(), now
        taken.append(now - before)
    if where is not ledger:
        ledger.close()
    return taken


def _uploads(folder: Path, server: Server, asked: argparse.Namespace) -> Iterator[Uploads]:
    print(f"{'':10}  workers   seconds  uploads/h  through {asked.rate:,} B/s each")
    first = 0.0
    for workers in (1, 2, 4):
        address = LedgerAddress(server.new_database())
        make_server_ledger(address)
        seconds = _seconds(folder / f"uploads-{workers}", address, workers, asked)
        per_hour = 3600 * asked.walkthroughs / seconds
        first = first or per_hour
        row = Uploads(workers, seconds, per_hour, per_hour / first)
        print(
            f"{'':10}  {workers:7}  {seconds:8.1f}  {per_hour:9,.0f} {row.ratio:4.1f}x", flush=True
        )
        yield row


def _seconds(
    folder: Path, address: LedgerAddress, workers: int, asked: argparse.Namespace
) -> float:
    """Seconds from the first create to the last finish."""
    site = Site(folder / "site")
    names = [f"walk-{number}" for number in range(asked.walkthroughs)]
    site.write(*(walk(name, [f"{name}.insv"]) for name in names))
    for number, name in enumerate(names):
        site.record(f"{name}.insv", asked.size, seed=number + 1000)
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox.start(folder / "sandbox"))
        port = int(sandbox.url.rpartition(":")[2])
        runs = []
        for number in range(workers):
            line = stack.enter_context(BadLine(port, Line(rate=asked.rate)))
            told = {"EVERCAM_TUS_URL": line.through(sandbox.tus_url)}
            here = Site(folder / f"machine-{number}")
            here.folder.mkdir()
            here.manifest.write_text(site.manifest.read_text("utf-8"), "utf-8")
            walker = Walker(here, sandbox, {"SITEWALK_LEDGER": address.text, **told})
            media = ("--media-root", str(site.folder))
            runs.append(stack.enter_context(walker.begin(*APPLY, *media)))
        for run in runs:
            _, err = run.communicate()
            if run.returncode != ExitStatus.DONE:
                raise SystemExit(err)
        requests = sandbox.requests()
    begun = min(each.at for each in requests if each.step == "create")
    ended = max(each.at for each in requests if each.step == "finish")
    return (ended - begun).total_seconds()


if __name__ == "__main__":
    main()
