"""The flow of a scan: files are found → looked into → compared → sorted into new walks."""

import datetime as dt
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from runner.base.errors import UsageError
from runner.scan.finding import list_files, look_into
from runner.scan.grouping import sort_files
from runner.scan.known import find_duplicates
from runner.scan.model import Candidate, KnownRecordings, Scanned, ScannedFile

_BATCH = 32


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """The progress of a scan: how many files have been looked into, and how many there are."""

    done: int
    total: int


Listener = Callable[[ScanProgress], None]


@dataclass(frozen=True, slots=True)
class ScanContext:
    """What a scan needs from outside: today's date, threads to read in, a progress listener."""

    today: dt.date
    executor: Executor
    listener: Listener


def scan_folder(folder: str, prefix: str, known: KnownRecordings, context: ScanContext) -> Scanned:
    """Scan everything below a folder; `prefix` is its path inside the media root.

    Raises OSError when the folder itself cannot be opened, and UsageError when it goes away.
    """
    disk = os.stat(folder).st_dev  # noqa: PTH116 - as list_files takes it
    listing = list_files(folder, prefix)
    found = _look_into(listing.candidates, context)
    duplicates = find_duplicates(found, known, context.executor)
    _require_still_there(folder, disk)
    scanned = sort_files(found, duplicates, context.today)
    left_out = sorted([*listing.left_out, *scanned.left_out], key=lambda left_out: left_out.paths)
    return Scanned(scanned.walks, tuple(left_out))


def _require_still_there(folder: str, disk: int) -> None:
    """Require that the card was not pulled: known files may then have been taken for new ones."""
    try:
        is_there = os.stat(folder).st_dev == disk  # noqa: PTH116 - as above
    except OSError:
        is_there = False
    if not is_there:
        message = f"{folder} went away while it was scanned"
        raise UsageError(message, "nothing was written; plug or mount it again, then scan again")


def _look_into(candidates: Sequence[Candidate], context: ScanContext) -> list[ScannedFile]:
    """Look into all files in batches: handing each to a thread alone would take longer."""
    batches = [candidates[i : i + _BATCH] for i in range(0, len(candidates), _BATCH)]
    found: list[ScannedFile] = []
    for batch in context.executor.map(_look_into_batch, batches):
        found += batch
        context.listener(ScanProgress(len(found), len(candidates)))
    return found


def _look_into_batch(candidates: Sequence[Candidate]) -> list[ScannedFile]:
    return [look_into(candidate) for candidate in candidates]
