from pathlib import Path

import pytest

from runner.problems.problem import TOO_MANY
from runner.problems.rules import ExplainedRule, explained_rules
from tests.problems.examples import check

_each_rule = pytest.mark.parametrize("rule", explained_rules().values(), ids=lambda rule: rule.code)


@_each_rule
def test_the_wrong_example_breaks_this_rule_and_no_other(
    rule: ExplainedRule, examples: Path
) -> None:
    found = {(problem.code, problem.severity) for problem in check(rule.wrong, examples).problems}
    if rule.code == TOO_MANY.code:  # of which there can be no example without those it counts
        found = {broken for broken in found if broken[0] == rule.code}
    assert found == {(rule.code, rule.severity)}


@_each_rule
def test_the_right_example_breaks_none(rule: ExplainedRule, examples: Path) -> None:
    assert check(rule.right, examples).problems == ()
