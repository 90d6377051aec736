"""Fuzz the reader of recordings with atheris, which follows the branches that inputs reach.

atheris needs CPython on Linux or macOS, and clang where no wheel fits. `make fuzz` installs it and
runs this for SECONDS=60; by hand:

    .venv/bin/python bench/fuzz_insv.py -max_total_time=60 [folder of inputs to start from]

Arguments are libFuzzer's. It ends with 0 when nothing was found; else it prints a traceback and
leaves the input in a file named crash-… or timeout-….
"""

from __future__ import annotations

import io
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed: .venv/bin/python -m pip install atheris")

with atheris.instrument_imports(include=["runner.recordings"]):
    from runner.recordings import recipes
    from runner.recordings.bounded import BUDGET
    from runner.recordings.holes import CLUSTER, SAMPLES, find_holes
    from runner.recordings.insv import NotInsvError, read_recording
    from runner.recordings.make import make_recording
    from runner.recordings.names import parse_name

FAMILIES = (
    recipes.X5,
    recipes.X4,
    recipes.X3,
    recipes.ONE_R,
    recipes.SINGLE_LENS,
    recipes.EQUIRECTANGULAR,
    recipes.SIDE_BY_SIDE,
)
SECONDS_PER_INPUT = 5


class Metered(io.BytesIO):
    """Bytes that count how many of them were read."""

    bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As every file's, counted."""
        data = super().read(size)
        self.bytes_read += len(data)
        return data


def read_one(data: bytes) -> None:
    """Fail when the reader raises anything but its own error, or reads past its bound."""
    recording, holes = Metered(data), Metered(data)
    with suppress(NotInsvError):
        read_recording(recording)
    find_holes(holes)
    parse_name(data[:64].decode("utf-8", errors="replace"))
    if recording.bytes_read > BUDGET or holes.bytes_read > BUDGET + SAMPLES * CLUSTER:
        raise RuntimeError(f"read {recording.bytes_read:,} and {holes.bytes_read:,} bytes")


def write_seeds(folder: Path) -> None:
    """One small recording of each family, so that fuzzing starts behind the first checks."""
    for number, recipe in enumerate(FAMILIES):
        small = replace(recipe, payload_size=200, alignment=16)
        (folder / f"{number}.insv").write_bytes(make_recording(small))


def main() -> None:
    with tempfile.TemporaryDirectory() as seeds:
        write_seeds(Path(seeds))
        options = [f"-timeout={SECONDS_PER_INPUT}", "-max_len=8192"]
        # New inputs go to libFuzzer's first folder: the caller's, when there is one.
        atheris.Setup([sys.argv[0], *options, *sys.argv[1:], seeds], read_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
