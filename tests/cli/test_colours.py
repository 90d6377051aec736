"""What a person's terminal shows: colours for what differs, whole words, lines to be copied."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.cli.colours import on_terminal

_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")

PLAN = """\
plan: manifest.yaml → project evercam at https://ingest2.evercam.io

= done already level-1
+ create level-2-2026-11-28: no upload of it is known
    Level 2 · walked 2026-11-28 · uploaded by walker@example.com
> resume level-3-2026-11-28: its upload was interrupted
? decide level-4-2026-11-28: held
    → sitewalk resolve level-4-2026-11-28 --manifest manifest.yaml --adopt UPLOAD_ID
"""


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_what_differs_has_a_colour_and_what_is_copied_stays_whole() -> None:
    shown = on_terminal(PLAN, _Terminal())
    legible = _ESCAPE.sub(lambda code: f"[{code[1].removeprefix('0')}]", shown)
    assert legible == snapshot("""\
plan: manifest.yaml → project evercam at
    https://ingest2.evercam.io

[2]= done already level-1[]
[32]+ create[] level-2-2026-11-28: no upload of it is known
    Level 2 · walked 2026-11-28 · uploaded by
        walker@example.com
[36]> resume[] level-3-2026-11-28: its upload was interrupted
[33]? decide[] level-4-2026-11-28: held
    → sitewalk resolve level-4-2026-11-28 --manifest manifest.yaml --adopt UPLOAD_ID
""")


def test_without_colour_it_is_the_same_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = on_terminal(PLAN, _Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    plain = on_terminal(PLAN, _Terminal())
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", plain)
    assert _ESCAPE.sub("", plain) == _ESCAPE.sub("", coloured)


@pytest.mark.parametrize(
    ("line", "colour"),
    [
        ("error[M012]: unknown key", "31"),
        ("error: the ledger cannot be read", "31"),
        ("warning[M061]: its picture is not there", "33"),
        ("  help: check the path", "36"),
        ("level-2  done: upload 1000", "32"),
        ("level-2  failed: the server refused it", "31"),
        ("done             level-2: upload 1000", "32"),
        ("needs a decision level-2: held", "33"),
        ("under way level-2", "36"),
    ],
)
def test_outcomes_have_their_colours(line: str, colour: str) -> None:
    codes = {
        part
        for codes in _ESCAPE.findall(on_terminal(line, _Terminal()))
        for part in codes.split(";")
    }
    assert colour in codes


@pytest.mark.parametrize("name", ["error", "done", "failed: all", "+ create"])
def test_a_name_within_a_line_has_none(name: str) -> None:
    assert "\x1b" not in on_terminal(f"    {name} is the name of this walk", _Terminal())


_WORDS = st.lists(st.text("abcäxyz-_./:", min_size=1, max_size=90), max_size=30)


@given(_WORDS, st.integers(0, 8))
def test_no_word_is_broken_and_none_is_lost(words: list[str], indent: int) -> None:
    line = " " * indent + " ".join(words)
    shown = _ESCAPE.sub("", on_terminal(line, _Terminal()))
    assert shown.split() == words
    assert all(len(part) <= 60 or " " not in part.strip() for part in shown.split("\n"))
