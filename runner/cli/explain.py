"""`sitewalk explain`: what the code of a problem means, with a wrong and a right example."""

from typing import Annotated

import typer

from runner.cli.console import Console
from runner.errors import UsageError
from runner.rules.page import rule_text, rules_list, rules_page
from runner.rules.registry import RULES, find_rule
from runner.suggestions import Suggestions

Word = Annotated[
    str | None,
    typer.Argument(help="A code such as M012, or a name such as unknown-key. Default: all rules."),
]


def explain(rule: Word = None) -> None:
    """Print what a rule means, with a wrong and a right example."""
    console = Console()
    if rule is None:
        _write(rules_list() if console.is_read_by_eyes else rules_page(), console)
        return
    found = find_rule(rule)
    if found is None:
        near = Suggestions().nearest(rule, [one.name for one in RULES])
        help_ = f"did you mean {near}?" if near else f"codes: M001 to {RULES[-1].code}"
        raise UsageError(f"there is no rule `{rule}`", help_)
    _write(rule_text(found), console)


def _write(markdown: str, console: Console) -> None:
    """Rendered for a person's terminal; for a file or program as it is."""
    if not console.is_read_by_eyes:
        console.data(markdown)
        return
    from runner.cli.markdown import on_screen  # noqa: PLC0415 - no file needs what colours it

    console.data(on_screen(markdown, console.out))
