"""Whatever is found, in whatever order: each file is sorted once, and always in the same way."""

import datetime as dt
import io
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.insv.facts import InsvFacts, Layout
from runner.recordings.insv.reader import read_recording
from runner.recordings.names import parse_name
from runner.recordings.samples.make import make_recording
from runner.recordings.samples.recipes import X5, RecordingRecipe
from runner.scan.grouping import sort_files
from runner.scan.model import Duplicates, Reason, ScannedFile
from tests.scan.cards import small
from tests.scan.scans import TODAY, files, left_out

_AT = dt.datetime(2026, 1, 20, 10, 15)  # noqa: DTZ001 - a camera's clock


@cache
def _facts(recipe: RecordingRecipe) -> InsvFacts:
    return read_recording(io.BytesIO(make_recording(recipe)))


def _found(recipe: RecordingRecipe, folder: str, state: str) -> ScannedFile:
    facts = None if state == "torn" else _facts(recipe)
    name = "renamed.insv" if state == "renamed" else recipe.file_name
    fault = None if state in {"whole", "renamed"} else Reason.BROKEN
    if layout := facts and facts.layout:
        fault = Reason.SINGLE_LENS if layout is Layout.SINGLE_LENS else fault
    path = f"{folder}/{recipe.serial}/{recipe.lens}{recipe.chapter}/{name}"
    return ScannedFile("", path, 1, parse_name(name), facts, fault)


_RECIPES = st.builds(
    lambda serial, layout, lens, chapter, minute: small(
        X5,
        serial=serial,
        layout=layout,
        lens=lens if layout is Layout.SPLIT_FILES else 0,
        chapter=chapter,
        local_start=_AT + dt.timedelta(minutes=minute),
    ),
    st.sampled_from(["ONE", "TWO"]),
    st.sampled_from([Layout.TWO_TRACKS, Layout.SPLIT_FILES, Layout.SINGLE_LENS]),
    st.integers(0, 1),
    st.integers(1, 3),
    st.integers(0, 1),
)
_STATES = st.sampled_from(["whole", "whole", "renamed", "hurt", "torn"])
_FILES = st.lists(
    st.builds(_found, _RECIPES, st.sampled_from("ab"), _STATES),
    max_size=8,
    unique_by=lambda file: file.path,
)
_NOTHING = Duplicates({}, {})


@given(_FILES, st.data())
def test_each_file_ends_on_one_heap_whatever_the_order(
    found: list[ScannedFile], data: st.DataObject
) -> None:
    scanned = sort_files(found, _NOTHING, TODAY)
    again = sort_files(data.draw(st.permutations(found)), _NOTHING, TODAY)
    assert files(scanned) == files(again)
    assert left_out(scanned) == left_out(again)
    paths = [path for walk in files(scanned) for path in walk]
    paths += [path for left_out in scanned.left_out for path in left_out.paths]
    assert sorted(paths) == sorted(file.path for file in found)


@given(_FILES)
def test_no_walk_has_a_file_that_cannot_be_sent(found: list[ScannedFile]) -> None:
    for walk in sort_files(found, _NOTHING, TODAY).walks:
        assert not any(file.fault for file in walk.files)
        assert len({file.serial for file in walk.files}) == 1


@given(_FILES)
def test_what_has_an_owner_is_never_in_a_new_walk(found: list[ScannedFile]) -> None:
    owned = found[: len(found) // 2]
    owners = {file.path: (Reason.LISTED, "walk") for file in owned}
    new = {p for walk in files(sort_files(found, Duplicates(owners, {}), TODAY)) for p in walk}
    assert new.isdisjoint(owners)
