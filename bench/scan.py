"""Scanning a card beside `os.scandir` and opening each file once: ratios from one run.

    make bench-scan

The files are sparse, of the sizes that recordings have, so that only their ends cost anything.
"""

import argparse
import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from runner.recordings.samples import make
from runner.recordings.samples.recipes import X4, X5, RecordingRecipe
from runner.scan.finding import identify_file
from runner.scan.model import KnownRecordings, Reason, Scanned
from runner.scan.scanning import ScanContext, scan_folder
from runner.scan.writing import entries_of, new_manifest

START = dt.datetime(2026, 1, 20, 8)  # noqa: DTZ001 - a camera's clock
A_FOLDER = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_card(Path(folder), told.files)
        print(f"{told.files:>6,} files, best of {told.rounds}              time    ratio")
        bare = best(told.rounds, lambda: open_each(folder))
        report("os.scandir and one open each", bare, bare)
        known = all_known(folder)
        for threads in (1, 4):
            with ThreadPoolExecutor(threads) as executor:
                edges = ScanContext(START.date(), executor, lambda _: None)
                new = best(
                    told.rounds,
                    lambda e=edges: write(scan_folder(folder, "", KnownRecordings(), e)),
                )
                report(f"scan, all new, {threads} threads", new, bare)
                old = best(told.rounds, lambda e=edges: scan_folder(folder, "", known, e))
                report(f"scan, all finished, {threads} threads", old, bare)


def report(what: str, seconds: float, bare: float) -> None:
    print(f"{what:<32}  {seconds:6.2f} s  {seconds / bare:6.2f}x")


def write_card(card: Path, files: int) -> None:
    for number in range(files):
        folder = card / "DCIM" / f"Camera{number // A_FOLDER + 1:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        recipe = replace(
            X5 if number % 2 else X4,
            local_start=START - dt.timedelta(minutes=10 * number),
            payload_size=2_000_000_000 + 4096 * number,
            alignment=64,
            seed=number,
        )
        write_sparse(folder / recipe.file_name, recipe)


def write_sparse(path: Path, recipe: RecordingRecipe) -> None:
    """The recording of a recipe, with a hole where its media data would be."""
    with path.open("wb") as file:
        file.write(make._head(recipe))  # noqa: SLF001 - all but the media data
        file.seek(recipe.payload_size, os.SEEK_CUR)
        file.write(make._tail(recipe))  # noqa: SLF001 - as above


def write(scanned: Scanned) -> str:
    return new_manifest(entries_of(scanned.walks, "loop", ()), "loop", "evercam")


def all_known(folder: str) -> KnownRecordings:
    identities = filter(None, map(identify_file, walk(folder)))
    return KnownRecordings(in_ledger=dict.fromkeys(identities, (Reason.FINISHED, "walk")))


def best(rounds: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def open_each(folder: str) -> int:
    return sum(1 for path in walk(folder) if opened(path))


def opened(path: str) -> bool:
    with open(path, "rb") as file:  # noqa: PTH123 - the quickest way there is
        return file.fileno() >= 0


def walk(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from walk(entry.path)
            else:
                yield entry.path


if __name__ == "__main__":
    main()
