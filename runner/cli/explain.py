"""Own `sitewalk explain`: what the code of a problem means, with a wrong and a right example."""

from typing import Annotated

import typer

from runner.cli.console import Console

Word = Annotated[
    str | None,
    typer.Argument(help="A code such as M012, or a name such as unknown-key. Default: all rules."),
]


def explain(rule: Word = None) -> None:
    """Print what a rule means, with a wrong and a right example."""
    from runner.errors import UsageError
    from runner.rules.page import rule_text, rules_page
    from runner.rules.registry import RULES, find_rule
    from runner.suggestions import Suggestions

    if rule is None:
        Console().data(rules_page())
        return
    found = find_rule(rule)
    if found is None:
        near = Suggestions().nearest(rule, [one.name for one in RULES])
        help_ = f"did you mean {near}?" if near else f"codes: M001 to {RULES[-1].code}"
        raise UsageError(f"there is no rule `{rule}`", help_)
    Console().data(rule_text(found))
