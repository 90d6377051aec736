"""Whatever files hold and names say, the checks judge it and do not fail."""

import string
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.problems.problem import Severity
from runner.recordings.names import NameKind, RecordingName
from runner.recordings.samples import recipes
from tests.recordings.checks.listing import X4, Files, at, judge, listed
from tests.recordings.strategies import FAMILIES, clocks, harmed_files, recordings, small

camera_names = st.builds(
    RecordingName,
    kind=st.sampled_from(NameKind),
    local_start=st.sampled_from([X4.local_start, at(X4, "2026-01-20T11:00").local_start]),
    lens=st.integers(0, 1),
    has_proxy_digit=st.booleans(),
    chapter=st.sampled_from([1, 2, 3, 4, 999_999_999]),
    suffix=st.sampled_from([".insv", ".mp4", ".INSP"]),
).map(str)
names = camera_names | st.text(string.ascii_letters + " ü./", min_size=1, max_size=12)
contents = recordings() | harmed_files() | st.binary(max_size=200)
contents |= st.sampled_from([small(recipe) for recipe in FAMILIES])
walks = st.lists(st.dictionaries(names, contents, max_size=4), min_size=1, max_size=4)


@given(walks)
def test_nothing_makes_it_fall_and_every_problem_points_into_the_manifest(
    walks: list[Files],
) -> None:
    places = {entry.place for entry in listed(*walks)}
    for problem in judge(*walks):
        assert problem.place in places
        assert {note.place for note in problem.notes} <= places
        assert problem.message
        assert problem.help


@given(names, st.sampled_from([X4, *map(small, (recipes.X5, recipes.SIDE_BY_SIDE))]), clocks)
def test_no_name_and_no_clock_gets_a_sound_recording_refused(
    name: str, recipe: recipes.RecordingRecipe, clock: object
) -> None:
    found = judge({name: replace(recipe, local_start=clock)})  # type: ignore[arg-type] # drawn
    assert Severity.ERROR not in {problem.severity for problem in found}


@given(walks)
@settings(max_examples=settings().max_examples // 3)
def test_the_same_files_are_judged_the_same(walks: list[Files]) -> None:
    assert judge(*walks) == judge(*walks)
