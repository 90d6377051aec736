"""Recipes of sample recordings: what each says of itself, for each family of cameras."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from runner.recordings.insv.facts import Layout, Resolution
from runner.recordings.names import NameKind, RecordingName

if TYPE_CHECKING:
    from runner.recordings.insv.facts import GpsFix

LENS = Resolution(2880, 2880)
PACKED = Resolution(5760, 2880)
FLAT = Resolution(3840, 2160)


class TrailerForm(StrEnum):
    """How a camera attaches its records to the file."""

    BARE = "bare"
    """Appended as they are, to be walked from the end (ONE R, X2, X3)."""
    INDEXED = "indexed"
    """Aligned, with an index as the last record (X4)."""
    WRAPPED = "wrapped"
    """Indexed, inside a box of its own (X5 from firmware 1.7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRecipe:
    """What a sample recording says of itself; sizes are in bytes, the duration in seconds.

    Without `states_layout` it does not state projection and streams, and without `states_clock`
    not its start, like older cameras. `payload_size` is the size of its media data; `alignment`
    pads the records of an indexed trailer. `picture` is a PNG that each lens shows all the time;
    without one there is nothing to see.
    """

    camera: str = "Insta360 X5"
    serial: str = "IAHEA2600001AB"
    firmware: str = "v1.7.12_build1"
    layout: Layout = Layout.TWO_TRACKS
    lens: int = 0
    resolution: Resolution = LENS
    dimension: Resolution = LENS
    fps: int = 30
    duration: float = 60.0
    local_start: datetime = datetime(2026, 1, 20, 10, 15)  # noqa: DTZ001 - a zoneless clock
    chapter: int = 1
    group_type: int = 0
    gps: tuple[GpsFix, ...] = ()
    states_layout: bool = True
    states_clock: bool = True
    trailer: TrailerForm = TrailerForm.WRAPPED
    alignment: int = 128 * 1024
    payload_size: int = 2 * 1024 * 1024
    seed: int = 0
    picture: bytes = b""

    @property
    def file_name(self) -> str:
        """The name that the camera would give the file."""
        kind = NameKind.SINGLE_LENS if self.layout is Layout.SINGLE_LENS else NameKind.VIDEO
        return str(
            RecordingName(
                kind=kind,
                local_start=self.local_start,
                lens=self.lens,
                has_proxy_digit=False,
                chapter=self.chapter,
                suffix=".insv",
            )
        )


X5 = RecordingRecipe()
X4 = RecordingRecipe(
    camera="Insta360 X4", serial="IAHED2400001AB", firmware="v1.6.3", trailer=TrailerForm.INDEXED
)
X3 = RecordingRecipe(
    camera="Insta360 X3",
    serial="IAQEA2300001AB",
    firmware="v1.1.6",
    layout=Layout.SPLIT_FILES,
    trailer=TrailerForm.BARE,
)
X2 = replace(
    X3,
    camera="Insta360 ONE X2",
    serial="IXSEA2100001AB",
    firmware="v1.0.59",
    states_layout=False,
)
ONE_R = replace(
    X2,
    camera="Insta360 OneR",
    serial="IAEAN2000001AB",
    firmware="v2.0.0",
    states_clock=False,
)
SINGLE_LENS = replace(X5, layout=Layout.SINGLE_LENS, resolution=FLAT, dimension=FLAT)
EQUIRECTANGULAR = replace(X5, layout=Layout.EQUIRECTANGULAR, resolution=PACKED)
SIDE_BY_SIDE = replace(X3, layout=Layout.SIDE_BY_SIDE, resolution=PACKED)


def lens_pair(recipe: RecordingRecipe) -> tuple[RecordingRecipe, RecordingRecipe]:
    """The two files of a recording with one file for each lens."""
    return (
        replace(recipe, layout=Layout.SPLIT_FILES, lens=0),
        replace(recipe, layout=Layout.SPLIT_FILES, lens=1, seed=recipe.seed + 1),
    )


def chapters(recipe: RecordingRecipe, count: int) -> tuple[RecordingRecipe, ...]:
    """One recording in several files, which share its start and count up from its chapter."""
    return tuple(
        replace(recipe, chapter=recipe.chapter + i, seed=recipe.seed + 2 * i) for i in range(count)
    )
