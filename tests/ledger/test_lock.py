import os
from pathlib import Path

import pytest

from runner.base.clock import CancelToken
from runner.base.errors import LockedError, StoppedError
from runner.ledger.lock import Holder, current_holder, hold_lock

HOLDER = Holder("ann", "laptop", os.getpid(), "2026-01-21T08:00:00+00:00", "sitewalk apply a.yaml")


def test_a_second_run_is_told_who_holds_the_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    with hold_lock(ledger, lambda: HOLDER, CancelToken()):
        assert current_holder(ledger) == HOLDER
        with pytest.raises(LockedError) as caught, hold_lock(ledger, lambda: HOLDER, CancelToken()):
            pass
    for told in ("ann", "laptop", str(os.getpid()), "2026-01-21 08:00:00Z", "apply a.yaml"):
        assert told in str(caught.value)
    assert current_holder(ledger) is None


def test_the_lock_holds_where_its_holder_cannot_be_written_down(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    (tmp_path / "ledger.db.holder.json").mkdir()
    with (
        hold_lock(ledger, lambda: HOLDER, CancelToken()),
        pytest.raises(LockedError, match="another run holds"),
        hold_lock(ledger, lambda: HOLDER, CancelToken()),
    ):
        pass


def test_who_waits_is_told_once_for_whom(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    told: list[str] = []
    stop = CancelToken()

    def hear(who: str) -> None:
        told.append(who)
        stop.request()

    with (
        hold_lock(ledger, lambda: HOLDER, CancelToken()),
        pytest.raises(StoppedError),
        hold_lock(ledger, lambda: HOLDER, stop, hear),
    ):
        pass
    assert told == [f"another run holds the ledger {ledger}: {HOLDER}"]
