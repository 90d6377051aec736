"""Whatever a scan puts into a manifest, `validate` takes."""

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runner.problems.problem import Problem, Severity
from runner.recordings.checks.check import check_recordings
from runner.recordings.checks.listed import ListedFile, listed_in
from runner.recordings.files import look
from runner.recordings.insv.facts import Layout
from runner.recordings.samples.recipes import ONE_R, X2, X3, X4, X5, RecordingRecipe, lens_pair
from runner.recordings.takes import group_takes
from runner.scan.model import NewWalk, ScannedFile
from tests.recordings.checks.listing import draft_of, walk
from tests.scan.cards import PREVIEW, cut, put, put_preview, small
from tests.scan.scans import scan

_START = dt.datetime(2026, 1, 20, 10, 15)  # noqa: DTZ001 - a camera's clock
_NEW = replace(X5, camera="Insta360 X9")
_TOGETHER = {"M054", "M055", "M056", "M057"}
"""About lenses and chapters, also as warnings."""
_CAMERAS = [
    replace(family, serial=f"SERIAL{number}")
    for number, family in enumerate([X5, X4, X3, X3, X2, ONE_R, _NEW, replace(X5, serial="")])
]


@dataclass(frozen=True, slots=True)
class File:
    """A recording, where it lies and under which name, and what became of it."""

    recipe: RecordingRecipe
    folder: str
    name: str
    is_cut: bool
    has_preview: bool


@st.composite
def take_files(draw: st.DrawFn) -> list[File]:
    """The files of one take, of which some are lost, renamed, cut or copied."""
    camera = small(draw(st.sampled_from(_CAMERAS)), duration=draw(st.sampled_from([30.0, 1800.0])))
    start = _START + _minutes(draw(st.sampled_from([0, 0, 30, 31])))
    keeps_clock = draw(st.booleans())
    number, clock, files = draw(st.integers(1, 4)), start, []
    for _ in range(draw(st.integers(1, 4))):
        seed = 10 * number + draw(st.sampled_from([0] * 6 + [5]))
        part = replace(camera, local_start=clock, chapter=number, seed=seed)
        for lens in lens_pair(part) if part.layout is Layout.SPLIT_FILES else [part]:
            name = replace(lens, local_start=start).file_name
            copies = draw(st.sampled_from([1] * 8 + [0, 2]))
            files += [draw(_files(lens, name)) for _ in range(copies)]
        number += draw(st.sampled_from([1, 1, 1, 2, 3]))
        clock += _minutes(0 if keeps_clock else draw(st.integers(0, 8)) / 60 + part.duration / 60)
    return files


@st.composite
def _files(draw: st.DrawFn, recipe: RecordingRecipe, name: str) -> File:
    late = _minutes(draw(st.sampled_from([0] * 5 + [1, 4])) / 60)
    size = draw(st.sampled_from([recipe.resolution] * 9 + [PREVIEW]))
    start = recipe.local_start + late
    return File(
        replace(recipe, local_start=start, resolution=size, dimension=size),
        folder=draw(st.sampled_from(["DCIM/Camera01"] * 6 + ["DCIM/Camera02", "copy"])),
        name=draw(st.sampled_from([name] * 9 + [f"{recipe.seed}.insv"])),
        is_cut=draw(st.sampled_from([False] * 9 + [True])),
        has_preview=draw(st.booleans()),
    )


def _minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


@given(st.lists(take_files(), max_size=3))
def test_validate_refuses_nothing_that_a_scan_put_together(recorded: list[list[File]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        card = Path(folder)
        for file in chain.from_iterable(recorded):
            _write(card, file)
        walks = scan(card).walks
        listed, unread = _listed(card, walks)
    problems = [*unread, *check_recordings(listed)]
    assert [problem for problem in problems if problem.severity is Severity.ERROR] == []
    if all(_names_camera(file) for found in walks for file in found.files):
        assert [problem for problem in problems if problem.code in _TOGETHER] == []
        takes = {frozenset(file.written for file in take.files) for take in group_takes(listed)}
        assert takes == {frozenset(file.path for file in found.files) for found in walks}


def _names_camera(found: ScannedFile) -> bool:
    """Whether its camera is known, of which alone a missing file can be sure."""
    return bool(found.facts and found.facts.camera_is_known and found.serial)


def _write(card: Path, file: File) -> None:
    (path,) = put(card, file.recipe, folder=file.folder, name=file.name)
    if file.has_preview:
        put_preview(card, file.recipe, file.folder)
    if file.is_cut:
        cut(card / path)


def _listed(card: Path, walks: Sequence[NewWalk]) -> tuple[list[ListedFile], list[Problem]]:
    """The walks as a manifest lists them, and what keeps files from being read."""
    walkthroughs = [
        walk(f"walk-{number}", [file.path for file in found.files], line=100 * number)
        for number, found in enumerate(walks, start=1)
    ]
    drafts = [draft_of(walk) for walk in walkthroughs]
    facts = look(drafts, card)
    return list(listed_in(drafts, facts.files, walkthroughs)), list(facts.problems)
