"""Own the list of all rules, and how one is found by its code or name."""

from collections.abc import Mapping

from runner.rules import blanks, drawings, meaning, preflight, recordings, schema, text
from runner.rules.rule import Rule

_MODULES = (text, schema, blanks, meaning, recordings, preflight, drawings)

RULES: tuple[Rule, ...] = tuple(
    sorted((rule for module in _MODULES for rule in module.RULES), key=lambda rule: rule.code)
)

BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


def find_rule(word: str) -> Rule | None:
    """The rule with this code (`M012`, in any case) or name (`unknown-key`)."""
    named = {rule.name: rule for rule in RULES}
    return BY_CODE.get(word.upper()) or named.get(word.lower())
