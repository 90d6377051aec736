"""`sitewalk explain`: what the code of a problem means, with a wrong and a right example."""

from typing import TYPE_CHECKING, Annotated

import typer

from runner.cli.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runner.rules.explained import ExplainedRule

Word = Annotated[
    str | None,
    typer.Argument(help="A code such as M012, or a name such as unknown-key. Default: all rules."),
]


def explain(rule: Word = None) -> None:
    """Print what a rule means, with a wrong and a right example."""
    from runner.errors import UsageError
    from runner.rules.explained import explained_rules, find_rule, rules_page
    from runner.suggestions import Suggestions

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


def _list(rules: "Iterable[ExplainedRule]") -> str:
    """All rules in Markdown by code, name and severity only."""
    rows = [f"| {rule.code} | {rule.name} | {rule.severity} |" for rule in rules]
    end = "`sitewalk explain M012` prints one of them, `sitewalk explain | more` them all."
    return "\n".join(["| Code | Name | Severity |", "|---|---|---|", *rows, "", end, ""])


def _write(markdown: str, console: Console) -> None:
    """Rendered for a person's terminal; for a file or program as it is."""
    if not console.is_read_by_eyes:
        console.data(markdown)
        return
    from runner.cli.markdown import on_screen

    console.data(on_screen(markdown, console.out))
