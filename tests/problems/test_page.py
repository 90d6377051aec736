"""docs/rules.md and the code name the same rules, and its form is one that can be read."""

import pkgutil
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

import runner
from runner.problems.problem import Rule
from runner.problems.rules import explained_rules, find_rule, parse_rules, rules_page

_SOURCES = Path(runner.__file__).parent


def _rules_of_checks() -> list[Rule]:
    """Every rule that is a constant of a module, in the order of the codes."""
    names = [module.name for module in pkgutil.walk_packages(runner.__path__, "runner.")]
    constants = [value for name in names for value in vars(import_module(name)).values()]
    found = {id(value): value for value in constants if isinstance(value, Rule)}
    return sorted(found.values(), key=lambda rule: rule.code)


def _makers(kind: str) -> list[str]:
    """The module of each place in the code that makes a value of this kind."""
    return [
        path.relative_to(_SOURCES).as_posix()
        for path in _SOURCES.rglob("*.py")
        for _ in re.finditer(rf"\b{kind}\(", path.read_text(encoding="utf-8"))
    ]


def test_the_page_has_exactly_the_rules_of_the_checks() -> None:
    explained = [Rule(rule.code, rule.name, rule.severity) for rule in parse_rules(rules_page())]
    assert explained == _rules_of_checks()


def test_no_problem_is_made_without_a_rule_and_no_rule_but_as_a_constant() -> None:
    assert _makers("Problem") == ["problems/problem.py"]
    assert len(_makers("Rule")) == len(_rules_of_checks())


def test_codes_and_names_are_unique_and_found() -> None:
    rules = parse_rules(rules_page())
    assert all(before.code < after.code for before, after in pairwise(rules))
    for rule in rules:
        assert find_rule(rule.code.lower()) == rule
        assert find_rule(rule.name) == rule
    assert find_rule("no-such-rule") is None


def test_the_table_of_the_page_leads_to_each_section() -> None:
    table = re.findall(r"^\| \[.*$", rules_page(), flags=re.MULTILINE)
    assert table == [
        f"| [{rule.code}](#{rule.code.lower()}-{rule.name}-{rule.severity}) "
        f"| {rule.name} | {rule.severity} |"
        for rule in explained_rules().values()
    ]


def test_commands_are_marked_as_such_and_nothing_else_is() -> None:
    page = rules_page()
    assert page.count("```console\n$ ") == page.count("```console") == page.count("\n$ ") > 0


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("## M009 key-not-text (error)", "## M009 key-not-text (fatal)"),
        ("## M009 key-not-text (error)", "## M009"),
        ("A key is a number", "\n\nA key is a number"),
        ("Right:", "Correct:"),
        ("```yaml", "```"),
        ("```\n\nRight:", "```\n\nAlso wrong.\n\nRight:"),
    ],
)
def test_a_section_of_another_form_is_named(written: str, instead: str) -> None:
    section = explained_rules()["M009"].text
    assert written in section
    with pytest.raises(ValueError, match=r"`## M009.*` of docs/rules\.md"):
        parse_rules("# Rules\n\n" + section.replace(written, instead, 1))
