"""Reading a manifest beside PyYAML's C loader merely composing it: ratios from one run.

    .venv/bin/python bench/validate.py

The recordings are not looked at: what a disk takes to open 20,000 files is not the program's.
"""

import datetime as dt
import gc
import time
import tracemalloc
from collections.abc import Callable

import yaml

from runner.manifest.reading import read_manifest

SIZES = (100, 1_000, 10_000)
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


def main() -> None:
    print("walkthroughs  compose    read   ratio   peak memory")
    for count in SIZES:
        raw = (HEAD + "".join(WALK.format(number) for number in range(count))).encode()
        composed = best(lambda raw=raw: yaml.compose(raw, Loader=yaml.CSafeLoader))
        read = best(lambda raw=raw: read_manifest(raw, "bench.yaml", TODAY))
        ratio, peak = read / composed, memory(raw) / 1e6
        print(f"{count:>12,}  {composed:6.3f}s  {read:6.3f}s  {ratio:4.2f}x  {peak:8.1f} MB")


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        gc.collect()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def memory(raw: bytes) -> int:
    tracemalloc.start()
    read_manifest(raw, "bench.yaml", TODAY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    main()
