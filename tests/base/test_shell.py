import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.wording import PLACEHOLDER, for_shell


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("week-47.yaml", "week-47.yaml"),
        (r"D:\karte\täglich.yaml", r"D:\karte\täglich.yaml"),
        ("week 4/manifest.yaml", '"week 4/manifest.yaml"'),
        ("ann's.yaml", '"ann\'s.yaml"'),
        ("a&b,(1).yaml", '"a&b,(1).yaml"'),
        ("\\\\nas\\my share\\", r'"\\nas\my share\\"'),
        ("", '""'),
        ("-x.yaml", "./-x.yaml"),
        ("-x y.yaml", '"./-x y.yaml"'),
        ("$(calc).yaml", PLACEHOLDER),
        ("%COMSPEC%.yaml", PLACEHOLDER),
        ("`calc`.yaml", PLACEHOLDER),
        ('say "hi".yaml', PLACEHOLDER),
        ("say \u201d;calc;\u201d.yaml", PLACEHOLDER),
        ("a\nb.yaml", PLACEHOLDER),
    ],
)
def test_windows_shells_get_double_quotes(text: str, quoted: str) -> None:
    assert for_shell(text, windows=True) == quoted


@given(st.text(st.characters(exclude_characters="\0")))
def test_elsewhere_a_shell_reads_the_same_word_again(text: str) -> None:
    assert shlex.split(for_shell(text, windows=False)) == [_as_a_file(text)]


def _as_a_file(text: str) -> str:
    return f"./{text}" if text.startswith("-") else text


@given(st.text(st.characters(exclude_characters="\0")))
def test_a_windows_program_gets_the_same_word_again(text: str) -> None:
    word = for_shell(text, windows=True)
    assert word == PLACEHOLDER or _as_a_program_reads(word) == _as_a_file(text)


@given(st.text(st.sampled_from("a. -$`%!^|<>\"\u201c\u201d\u201e;&'()\n")))
def test_on_windows_nothing_that_a_shell_may_run_is_advised(text: str) -> None:
    assert not set(for_shell(text, windows=True).strip('"')) & set('$`%!^|<>"\u201c\u201d\u201e\n')


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
