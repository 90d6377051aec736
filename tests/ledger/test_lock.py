import contextlib
import errno
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import BaseFileLock, FileLock, SoftFileLock

from runner.base.clock import CancelToken
from runner.base.errors import LedgerError, LockedError, StoppedError
from runner.ledger.lock import Holder, current_holder, hold_lock
from runner.ledger.sqlite import SqliteDatabase

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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_who_may_not_use_a_ledger_is_told_whose_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / ".sitewalk" / "ledger.db"
        ledger.parent.mkdir(mode=0o700)
        ledger.write_bytes(b"x")
        Path(folder).chmod(0o755)
        monkeypatch.setattr(Path, "owner", lambda _: "ann")
        with _without_rights(ledger.parent), pytest.raises(LedgerError) as refused:
            SqliteDatabase.open_existing(ledger)
        assert "Permission denied; it belongs to ann" in str(refused.value)
        assert "name the ledger there in SITEWALK_LEDGER" in refused.value.help


@contextlib.contextmanager
def _without_rights(folder: Path) -> Iterator[None]:
    """As another user where the tests are run by root, to whom no right is denied."""
    if os.geteuid() == 0:
        os.seteuid(65534)
    else:
        folder.chmod(0)
    try:
        yield
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        else:
            folder.chmod(0o700)


class _Fallen(SoftFileLock):
    """What the library makes of a lock where the file system has none."""


@pytest.mark.parametrize("how", ["refused", "fallen back", "unsupported"])
def test_a_file_system_without_locks_is_told_as_that(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def acquire(lock: BaseFileLock, **_: object) -> None:
        if how == "refused":
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
        if how == "unsupported":
            raise NotImplementedError
        warnings.warn("falling back to SoftFileLock", stacklevel=1)
        lock.__class__ = _Fallen

    monkeypatch.setattr(FileLock, "acquire", acquire)
    with (
        pytest.raises(LedgerError, match="its file system has no locks") as refused,
        hold_lock(tmp_path / "ledger.db", lambda: HOLDER, CancelToken()),
    ):
        pass
    assert "SITEWALK_LEDGER" in refused.value.help
