"""What several threads write while the disk is synced shares the next sync, and nothing else."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base.errors import OvertakenError
from runner.ledger.address import LedgerAddress
from runner.ledger.events import Event
from runner.ledger.sqlite import SqliteTransaction
from runner.ledger.store import Ledger
from tests.ledger.ledgers import event
from tests.waiting import until

WRITERS = 8


class Disk:
    """Syncs of a ledger: the first ones last until they are let go, and all are counted."""

    def __init__(self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commits = ledger.database._commits  # type: ignore[attr-defined] # of a file
        self.syncs = 0
        self.is_free = threading.Event()
        begin = self.commits._begin

        @contextmanager
        def counted() -> Iterator[SqliteTransaction]:
            with begin() as transaction:
                yield transaction
                self.is_free.wait()
            self.syncs += 1

        monkeypatch.setattr(self.commits, "_begin", counted)

    @property
    def is_syncing(self) -> bool:
        """Whether a write is under way and nobody else waits."""
        return self.commits._lock.locked() and not self.commits._waiting


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(LedgerAddress(str(tmp_path / "ledger.db"))) as ledger:
        yield ledger


def _write_during_a_sync(
    ledger: Ledger, disk: Disk, pool: ThreadPoolExecutor, events: list[Event]
) -> list[Future[None]]:
    """Write an event, and these while that one is synced."""
    first = pool.submit(ledger.append, event(0))
    until(lambda: disk.is_syncing)
    writes = [pool.submit(ledger.append, one) for one in events]
    until(lambda: len(disk.commits._waiting) == len(events))
    disk.is_free.set()
    first.result()
    return writes


def test_what_waits_for_a_sync_shares_the_next_one(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, events = Disk(ledger, monkeypatch), [event(number) for number in range(1, WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        for write in _write_during_a_sync(ledger, disk, pool, events):
            write.result()
    assert disk.syncs == 2
    assert sorted(one.id for one in ledger.all_events()) == [event(n).id for n in range(WRITERS)]


def test_one_that_is_refused_costs_the_others_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(event(2))
    late = replace(event(2), id="f" * 32)
    disk = Disk(ledger, monkeypatch)
    with ThreadPoolExecutor(WRITERS) as pool:
        writes = _write_during_a_sync(ledger, disk, pool, [event(1), late, event(3)])
        refusals = [type(write.exception()) for write in writes]
    assert refusals == [type(None), OvertakenError, type(None)]
    assert {one.walkthrough for one in ledger.all_events()} == {f"walk-{n}" for n in range(4)}
