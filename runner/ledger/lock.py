"""One run at a time writes a ledger: its folder, its lock, and the process that holds it."""

import contextlib
import datetime as dt
import getpass
import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from runner.base.clock import CancelToken
from runner.base.errors import LedgerError, LockedError
from runner.base.wording import moment

_BESIDE = ("", ".new", ".lock", ".holder.json", "-journal", "-wal", "-shm")
"""Endings of what is written where a ledger is."""


def make_ledger_folder(folder: Path) -> None:
    """Make the folder where it is missing, but not those it lies in; raises LedgerError."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        ignore = folder / ".gitignore"
        if folder.name == ".sitewalk" and not _has_content(ignore):
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"cannot write in the ledger's folder {folder}: {reason}"
        help_ = "make that possible, or choose another place with SITEWALK_LEDGER"
        raise LedgerError(message, help_) from error


def refuse_links(ledger: Path) -> None:
    """Raise LedgerError where a ledger, its folder or a file beside it is a symbolic link.

    One that came with somebody's repository leads anywhere, and a ledger with two names has two
    locks.
    """
    places = [ledger.with_name(ledger.name + ending) for ending in _BESIDE]
    if ledger.parent.name == ".sitewalk":
        places += [ledger.parent, ledger.parent / ".gitignore"]
    for place in places:
        if place.is_symlink():
            help_ = "remove the link; to keep a ledger elsewhere, name its file in SITEWALK_LEDGER"
            raise LedgerError(f"{place} is a symbolic link, which no ledger follows", help_)


def _has_content(file: Path) -> bool:
    """Not only that it exists: a full disk leaves an empty file behind."""
    return file.exists() and file.stat().st_size > 0


_PATIENCE = 1.0
"""Seconds: a program that only asks who holds the lock takes it for a moment."""


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
    refuse_links(ledger)
    make_ledger_folder(ledger.parent)
    lock = FileLock(_beside(ledger, ".lock"))
    if not _acquired(lock, ledger):
        if on_wait is None:
            raise LockedError(_who_holds(ledger), "wait for its end, or apply --wait")
        on_wait(_who_holds(ledger))
        while not _acquired(lock, ledger):
            stop.check()
    owner = _beside(ledger, ".holder.json")
    try:
        with contextlib.suppress(OSError):  # a courtesy to others; the lock holds without it
            owner.write_text(json.dumps(asdict(holder())), encoding="utf-8")
        yield
    finally:
        with contextlib.suppress(OSError):
            owner.unlink(missing_ok=True)
        lock.release()


def _acquired(lock: FileLock, ledger: Path) -> bool:
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        return False
    except OSError as error:
        message = f"cannot lock the ledger {ledger}: {error.strerror or error}"
        raise LedgerError(message, "allow writing in its folder, or set SITEWALK_LEDGER") from error
    return True


def current_holder(ledger: Path) -> Holder | None:
    """Who holds a ledger's lock now, if anyone does."""
    if not _beside(ledger, ".lock").exists():
        return None
    lock = FileLock(_beside(ledger, ".lock"))
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
        told = json.loads(_beside(ledger, ".holder.json").read_text(encoding="utf-8"))
        return Holder(**told)
    except (OSError, ValueError, TypeError):
        return None


def _beside(ledger: Path, ending: str) -> Path:
    return ledger.with_name(ledger.name + ending)


def this_process(command: str) -> Holder:
    """This process, holding something since now to run `command`."""
    now = dt.datetime.now(dt.UTC).isoformat()
    return Holder(_user(), platform.node(), os.getpid(), now, command)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        return "unknown"
