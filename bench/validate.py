"""Validating a manifest beside PyYAML's C loader composing it, and `--help` beside `import typer`.

    .venv/bin/python bench/validate.py

What is measured is all of `sitewalk validate --without-files` but the start of Python: reading the
file, its YAML, schema and meaning, and what manifests have in common. Looking at the 20,000
recordings themselves is left out: what a disk takes to open them is not the program's. Times are
the processor's, of `--help` the clock's; they alternate, and the medians count.
"""

import datetime as dt
import gc
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import yaml

from runner.flow.check import check_texts

SIZES = (100, 1_000, 10_000)
ROUNDS = 7
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
    name: Level 2, walk {0}
    date: 2026-01-20
    route: loop
    files: [VID_{0}_00_001.insv, VID_{0}_10_001.insv]
"""
TODAY = dt.date(2026, 1, 26)
TYPER = "import typer"


def main() -> None:
    print("walkthroughs    compose   validate   ratio   peak memory   per walkthrough")
    with tempfile.TemporaryDirectory() as folder:
        for count in SIZES:
            show_validating(Path(folder) / "bench.yaml", count)
    bare, ours = alternate(lambda: python("-c", TYPER), lambda: python("-m", "runner", "--help"))
    print(f"--help {ours:.3f} s, a bare `import typer` {bare:.3f} s: {ours / bare:.2f}x")


def python(*arguments: str) -> object:
    return subprocess.run([sys.executable, *arguments], capture_output=True, check=True)


def show_validating(manifest: Path, count: int) -> None:
    walks = "".join(WALK.format(number) for number in range(count))
    manifest.write_text(HEAD + walks, encoding="utf-8")

    def compose() -> object:
        return yaml.compose(manifest.read_bytes(), Loader=yaml.CSafeLoader)

    def validate() -> object:
        return check_texts([manifest], None, TODAY)

    composed, validated = alternate(compose, validate, time.process_time)
    peak = memory(validate)
    print(
        f"{count:>12,}  {composed:8.4f} s {validated:8.4f} s  {validated / composed:5.2f}x"
        f"  {peak / 1e6:9.1f} MB  {peak / count / 1e3:10.1f} kB"
    )


def alternate(
    one: Callable[[], object],
    other: Callable[[], object],
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """The median times of two pieces of work, done in turns."""
    times = [(seconds(one, clock), seconds(other, clock)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times)


def seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()
    start = clock()
    work()
    return clock() - start


def memory(work: Callable[[], object]) -> int:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    main()
