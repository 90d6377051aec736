"""`sitewalk explain`: what the code of a problem means, with a wrong and a right example."""

from collections.abc import Iterable
from typing import Annotated

import typer

from runner.base.errors import UsageError
from runner.base.wording import Suggestions
from runner.cli.console import Console
from runner.problems.rules import ExplainedRule, explained_rules, find_rule, rules_page

Word = Annotated[
    str | None,
    typer.Argument(help="A code such as M012, or a name such as unknown-key. Default: all rules."),
]


def explain(rule: Word = None) -> None:
    """Print what a rule means, with a wrong and a right example."""
    console, rules = Console(), explained_rules().values()
    if rule is None:
        _write(_list(rules) if console.is_read_by_eyes else rules_page(), console)
        return
    found = find_rule(rule)
    if found is None:
        near = Suggestions().nearest(rule, [known.name for known in rules])
        help_ = f"did you mean {near}?" if near else f"codes: M001 to {max(explained_rules())}"
        raise UsageError(f"there is no rule `{rule}`", help_)
    _write(found.text, console)


def _list(rules: Iterable[ExplainedRule]) -> str:
    """All rules in Markdown by code, name and severity only."""
    rows = [f"| {rule.code} | {rule.name} | {rule.severity} |" for rule in rules]
    end = "`sitewalk explain M012` prints one of them, `sitewalk explain | more` them all."
    return "\n".join(["| Code | Name | Severity |", "|---|---|---|", *rows, "", end, ""])


def _write(markdown: str, console: Console) -> None:
    """Rendered for a person's terminal; for a file or program as it is."""
    if not console.is_read_by_eyes:
        console.data(markdown)
        return
    from runner.cli.markdown import on_screen  # noqa: PLC0415 - no file needs what colours it

    console.data(on_screen(markdown, console.out))
