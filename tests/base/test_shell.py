import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.wording import for_shell


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("week-47.yaml", "week-47.yaml"),
        (r"D:\karte\täglich.yaml", r"D:\karte\täglich.yaml"),
        ("week 4/manifest.yaml", '"week 4/manifest.yaml"'),
        ("ann's.yaml", '"ann\'s.yaml"'),
        ("a&b,(1).yaml", '"a&b,(1).yaml"'),
        ("\\\\nas\\my share\\", r'"\\nas\my share\\"'),
        ('say "hi"\\".yaml', r'"say \"hi\"\\\".yaml"'),
        ("", '""'),
    ],
)
def test_windows_shells_get_double_quotes(text: str, quoted: str) -> None:
    assert for_shell(text, windows=True) == quoted


@given(st.text(st.characters(exclude_characters="\0")))
def test_elsewhere_a_shell_reads_the_same_word_again(text: str) -> None:
    assert shlex.split(for_shell(text, windows=False)) == [text]


@given(st.text(st.characters(exclude_characters="\0")))
def test_a_windows_program_gets_the_same_word_again(text: str) -> None:
    assert _as_a_program_reads(for_shell(text, windows=True)) == text


def _as_a_program_reads(word: str) -> str:
    """One word of a command line, by the rules that Microsoft documents for `argv`."""
    read, backslashes = "", 0
    for char in word:
        if char == "\\":
            backslashes += 1
            continue
        if char == '"':
            read += "\\" * (backslashes // 2) + '"' * (backslashes % 2)
        else:
            read += "\\" * backslashes + char
        backslashes = 0
    return read + "\\" * backslashes
