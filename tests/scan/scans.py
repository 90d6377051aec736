"""Scans for tests: a folder looked at with nothing known, or with what a test says is known."""

import datetime as dt
from pathlib import Path

from runner.scan.model import KnownRecordings, LeftOut, Reason, Scanned
from runner.scan.scanning import ScanContext, ScanProgress, scan_folder
from tests.sites import InlineExecutor

TODAY = dt.date(2026, 1, 26)
NOTHING = KnownRecordings()


def scan(
    card: Path,
    known: KnownRecordings = NOTHING,
    prefix: str = "",
    progress: list[ScanProgress] | None = None,
) -> Scanned:
    """Scan a card whose root is the media root."""
    listener = (lambda _: None) if progress is None else progress.append
    return scan_folder(str(card), prefix, known, ScanContext(TODAY, InlineExecutor(), listener))


def files(scanned: Scanned) -> list[list[str]]:
    """The files of each new walk."""
    return [[file.path for file in walk.files] for walk in scanned.walks]


def left_out(scanned: Scanned) -> dict[str, Reason]:
    """Why each path was left out."""
    return {path: left_out.reason for left_out in scanned.left_out for path in left_out.paths}


def only(scanned: Scanned) -> LeftOut:
    """The one thing that was left out."""
    (left_out,) = scanned.left_out
    return left_out
