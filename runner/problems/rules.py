"""Explanations of the rules, each with a wrong and a right example, read from docs/rules.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from runner.base.schemas import packaged_text
from runner.problems.problem import Severity

_SECTION = re.compile(
    r"""## (?P<code>M\d{3}) (?P<name>[a-z]+(?:-[a-z]+)*) \((?P<severity>error|warning)\)

(?P<meaning>.+)

Wrong:

```(?:yaml|console)
(?P<wrong>(?:.*\n)+?)```

Right:

```(?:yaml|console)
(?P<right>(?:.*\n)+?)```
"""
)


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    """A rule with its section of docs/rules.md.

    `wrong` and `right` are the relevant parts of a manifest, or a command where a manifest's text
    cannot show the problem. `text` is the whole section in Markdown.
    """

    code: str
    name: str
    severity: Severity
    meaning: str
    wrong: str
    right: str
    text: str


def parse_rules(page: str) -> tuple[ExplainedRule, ...]:
    """Parse the rules of a page in their order; text before the first heading is skipped.

    Raises ValueError when a section has another form.
    """
    _, *sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    return tuple(_parse_section(section.rstrip("\n") + "\n") for section in sections)


def _parse_section(text: str) -> ExplainedRule:
    found = _SECTION.fullmatch(text)
    if found is None:
        heading = text.partition("\n")[0]
        raise ValueError(f"the section `{heading}` of docs/rules.md has not the form of the others")
    code, name, severity, meaning, wrong, right = found.groups()
    return ExplainedRule(code, name, Severity(severity), meaning, wrong, right, text)


def rules_page() -> str:
    """The text of docs/rules.md."""
    return packaged_text("docs/rules.md")


@cache
def explained_rules() -> Mapping[str, ExplainedRule]:
    """All explained rules by code, in the order of the page."""
    return {rule.code: rule for rule in parse_rules(rules_page())}


def find_rule(word: str) -> ExplainedRule | None:
    """Find a rule by its code (`M012`, in any case) or its name (`unknown-key`)."""
    rules = explained_rules()
    named = {rule.name: rule for rule in rules.values()}
    return rules.get(word.upper()) or named.get(word.lower())
