"""Own rules as text for people: one for the terminal, all as docs/rules.md."""

from collections.abc import Iterator

from runner.rules.registry import RULES
from runner.rules.rule import Rule

_HEAD = """\
# Rules

What `sitewalk validate` finds, by code. `sitewalk explain M012` prints one of these pages.
Errors stop every command; warnings do so with `--strict`. The examples show the parts of a
manifest that matter; [manifest.md](manifest.md) describes a whole one.
<!-- Written by `sitewalk explain > docs/rules.md`. -->
"""


def rule_text(rule: Rule) -> str:
    """One rule in Markdown: what it means, a wrong and a right example."""
    return "\n".join(_lines(rule)) + "\n"


def rules_list() -> str:
    """All rules in Markdown by code, name and severity only."""
    rows = [f"| {one.code} | {one.name} | {one.severity} |" for one in RULES]
    end = "`sitewalk explain M012` prints one of them, `sitewalk explain | more` them all."
    return "\n".join(["| Code | Name | Severity |", "|---|---|---|", *rows, "", end, ""])


def rules_page() -> str:
    """All rules in Markdown, in the order of their codes."""
    table = [f"| [{one.code}](#{_anchor(one)}) | {one.name} | {one.severity} |" for one in RULES]
    head = [_HEAD, "| Code | Name | Severity |", "|---|---|---|", *table, ""]
    return "\n".join([*head, *(rule_text(rule) for rule in RULES)])


def _lines(rule: Rule) -> Iterator[str]:
    yield f"## {rule.code} {rule.name} ({rule.severity})"
    yield ""
    yield rule.meaning
    for word, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        language = "console" if example.startswith("$ ") else "yaml"
        yield from ("", f"{word}:", "", f"```{language}", example.rstrip("\n"), "```")


def _anchor(rule: Rule) -> str:
    return f"{rule.code}-{rule.name}-{rule.severity}".lower()
