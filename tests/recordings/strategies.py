"""Recipes of recordings, and ways to damage them, for hypothesis to draw from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from runner.recordings.insv.facts import GpsFix, Layout, Resolution
from runner.recordings.samples import recipes
from runner.recordings.samples.make import make_recording
from runner.recordings.samples.recipes import RecordingRecipe, TrailerForm

if TYPE_CHECKING:
    from collections.abc import Callable

FAMILIES = (
    recipes.X5,
    recipes.X4,
    *recipes.lens_pair(recipes.X3),
    *recipes.lens_pair(recipes.X2),
    recipes.ONE_R,
    recipes.SINGLE_LENS,
    recipes.EQUIRECTANGULAR,
    recipes.SIDE_BY_SIDE,
)
SHAPES = {
    Layout.TWO_TRACKS: recipes.LENS,
    Layout.SPLIT_FILES: recipes.LENS,
    Layout.SIDE_BY_SIDE: recipes.PACKED,
    Layout.SINGLE_LENS: recipes.FLAT,
    Layout.EQUIRECTANGULAR: recipes.PACKED,
    Layout.UNKNOWN: Resolution(1000, 700),
}


def small(recipe: RecordingRecipe) -> RecordingRecipe:
    """The same structure in a few kilobytes."""
    return replace(recipe, payload_size=3000, alignment=64)


SMALL_FILES = tuple(make_recording(small(recipe)) for recipe in FAMILIES)

names = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=40)
clocks = st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001 - zoneless
    lambda clock: clock.replace(microsecond=0)
)
milliseconds = st.integers(0, 2**31 * 1000).map(
    lambda value: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
)
fixes = st.builds(
    GpsFix,
    time=milliseconds,
    latitude=st.floats(-90, 90).filter(bool),
    longitude=st.floats(-180, 180),
    altitude=st.floats(-500, 9000),
)


@st.composite
def recordings(draw: st.DrawFn) -> RecordingRecipe:
    """Any recording that a camera could make."""
    layout = draw(st.sampled_from(Layout))
    return RecordingRecipe(
        camera=draw(names),
        serial=draw(names),
        firmware=draw(names),
        layout=layout,
        lens=draw(st.integers(0, 1)),
        resolution=SHAPES[layout],
        dimension=draw(st.builds(Resolution, st.integers(1, 65_535), st.integers(1, 65_535))),
        fps=draw(st.integers(1, 240)),
        duration=draw(st.integers(1, 86_400_000)) / 1000,
        local_start=draw(clocks),
        chapter=draw(st.integers(1, 99_999)),
        group_type=draw(st.integers(0, 20)),
        gps=tuple(draw(st.lists(fixes, max_size=4))),
        states_layout=draw(st.booleans()),
        trailer=draw(st.sampled_from(TrailerForm)),
        alignment=draw(st.sampled_from((1, 64, 4096))),
        payload_size=draw(st.integers(3, 5000)),
        seed=draw(st.integers(0, 10)),
    )


def _flip(data: bytes, at: int, length: int, value: bytes) -> bytes:
    return data[:at] + value[: min(length, len(data) - at)] + data[at + len(value) :]


def _truncate(data: bytes, at: int, _length: int, _value: bytes) -> bytes:
    return data[:at]


def _remove(data: bytes, at: int, length: int, _value: bytes) -> bytes:
    return data[:at] + data[at + length :]


def _repeat(data: bytes, at: int, length: int, _value: bytes) -> bytes:
    return data[: at + length] + data[at:]


HARM: tuple[Callable[[bytes, int, int, bytes], bytes], ...] = (_flip, _truncate, _remove, _repeat)
# Sizes and counts at the edges of what their fields can hold, in both byte orders.
EXTREMES = tuple(
    value.to_bytes(width, order)
    for width in (4, 8)
    for value in (0, 1, 2, 7, 8, 2**31, 2**32 - 1)
    for order in ("big", "little")
)


@st.composite
def harmed_files(draw: st.DrawFn) -> bytes:
    """A recording that something happened to, up to eight times."""
    data = draw(st.sampled_from(SMALL_FILES))
    for _ in range(draw(st.integers(1, 8))):
        harm = draw(st.sampled_from(HARM))
        at = draw(st.integers(0, len(data)))
        value = draw(st.sampled_from(EXTREMES) | st.binary(min_size=1, max_size=8))
        data = harm(data, at, draw(st.integers(1, 400)), value)
    return data
