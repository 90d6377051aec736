"""Manifests changed at random: each is read or refused with problems, by both parsers alike."""

import datetime as dt

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.manifest.reading import read_manifest
from runner.manifest.yaml import builder
from runner.manifest.yaml.document import parse_document
from runner.problems.problem import has_errors
from tests.problems.examples import TODAY, complete

_WHOLE = complete(
    """\
uploaded_by: you@example.com
drawings:
  level-2: {id: 6143, bounds: {north: 1, south: 0, east: 1, west: 0}}
  site: {url: "https://dash.evercam.io/v2/projects/evercam/drawings/map?id=1"}
routes:
  loop: {drawing: level-2, start_position: "0.1, 0.8", end_position: {lat: 0.9, lng: 0.1}}
walkthroughs:
  - id: one
    name: "Level 2, \\u00e9"
    date: 20-01-2026
    route: loop
    target_points: ["0.2, 0.2", {lat: 0.3, lng: 0.3}]
    files: [VID_1.insv, day-1/VID_2.insv]
"""
)
_SPACES = ["\\x1c", "\\x1d", "\\x1e", "\\x1f", "\\x85", "\\u00a0", "\\u2028", "\\u3000", "\\ufeff"]
_DIGITS = ["\u0663", "\uff11", "\u00b2", "\u0be7", "_", "e9", "nan", "inf", "0x1", "9" * 400]
_SIGNS = [*"\"',:;-+.*&!?#|>%@[]{}\\ \t\n", "\U0001f600"]
_PIECES = st.sampled_from(
    [*_SPACES, *_DIGITS, *_SIGNS, "- ", ": ", "<<: ", "null", "\\ud83d", "\\0"]
)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    text = _WHOLE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 0, 1, 1, 3, 12])))
        text = text[:start] + draw(_PIECES | st.just(text[end : end + 20])) + text[end:]
    return text


@given(mutants())
@settings(max_examples=3 * settings().max_examples)
def test_a_mutant_is_read_or_refused_and_never_unexpected(text: str) -> None:
    reading = read_manifest(text.encode(), "week.yaml", TODAY)
    assert (reading.manifest is None) == has_errors(reading.problems)


# Without libyaml a tab outside quotes is refused, docs/manifest.md says so.
@given(mutants().map(lambda text: text.replace("\t", " ")))
@settings(max_examples=3 * settings().max_examples)
def test_both_parsers_give_the_same_manifest_or_none(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "_LOADER", yaml.SafeLoader)
        slow = read_manifest(text.encode(), "week.yaml", TODAY)
    quick = read_manifest(text.encode(), "week.yaml", TODAY)
    assert slow.manifest == quick.manifest


@pytest.mark.parametrize("space", _SPACES)
@pytest.mark.parametrize("where", ["{0}0.1,0.2", "0.1{0},0.2", "0.1,{0}0.2", "0.1,0.2{0}"])
def test_a_strange_space_beside_a_number_is_one_problem_at_its_place(
    space: str, where: str
) -> None:
    text = _WHOLE.replace("0.1, 0.8", where.format(space))
    reading = read_manifest(text.encode(), "week.yaml", dt.date(2026, 1, 26))
    found = [
        (problem.code, problem.place.line) for problem in reading.problems if problem.code != "M030"
    ]
    line = next(n for n, written in enumerate(text.split("\n"), 1) if "start_position" in written)
    assert found == [] if space == "\\u00a0" else found == [("M016", line)]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[\n"])
@pytest.mark.parametrize("depth", [41, 1_000, 1_001, 5_000])
def test_depth_is_judged_before_any_parser_gives_up(opening: str, depth: int) -> None:
    for end in ("", "x"):
        _, problems = parse_document((opening * depth + end).encode(), "week.yaml")
        assert [problem.code for problem in problems] == ["M007"]


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        (r'files: ["C:\Users\me.insv"]', "write paths with `/`"),
        (r'files: ["C:\uploads\me.insv"]', "write paths with `/`"),
        (r'files: ["C:\xray\me.insv"]', "write paths with `/`"),
        (r'files: ["C:\my\me.insv"]', "write paths with `/`"),
        ("walkthroughs:\n  -\tid: one", "YAML does not allow tabs"),
        (r'name: "half \ud83d"', "write the character itself"),
    ],
)
def test_the_help_fits_what_was_written(text: str, help_: str) -> None:
    for loader in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(builder, "_LOADER", loader)
            _, problems = parse_document(text.encode(), "week.yaml")
        assert [problem.code for problem in problems if help_ in problem.help] == ["M004"]


def test_an_emoji_is_understood_as_json_escapes_it() -> None:
    document, problems = parse_document(
        rb'{"name": "Level \ud83d\ude00", "x": "\\ud83d"}', "week.yaml"
    )
    assert problems == ()
    assert document is not None
    assert document.data == {"name": "Level \U0001f600", "x": "\\ud83d"}
