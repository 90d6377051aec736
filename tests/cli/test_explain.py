"""What `sitewalk explain` shows: rendered on a terminal, Markdown everywhere else."""

import io
import sys

import pytest
from inline_snapshot import snapshot

from runner.cli.explain import explain
from runner.problems.rules import explained_rules, rules_page


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _shown(monkeypatch: pytest.MonkeyPatch, rule: str | None, **environment: str) -> str:
    variables = {"TERM": "xterm", "COLUMNS": "60", "NO_COLOR": "", **environment}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    explain(rule)
    return terminal.getvalue()


def test_a_terminal_shows_a_rule_in_its_width_without_markup(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = _shown(monkeypatch, "M009", NO_COLOR="1")
    assert shown.replace("\x1b[1m", "").replace("\x1b[0m", "") == snapshot("""\
M009 key-not-text (error)

A key is a number, true, null, a list or a mapping. Every
key of a manifest is a word; names that look like numbers
are written in quotes.

Wrong:

 drawings:
   level-2: {id: 6143}
   3: {id: 6144}

Right:

 drawings:
   level-2: {id: 6143}
""")


def test_a_terminal_shows_keys_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[36mdrawings\x1b[0m:" in _shown(monkeypatch, "M009")


def test_a_terminal_lists_the_rules_by_code(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, rules = _shown(monkeypatch, None), explained_rules().values()
    assert all(rule.code in shown and rule.name in shown for rule in rules)
    assert len(shown.splitlines()) < len(rules) + 10


def test_a_dumb_terminal_gets_the_text_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _shown(monkeypatch, "M009", TERM="dumb") == explained_rules()["M009"].text


def test_a_file_gets_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    explain()
    assert capsys.readouterr().out == rules_page()
