"""One run at a time writes a ledger: its lock, and the process that holds it."""

import contextlib
import datetime as dt
import errno
import json
import os
import platform
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runner.base.clock import CancelToken
from runner.base.errors import LedgerError, LockedError
from runner.base.files import read_regular, replace_file
from runner.base.wording import moment
from runner.ledger.folder import beside, open_state_folder, refuse_foreign_ledger, unusable

if TYPE_CHECKING:  # loaded by who takes a lock; a plan or a status seldom does
    from filelock import BaseFileLock

_PATIENCE = 1.0
"""Seconds; a program that only asks who holds the lock takes it for a moment."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a ledger: the answer to "who is running this, and where?"."""

    user: str
    host: str
    pid: int
    since: str
    command: str

    def __str__(self) -> str:
        since = moment(dt.datetime.fromisoformat(self.since))
        return f"{self.user} on {self.host} (process {self.pid}) since {since}: {self.command}"


@contextlib.contextmanager
def hold_lock(
    ledger: Path,
    holder: Callable[[], Holder],
    stop: CancelToken,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Hold a ledger's lock; the system frees it when the process dies, however it dies.

    `holder` is asked once the lock is held, so that its `since` is true. Raises LockedError when
    another run holds it; or, given `on_wait`, tells it once who that is and waits for its end.
    Raises LedgerError where it cannot be locked.
    """
    from filelock import FileLock  # noqa: PLC0415 - who takes no lock does without

    refuse_foreign_ledger(ledger)
    open_state_folder(ledger.parent)
    lock = FileLock(beside(ledger, ".lock"))
    _acquire(lock, ledger, stop, on_wait)
    owner = beside(ledger, ".holder.json")
    try:
        with contextlib.suppress(OSError):  # a courtesy to others; the lock holds without it
            replace_file(owner, json.dumps(asdict(holder())).encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def _acquire(
    lock: "BaseFileLock", ledger: Path, stop: CancelToken, on_wait: Callable[[str], None] | None
) -> None:
    if _acquired(lock, ledger):
        return
    if on_wait is None:
        raise LockedError(_who_holds(ledger), "wait for its end, or apply --wait")
    on_wait(_who_holds(ledger))
    while not _acquired(lock, ledger):
        stop.check()


def _acquired(lock: "BaseFileLock", ledger: Path) -> bool:
    from filelock import SoftFileLock, Timeout  # noqa: PLC0415 - who takes no lock does without

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own message follows below
            lock.acquire(timeout=_PATIENCE)
    except Timeout:
        return False
    except NotImplementedError as error:  # of an older library
        raise _no_locks(ledger) from error
    except OSError as error:
        if error.errno in _NO_LOCKS:
            raise _no_locks(ledger) from error
        raise unusable("lock the ledger", ledger, error) from error
    if isinstance(lock, SoftFileLock):  # what the library falls back to, and a crash leaves behind
        lock.release()
        raise _no_locks(ledger)
    return True


_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP})


def _no_locks(ledger: Path) -> LedgerError:
    message = f"cannot lock the ledger {ledger}: its file system has no locks"
    help_ = "two runs could create one walk twice: move the ledger to a disk that has, and name it"
    return LedgerError(message, f"{help_} in SITEWALK_LEDGER")


def current_holder(ledger: Path) -> Holder | None:
    """Who holds a ledger's lock now, if anyone does and has left a name."""
    if not beside(ledger, ".holder.json").exists():
        return None
    from filelock import FileLock, Timeout  # noqa: PLC0415 - who takes no lock does without

    lock = FileLock(beside(ledger, ".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _read_holder(ledger)
    except OSError:
        return None
    lock.release()
    return None


def _who_holds(ledger: Path) -> str:
    holder = _read_holder(ledger)
    return f"another run holds the ledger {ledger}" + (f": {holder}" if holder else "")


def _read_holder(ledger: Path) -> Holder | None:
    try:
        data = json.loads(read_regular(beside(ledger, ".holder.json"), _LONGEST_HOLDER))
        return Holder(**data)
    except (OSError, ValueError, TypeError):
        return None


_LONGEST_HOLDER = 1_000_000
"""Bytes; a command line may be long."""


def this_process(command: str) -> Holder:
    """This process, holding something since now to run `command`."""
    now = dt.datetime.now(dt.UTC).isoformat()
    return Holder(_user(), platform.node(), os.getpid(), now, command)


def _user() -> str:
    import getpass  # noqa: PLC0415 - only who holds something gives a name

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return "unknown"
