import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from runner.manifest.reading import read_manifest
from runner.problems.forms.as_json import problems_json
from runner.problems.forms.github import problems_github
from runner.problems.forms.sarif import problems_sarif
from runner.problems.forms.text import problems_concise, problems_text
from runner.problems.problem import has_errors, text_lines
from runner.problems.rules import explained_rules
from tests.problems.examples import TODAY, complete

_WHOLE = complete("project: evercam\n")
_PIECES = st.sampled_from(
    [
        "\t",
        "\n",
        ": ",
        "- ",
        "[",
        "{",
        "}",
        "*a",
        "&a ",
        "!x ",
        "<<",
        "---\n",
        "'",
        '"',
        "é中😀",
        "0",
    ]
)


def _check(raw: bytes) -> None:
    """There is a manifest, or else problems that can be shown in every form."""
    reading = read_manifest(raw, "week.yaml", TODAY)
    assert reading.manifest or has_errors(reading.problems)
    assert bool(problems_text(reading.problems, {"week.yaml": reading.text})) == bool(
        problems_concise(reading.problems)
    )
    for place in (problem.place for problem in reading.problems):
        assert (1, 1) <= (place.line, place.column) <= (place.end_line, place.end_column)
        # Of what is no manifest at all, no text is kept to be shown.
        assert place.line <= len(text_lines(reading.text)) or not reading.text
    rules = explained_rules()
    json.dumps([problems_json(reading.problems, rules), problems_sarif(reading.problems, rules)])
    assert problems_github(reading.problems).count("\n") == len(reading.problems)


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_end_in_a_manifest_or_problems(raw: bytes) -> None:
    _check(raw)


@given(st.lists(st.tuples(st.integers(0, len(_WHOLE)), st.integers(0, 20), _PIECES), max_size=4))
def test_any_edit_of_a_manifest_ends_in_a_manifest_or_problems(
    edits: list[tuple[int, int, str]],
) -> None:
    text = _WHOLE
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    _check(text.encode())


def test_numbers_with_a_point_are_no_counts() -> None:
    text = _WHOLE.replace("id: 6143", "id: 6143.0")
    codes = [problem.code for problem in read_manifest(text.encode(), "a", TODAY).problems]
    assert codes == ["M014"]


def test_an_id_may_not_end_in_a_line_break() -> None:
    text = _WHOLE.replace("id: level-2-2026-01-20", 'id: "level-2\\n"')
    codes = [problem.code for problem in read_manifest(text.encode(), "a", TODAY).problems]
    assert codes == ["M016"]


def test_aliases_that_grow_exponentially_end_at_once() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
    reading = read_manifest(f"a0: &a0 [x]\n{levels}".encode(), "a", dt.date(2026, 1, 26))
    assert [problem.code for problem in reading.problems] == ["M007"]


def test_the_first_byte_that_is_not_utf_8_is_pointed_at() -> None:
    for mark in (b"", b"\xef\xbb\xbf"):  # with a byte-order mark, a fuzzer found it to raise
        raw = mark + "é: 中\r\nb: ".encode() + b"\xcca"
        (problem,) = read_manifest(raw, "a", TODAY).problems
        assert (problem.code, problem.place.line, problem.place.column) == ("M003", 2, 4)
