"""Checking a manifest's recordings beside merely identifying them: ratios from one run.

    PYTHONPATH=. .venv/bin/python bench/preflight.py [--files 2000] [--size 100000] [--folder /nas]

Identifying opens a file and reads 64 KiB of either end, as every plan does. Checking reads what the
recording says of itself and looks for holes as well, and judges all of them together. Holes are
looked for in up to 512 places, which only recordings of 10 GB have. The files are in the cache of a
warm disk; on one that is not, what counts is the number of reads.
"""

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from runner.flow.check import check_manifests
from runner.recordings.identity import identify
from runner.recordings.samples import recipes
from runner.recordings.samples.make import write_recording
from runner.recordings.samples.recipes import RecordingRecipe

HEAD = """\
version: 1
project: evercam
drawings:
  level-2: {id: 6143}
routes:
  loop: {drawing: level-2, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}
walkthroughs:
"""
WALK = """\
  - id: walk-{0}
    date: {1}
    route: loop
    files: [{2}]
"""
TODAY = dt.date(2026, 1, 26)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--size", type=int, default=100_000, help="media data of each, in bytes")
    parser.add_argument("--folder", type=Path, help="where to write them; default: a new folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as made:
        folder = Path(made)
        paths = write_recordings(folder, asked.files, asked.size)
        identified = best(lambda: [_identify(path) for path in paths])
        checked = best(lambda: check_manifests([folder / "manifest.yaml"], None, TODAY))
        problems = check_manifests([folder / "manifest.yaml"], None, TODAY).problems
    each, per_file = identified / asked.files * 1000, checked / asked.files * 1000
    print(f"{asked.files:,} recordings, {len(problems)} problems")
    print(f"identified {identified:6.2f} s  {each:6.3f} ms a file")
    print(f"checked    {checked:6.2f} s  {per_file:6.3f} ms a file  {checked / identified:5.2f}x")


def write_recordings(folder: Path, count: int, size: int) -> list[Path]:
    """Pairs of lens files, as they need the most thought, and a manifest with a walk for each."""
    start = dt.datetime(2026, 1, 20, 8)  # noqa: DTZ001 - a camera's clock
    paths, walks = [], []
    for number in range(count // 2):
        moment = start + dt.timedelta(minutes=2 * number)
        pair = recipes.lens_pair(
            replace(recipes.X3, local_start=moment, payload_size=size, seed=2 * number)
        )
        names = [recipe.file_name for recipe in pair]
        paths += [_write(folder, recipe) for recipe in pair]
        walks.append(WALK.format(number, moment.date(), ", ".join(names)))
    (folder / "manifest.yaml").write_text(HEAD + "".join(walks), encoding="utf-8")
    return paths


def _write(folder: Path, recipe: RecordingRecipe) -> Path:
    path = folder / recipe.file_name
    write_recording(path, recipe)
    return path


def _identify(path: Path) -> object:
    with path.open("rb") as file:
        return identify(file, path.stat().st_size)


def best(work: Callable[[], object]) -> float:
    """The shortest of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
