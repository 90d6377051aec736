import re
from pathlib import Path

import pytest

from runner.rules.registry import RULES, find_rule
from runner.rules.rule import Rule
from runner.rules.text import TOO_MANY
from tests.rules.examples import check

_SOURCES = Path(__file__).parents[2] / "runner"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_wrong_example_breaks_this_rule_and_no_other(rule: Rule, tmp_path: Path) -> None:
    found = {(one.code, one.severity) for one in check(rule.wrong, tmp_path).problems}
    if rule is TOO_MANY:  # of which there can be no example without those it counts
        found = {one for one in found if one[0] == rule.code}
    assert found == {(rule.code, rule.severity)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_right_example_breaks_none(rule: Rule, tmp_path: Path) -> None:
    assert check(rule.right, tmp_path).problems == ()


def test_codes_and_names_are_unique_and_found() -> None:
    for rule in RULES:
        assert find_rule(rule.code.lower()) is rule
        assert find_rule(rule.name) is rule
    assert [rule.code for rule in RULES] == sorted(rule.code for rule in RULES)


def test_no_problem_is_made_without_a_rule() -> None:
    makers = [
        path.relative_to(_SOURCES).as_posix()
        for path in _SOURCES.rglob("*.py")
        if re.search(r"\bProblem\(", path.read_text(encoding="utf-8"))
    ]
    assert makers == ["rules/rule.py"]
