"""The recordings that examples of rules name: sound ones, and one for each thing amiss."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from runner.recordings.insv.examine import CLUSTER
from runner.recordings.insv.facts import GpsFix, Layout, Resolution
from runner.recordings.samples import recipes
from runner.recordings.samples.make import make_recording
from runner.recordings.samples.recipes import RecordingRecipe, chapters, lens_pair

SMALL = replace(recipes.X4, payload_size=4000, alignment=1)
TIMELESS = replace(SMALL, states_clock=False)
PAIR = lens_pair(replace(SMALL, camera=recipes.X3.camera, chapter=8))
FIX = GpsFix(dt.datetime(2026, 1, 20, 9, 15, tzinfo=dt.UTC), 48.137, 11.575, 520.0)


def write_examples(folder: Path) -> None:
    """Write them into a folder that may have them already."""
    (folder / "day-1").mkdir(exist_ok=True)
    for name, content in EXAMPLES.items():
        (folder / name).write_bytes(content)


def _at(recipe: RecordingRecipe, clock: str) -> RecordingRecipe:
    return replace(recipe, local_start=dt.datetime.fromisoformat(clock))


def _by_their_names() -> Iterator[RecordingRecipe]:
    yield from (_at(recipe, "2026-01-20T11:15") for recipe in PAIR)
    yield from chapters(_at(replace(SMALL, chapter=10), "2026-01-20T12:15"), 3)
    yield _at(replace(SMALL, chapter=5, seed=5), "2026-01-20T09:15:00")
    yield _at(replace(SMALL, chapter=6, seed=6), "2026-01-20T09:15:30")
    yield _at(replace(SMALL, chapter=20, seed=7), "2026-01-21T14:00")
    flat = replace(recipes.SINGLE_LENS, payload_size=4000, alignment=1, chapter=2)
    yield _at(flat, "2026-01-20T10:15")


def _odd_ones() -> Iterator[tuple[str, bytes]]:
    whole = make_recording(TIMELESS)
    long = make_recording(replace(TIMELESS, payload_size=8 * CLUSTER))
    hole = bytes(2 * CLUSTER)
    yield "floor-plan.insv", b"%PDF-1.7 a floor plan"
    yield "IMG_20260120_101000_00_004.insp", b"\xff\xd8\xff\xe1 a photo"
    yield "VID_cut.insv", whole[: len(whole) // 2]
    yield "VID_overwritten.insv", b"#" * 24 + whole[24:]
    yield "VID_hole.insv", long[: 3 * CLUSTER] + hole + long[3 * CLUSTER + len(hole) :]
    yield "exported.mp4", whole[: -int.from_bytes(whole[-40:-36], "little")]
    record = whole.rindex(TIMELESS.serial.encode())
    yield "VID_no-record.insv", whole[: record - 2] + b"\xff" * 60 + whole[record + 58 :]
    yield "VID_renamed.mp4", make_recording(replace(TIMELESS, seed=8))


def _telling_ones() -> Iterator[tuple[str, RecordingRecipe]]:
    yield "VID_1.insv", TIMELESS
    yield "VID_2.insv", replace(TIMELESS, seed=2)
    yield "VID_3.insv", replace(TIMELESS, seed=3)
    yield "day-1/VID_4.insv", replace(TIMELESS, seed=4)
    yield "LRV_20260120_101500_01_001.insv", replace(TIMELESS, resolution=Resolution(1024, 512))
    yield "VID_time-lapse.insv", replace(TIMELESS, group_type=2)
    yield "VID_new-camera.insv", replace(TIMELESS, camera="Insta360 X9")
    yield "VID_new-layout.insv", replace(TIMELESS, layout=Layout.UNKNOWN)
    yield "VID_at-48.137-11.575.insv", replace(TIMELESS, gps=(FIX,))


EXAMPLES = {
    **{recipe.file_name: make_recording(recipe) for recipe in _by_their_names()},
    **{name: make_recording(recipe) for name, recipe in _telling_ones()},
    **dict(_odd_ones()),
}
