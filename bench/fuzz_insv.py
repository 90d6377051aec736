"""Fuzz the reader and the judge of recordings with atheris, which follows the branches reached.

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
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed: .venv/bin/python -m pip install atheris")

with atheris.instrument_imports(include=["runner.recordings"]):
    from runner.manifest.meaning.drafts import Draft
    from runner.manifest.meaning.routes import NO_ROUTE
    from runner.manifest.model import Drawing, MapStyle, Position, Walkthrough
    from runner.problems.problem import Place
    from runner.recordings.checks.check import check_recordings
    from runner.recordings.checks.listed import listed_in
    from runner.recordings.files import RecordingFile
    from runner.recordings.identity import BUDGET, identify
    from runner.recordings.insv.examine import CLUSTER, FEWEST, examine
    from runner.recordings.insv.reader import NotInsvError
    from runner.recordings.names import parse_name
    from runner.recordings.samples import recipes
    from runner.recordings.samples.make import make_recording

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
FRONT, BACK = recipes.lens_pair(replace(recipes.X3, payload_size=200))
NEIGHBOURS = (FRONT, replace(FRONT, chapter=3, seed=5), replace(BACK, chapter=3, seed=6))
# The missing partner, the missing chapter, a proxy, another's partner, and nothing a camera writes.
NAMES = (
    BACK.file_name,
    replace(FRONT, chapter=2).file_name,
    FRONT.file_name.replace("VID", "LRV"),
    replace(BACK, chapter=9).file_name,
    "kitchen.mp4",
)


class Metered(io.BytesIO):
    """Bytes that count how many of them were read."""

    bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As every file's, counted."""
        data = super().read(size)
        self.bytes_read += len(data)
        return data


def read_one(data: bytes) -> None:
    """Fail when anything but the reader's own error is raised, or too much is read."""
    recording = Metered(data)
    with suppress(NotInsvError):
        examine(recording)
    if recording.bytes_read > 2 * BUDGET + FEWEST * CLUSTER:
        raise RuntimeError(f"read {recording.bytes_read:,} bytes")
    parse_name(data[:64].decode("utf-8", errors="replace"))
    judge(data)


def judge(data: bytes) -> None:
    """Let it be judged beside sound recordings: as a partner, a chapter, in another walkthrough."""
    names = [one.file_name for one in NEIGHBOURS]
    files = dict(neighbours())
    own = NAMES[data[-1] % len(NAMES)] if data else "a.insv"
    files[own] = found(own, data)
    walks = [walk("one", [*names, own]), walk("two", [own[::-1], names[0]])]
    known = {name: one for name, one in files.items() if one}
    list(check_recordings(listed_in(walks, known, map(on_satellite, walks))))


@cache
def neighbours() -> Mapping[str, RecordingFile | None]:
    """The sound ones, read once."""
    return {one.file_name: found(one.file_name, make_recording(one)) for one in NEIGHBOURS}


def found(name: str, data: bytes) -> RecordingFile | None:
    """The file as it would be found on disk."""
    try:
        info = examine(io.BytesIO(data))
    except NotInsvError:
        return None
    return RecordingFile(name, Path(name), identify(io.BytesIO(data), len(data)), info)


def walk(id_: str, files: list[str]) -> Draft:
    """A walkthrough of the neighbours' day."""
    return Draft(
        path=("walkthroughs", 0),
        place=Place(id_),
        effective_route=NO_ROUTE,
        id=id_,
        date=NEIGHBOURS[0].local_start.date(),
        files=tuple(files),
        file_places=tuple(Place(id_, line) for line in range(2, len(files) + 2)),
    )


def on_satellite(draft: Draft) -> Walkthrough:
    """The same on a satellite drawing, as only those are compared with GPS."""
    return Walkthrough(
        id=draft.id or "",
        name="",
        date=NEIGHBOURS[0].local_start.date(),
        drawing=Drawing("yard", 1, MapStyle.SATELLITE),
        start_position=Position(48.1, 11.5),
        end_position=Position(48.2, 11.5),
        files=draft.files,
        place=draft.place,
        file_places=draft.file_places,
    )


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
