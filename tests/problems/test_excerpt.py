# ruff: noqa: E501, RUF001 - rendered text as people see it, and letters that look like others
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from rich.cells import cell_len

from runner.manifest.reading import read_manifest
from runner.problems.forms.text import excerpt, problems_text
from runner.problems.problem import Place
from tests.problems.examples import TODAY, complete

_WIDTHS = {
    "é": 1,
    "e\u0301": 1,
    "o\u0302\u0323": 1,
    "中": 2,
    "한": 2,
    "Ａ": 2,
    "ｱ": 1,
    "😀": 2,
    "👍🏽": 2,
    "👩\u200d🚀": 2,
    "👨\u200d👩\u200d👧": 2,
    "⚠\ufe0f": 2,
    "🇮🇪": 2,
    "a\tb": 6,
    "\u202e": 1,  # would turn the line around: shown as a space
    "\x1b": 1,
    "": 0,
}


@pytest.mark.parametrize(("before", "columns"), _WIDTHS.items(), ids=map(ascii, _WIDTHS))
def test_carets_stand_where_the_eye_expects_them(before: str, columns: int) -> None:
    start = len(before) + 1
    _, carets = excerpt(Place("a", 1, start, 1, start + 2), [f"{before}zz"])
    assert carets == "  | " + " " * columns + "^^"


@pytest.mark.parametrize(("marked", "columns"), [(m, w) for m, w in _WIDTHS.items() if w])
def test_carets_are_as_wide_as_what_they_mark(marked: str, columns: int) -> None:
    _, carets = excerpt(Place("a", 1, 2, 1, 2 + len(marked)), [f"z{marked}z"])
    assert carets == "  |  " + "^" * columns


_LINES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x85\u2028\u2029")
)


@given(_LINES, _LINES, st.integers(0, 400), st.integers(0, 400))
def test_carets_are_under_the_span_wherever_it_stands(
    before: str, after: str, more_before: int, more_after: int
) -> None:
    head = "x" * more_before + before + " "
    line = f"{head}MARK {after}{'y' * more_after}"
    start = len(head) + 1
    shown, carets = excerpt(Place("a", 1, start, 1, start + 4), [line])
    assert "MARK" in shown
    assert carets.lstrip(" |") == "^^^^"
    under = {cell_len(shown[:at]) for at in range(len(shown)) if shown[at : at + 4] == "MARK"}
    assert cell_len(carets) - 4 in under
    assert len(shown) < 180 + 3 * line.count("\t")
    assert not any(unicodedata.category(char) == "Cc" for char in shown)


def test_a_manifest_in_many_scripts() -> None:
    text = complete("project: evercam\n").replace(
        "    date:", "    name: {中文: é}\n    имя: 👩\u200d🚀\n    date:"
    )
    text = text.replace("files: [VID_1.insv]", "files: [été/中文 😀.insv, ../VID_1.insv]")
    found = read_manifest(text.encode(), "week.yaml", TODAY)
    assert problems_text(found.problems, {"week.yaml": text}) == snapshot("""\
error[M014]: `name` must be text, not a mapping
 --> week.yaml:6:11
  |
5 |   - id: level-2-2026-01-20
6 |     name: {中文: é}
  |           ^^^^^^^^^
  = help: for example `Level 2, 20 January`

error[M012]: unknown key `имя`
 --> week.yaml:7:5
  |
6 |     name: {中文: é}
7 |     имя: 👩\u200d🚀
  |     ^^^
  = help: known here: `id`, `name`, `date`, `route`, `drawing`, `start_position`, `end_position`, `target_points`, `files`

error[M040]: `../VID_1.insv` leaves the media root
  --> week.yaml:12:28
   |
11 |     end_position: "0.90, 0.15"
12 |     files: [été/中文 😀.insv, ../VID_1.insv]
   |                               ^^^^^^^^^^^^^
   = help: write a path inside the media root, with forward slashes; see --media-root
""")


def test_a_long_line_is_cut_around_the_span() -> None:
    names = ", ".join(f"VID_{number}.insv" for number in range(100))
    text = complete("project: evercam\n").replace("VID_1.insv", f"{names}, 5, {names.lower()}")
    found = read_manifest(text.encode(), "week.yaml", TODAY)
    assert problems_text(found.problems, {"week.yaml": text}) == snapshot("""\
error[M014]: entry 101 of `files` must be text, not 5
  --> week.yaml:10:1303
   |
10 | …D_96.insv, VID_97.insv, VID_98.insv, VID_99.insv, 5, vid_0.insv, vid_1.insv, vid_2.insv, vid_3.insv, vid_4.insv, vid_5.i…
   |                                                    ^
   = help: write it in quotes: "5"
""")
