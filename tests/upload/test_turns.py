"""How many walkthroughs are at work at once, and what the next one's intent is written with."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from runner.api import apply_manifests
from runner.base.errors import ExitStatus
from runner.ledger.events import Event, Kind
from runner.ledger.sqlite import SqliteDatabase, SqliteTransaction
from runner.ledger.store import Ledger
from runner.sandbox import Sandbox
from runner.upload.slots import Turns
from runner.upload.walkthrough import job
from tests.sites import Site, begin_ledger, settings_for, walk
from tests.waiting import until

WALKS = 3


def test_whoever_ends_a_turn_early_lets_the_next_begin_and_no_other() -> None:
    turns, begun = Turns(2), list[int]()

    def work(number: int) -> bool:
        with turns.take() as end:
            begun.append(number)
            return end()

    with ThreadPoolExecutor(2) as pool, turns.take() as end, turns.take():
        others = [pool.submit(work, number) for number in range(2)]
        until(lambda: turns._waiting == 2)
        assert not begun
        assert end(), "two wait for it"
        assert sorted([other.result() for other in others]) == [False, True]
    assert sorted(begun) == [0, 1]
    with turns.take(), turns.take() as end:
        assert not end(), "both turns were free again"


def test_without_a_number_all_have_a_turn() -> None:
    turns = Turns()
    with turns.take() as end, turns.take():
        assert not end()


def test_a_finish_is_written_with_the_next_walkthroughs_intent(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the last one's, which nothing follows; and each walkthrough is done before the next."""
    monkeypatch.setattr(job, "_LINGER", 60.0)  # a slow machine is as good
    site = begin_ledger(Site(tmp_path / "site")).write(
        *(walk(f"w{n}", [f"{n}.insv"]) for n in range(WALKS))
    )
    for number in range(WALKS):
        site.record(f"{number}.insv", seed=number)
    commits = _commits(monkeypatch)
    results = apply_manifests([site.manifest], replace(settings_for(sandbox), jobs=1))
    assert results.exit_status == ExitStatus.DONE
    together = [commit for commit in commits if Kind.FINISHED in commit]
    assert together == [[Kind.FINISHED, Kind.CREATING]] * (WALKS - 1) + [[Kind.FINISHED]]
    steps = [request.step for request in sandbox.requests() if request.step != "login"]
    assert steps == ["create", "tus_create", "patch", "finish"] * WALKS


def _commits(monkeypatch: pytest.MonkeyPatch) -> list[list[Kind]]:
    """The kinds of the events of each commit, in order."""
    commits: list[list[Kind]] = []
    begin, write = SqliteDatabase._transaction, Ledger._append

    @contextmanager
    def noted(database: SqliteDatabase) -> Iterator[SqliteTransaction]:
        commits.append([])
        with begin(database) as transaction:
            yield transaction

    def append(ledger: Ledger, transaction: SqliteTransaction, event: Event) -> None:
        commits[-1].append(event.kind)
        write(ledger, transaction, event)

    monkeypatch.setattr(SqliteDatabase, "_transaction", noted)
    monkeypatch.setattr(Ledger, "_append", append)
    return commits
