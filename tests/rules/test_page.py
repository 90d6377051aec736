from pathlib import Path

from runner.rules.page import rule_text, rules_page
from runner.rules.registry import RULES

_PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_in_docs_is_the_one_explain_prints() -> None:
    assert _PAGE.read_text(encoding="utf-8") == rules_page()


def test_the_page_has_every_rule() -> None:
    assert all(rule_text(rule) in rules_page() for rule in RULES)
