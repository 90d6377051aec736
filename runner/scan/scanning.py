"""The flow of a scan: files are found → looked into → compared → sorted into new walks."""

import datetime as dt
import os
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from runner.base.errors import UsageError
from runner.recordings.address import StoreAddress
from runner.scan.finding import look_into
from runner.scan.grouping import sort_files
from runner.scan.known import find_duplicates
from runner.scan.listing import Listing, list_files, list_objects
from runner.scan.model import (
    Candidate,
    KnownRecordings,
    LeftOut,
    Reason,
    Scanned,
    ScannedFile,
)

_BATCH = 32


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """The progress of a scan: how many files have been looked into, and how many there are."""

    done: int
    total: int


Listener = Callable[[ScanProgress], None]


@dataclass(frozen=True, slots=True)
class ScanContext:
    """What a scan needs from outside: today's date, threads to read in, a progress listener.

    `ignored` are recordings to leave out, by name or by path.
    """

    today: dt.date
    executor: Executor
    listener: Listener
    ignored: Collection[str] = ()


def scan_folder(
    folder: str | StoreAddress, prefix: str, known: KnownRecordings, context: ScanContext
) -> Scanned:
    """Scan everything below a folder or an address; `prefix` is its path inside the media root.

    Raises OSError when the folder itself cannot be opened, UsageError when it goes away, and the
    errors of `list_objects`.
    """
    if isinstance(folder, StoreAddress):
        return _scanned(list_objects(folder, prefix), known, context)
    disk = os.stat(folder).st_dev  # noqa: PTH116 - as list_files takes it
    scanned = _scanned(list_files(folder, prefix), known, context)
    _require_still_there(folder, disk)
    return scanned


def _scanned(listing: Listing, known: KnownRecordings, context: ScanContext) -> Scanned:
    found = _look_into(listing.candidates, context)
    duplicates = find_duplicates(found, known, context.executor)
    scanned = sort_files(found, duplicates, context.today)
    scanned = without_ignored(scanned, context.ignored)
    left_out = sorted([*listing.left_out, *scanned.left_out], key=lambda left_out: left_out.paths)
    return Scanned(scanned.walks, tuple(left_out))


def without_ignored(scanned: Scanned, ignored: Collection[str]) -> Scanned:
    """The same without the walks of which somebody said to leave a file out."""
    if not ignored:
        return scanned

    def is_ignored(paths: Sequence[str]) -> bool:
        return any(path in ignored or path.rpartition("/")[2] in ignored for path in paths)

    walks = {walk: tuple(file.path for file in walk.files) for walk in scanned.walks}
    kept = tuple(walk for walk, paths in walks.items() if not is_ignored(paths))
    gone = [LeftOut(Reason.IGNORED, paths) for paths in walks.values() if is_ignored(paths)]
    others = [
        replace(left_out, reason=Reason.IGNORED, detail="")
        if is_ignored(left_out.paths) and not left_out.reason.is_expected
        else left_out
        for left_out in scanned.left_out
    ]
    return Scanned(kept, (*others, *gone))


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
