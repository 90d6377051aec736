"""What a writer of manifests is told to do: help names the slip, not only the form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.manifest.reading import read_manifest
from runner.manifest.schema.formats import correction
from tests.problems.examples import TODAY

_SOUND = """\
version: 1
project: evercam
drawings:
  level-2: {id: 6143}
walkthroughs:
  - id: one
    date: 2026-01-20
    drawing: level-2
    start_position: "0.12, 0.88"
    end_position: "0.90, 0.15"
    files: [a.insv]
"""
_POSITION = '"0.12, 0.88"'
_DAY = "date: 2026-01-20"
_FILES = "files: [a.insv]"
_SPACES = "write plain spaces: this line or the one above has others, as Word and web pages do"
_QUOTES = "check the quotes, also those of the line above, and the indentation"
_UNDER = "let the entries of a list begin under each other, and so their keys"
_DASH = "begin entries with a plain `-`: this line or the one above begins with another sign"
_ANOTHER = "a manifest begins with `version: 1`; is this another file?"
_INDENT = "indent this line like the one above, or end that one with a colon"
_CONFLICT = "git could not merge this: keep one of the two versions and remove its marks"
_MEANT_DAY = "did you mean `2026-01-20`?"
_MEANT_POSITION = "did you mean `0.12, 0.88`?"

_TWO_FILES = '["VID_20260120_101500_00_001.insv", "VID_20260120_101500_10_001.insv"]'
_TWO_POINTS = '["0.20, 0.80", "0.35, 0.61"]'

_SLIPS = [
    # values
    (_DAY, "date: 20.1.2026", _MEANT_DAY),
    (_DAY, "date: 20/01/2026", _MEANT_DAY),
    (_DAY, "date: 2026/1/20", _MEANT_DAY),
    (_DAY, "date: 20260120", _MEANT_DAY),
    (_DAY, "date: 2026-01-20T10:15:00", _MEANT_DAY),
    (_DAY, "date: 2026\u201301\u201320", _MEANT_DAY),
    (_DAY, "date: 30.2.2026", "for example `2026-01-20`, `20-01-2026`"),
    (_POSITION, '"0,12; 0,88"', _MEANT_POSITION),
    (_POSITION, '"0,12, 0,88"', _MEANT_POSITION),
    (_POSITION, '"0.12 0.88"', _MEANT_POSITION),
    (_POSITION, "“0.12, 0.88”", _MEANT_POSITION),
    (_POSITION, '"(0.12, 0.88)"', _MEANT_POSITION),
    (_POSITION, "[0.12, 0.88]", 'write it in quotes: "0.12, 0.88"'),
    (_POSITION, '{lat: "0.12", lng: 0.88}', "write it without quotes: 0.12"),
    (_POSITION, '{lat: "0,12", lng: 0.88}', "did you mean `0.12`?"),
    (_POSITION, "{lat: 0,12, lng: 0.88}", "write decimals with a point: 0.12"),
    ("project: evercam", "project: 1e3", 'write it in quotes: "1e3"'),
    ("project:", "2: x\nproject:", 'write it in quotes: "2"'),
    ("id: one", "id: level 2 north", "did you mean `level-2-north`?"),
    ("6143", '"6143"', "write it without quotes: 6143"),
    ("version: 1", "version: 1.0", "write it without a fraction: 1"),
    ("drawing: level-2", "drawing: 2", 'write it in quotes: "2"'),
    (_FILES, 'files: ["a\\0.insv"]', "remove the character U+0000"),
    (_FILES, "files: [a.insv, ./a.insv]", "keep one of the two"),
    (_FILES, "files: a.insv, b.insv", "write it as a list: [a.insv, b.insv]"),
    (_FILES, "files:\n      -a.insv\n      -b.insv", "write a space behind each `-`"),
    (_FILES, "files: []", f"for example `{_TWO_FILES}`"),
    (_FILES, f"{_FILES}\n    target_points: many", f"for example `12`, `{_TWO_POINTS}`"),
    ("  - id: one", "    id: one", "begin each entry of the list with `- `"),
    (_SOUND, "id;date\none;2026-01-20\n", _ANOTHER),
    # text
    ("    drawing:", "      drawing:", _INDENT),
    ("    drawing:", "\u00a0\u00a0\u00a0\u00a0drawing:", _SPACES),
    ("drawing: ", "drawing:\u00a0", _SPACES),
    ("  - id", "  \u2013 id", _DASH),
    ("    drawing", "<<<<<<< HEAD\n    drawing", _CONFLICT),
    ("version: 1", "```yaml\nversion: 1", "remove the line of backticks: it belongs to Markdown"),
    (_DAY, f"name: 'Ann's walk'\n    {_DAY}", _QUOTES),
    ("    date", "  date", _UNDER),
    (_DAY, f"name: Level 2: north\n    {_DAY}", "write a value that has `: ` in it in quotes"),
    (_FILES, "files: [*.insv]", "write a value that begins with `*` or `&` in quotes"),
    (_DAY, "date:2026-01-20", "write a colon and a space behind the key, here or just above"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "slip", "help_"), _SLIPS)
def test_a_slip_is_told_with_the_way_out(written: str, slip: str, help_: str) -> None:
    assert _SOUND.count(written) == 1
    problems = read_manifest(_SOUND.replace(written, slip).encode(), "week.yaml", TODAY).problems
    assert problems[0].help == help_


def test_words_for_keys_are_known_too() -> None:
    text = _SOUND.replace(_POSITION, "{latitude: 0.12, longitude: 0.88}")
    problems = read_manifest(text.encode(), "week.yaml", TODAY).problems
    assert [problem.help for problem in problems] == ["did you mean `lat`?", "did you mean `lng`?"]


def test_a_refused_key_makes_no_other_problem() -> None:
    text = _SOUND.replace(_POSITION, "{lat: 0,9, lng: 0,15}").replace(
        '"0.90, 0.15"', "{lat: 0,9, lng: 0,1}"
    )
    text = text.replace("  level-2: {", "  2: {")
    problems = read_manifest(text.encode(), "week.yaml", TODAY).problems
    assert {problem.code for problem in problems} == {"M009"}


@given(st.text("0129.,;-/ ()\u2013T\u201c\u201dx", max_size=90))
def test_a_guess_is_of_the_right_form(text: str) -> None:
    found = correction(text, str.isascii)
    assert found is None or found.isascii()
