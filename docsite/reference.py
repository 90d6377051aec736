"""The parts of the reference that the program itself knows, as Markdown."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import typer

from docsite.library import library
from docsite.policy import policy_table
from docsite.schemas import schemas
from runner.base.errors import EXIT_MEANINGS, ExitStatus
from runner.cli.app import COMMANDS, app
from runner.cli.help import EXAMPLES, described
from runner.settings import SETTING_MEANINGS, SETTING_TYPES, VARIABLE_OF, VARIABLES

_MARK = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)


def filled(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """A page with each mark `<!-- generated: NAME -->` replaced by that part."""
    return _MARK.sub(lambda mark: parts[mark[1]](), text)


def commands() -> str:
    """Every command with its arguments and options."""
    group: Any = typer.main.get_command(app)
    return "\n".join(line for name in COMMANDS for line in _command(group, name))


def _command(group: Any, name: str) -> Iterator[str]:
    command = group.resolve_command(None, [name])[1]
    yield from (f"## {name}", "")
    yield from _described(command, f"sitewalk {name}")
    for inner, subcommand in getattr(command, "commands", {}).items():
        yield from (f"### {name} {inner}", "")
        yield from _described(subcommand, f"sitewalk {name} {inner}")


def _described(command: Any, words: str) -> Iterator[str]:
    context = command.context_class(command, info_name=words)
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (command.help or "", "", f"    {words} {usage}", "")
    found = [described(parameter, context) for parameter in command.params]
    rows = [(f"`{form}`", meaning) for form, meaning in filter(None, found)]
    yield table(("Argument or option", "Meaning"), rows) if rows else ""
    if examples := EXAMPLES.get(words.removeprefix("sitewalk ")):
        yield from ("For example:", "", *(f"    {example}" for example in examples), "")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; a `|` in a cell is no border."""
    cells = [head, ("---",) * len(head), *(tuple(map(_cell, row)) for row in rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def exit_codes() -> str:
    """Every exit code with its meaning."""
    rows = [(str(int(status)), EXIT_MEANINGS[status]) for status in ExitStatus]
    return table(("Code", "Meaning"), rows)


def environment() -> str:
    """Every variable that the program reads, with its meaning and default."""
    return table(("Variable", "Meaning"), [(f"`{name}`", text) for name, text in VARIABLES.items()])


def settings() -> str:
    """Every key of settings.toml with its kind, meaning, and the variable that goes before it."""
    kinds = {int: "number", str: "text"}
    rows = [
        (f"`{key}`", kinds[SETTING_TYPES[key]], meaning, f"`{VARIABLE_OF.get(key, '-')}`")
        for key, meaning in SETTING_MEANINGS.items()
    ]
    return table(("Key", "Kind", "Meaning", "Variable"), rows)


def retries() -> str:
    """What follows each failure in each step."""
    return "\n".join(policy_table()) + "\n"


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "exit_codes": exit_codes,
    "environment": environment,
    "settings": settings,
    "retries": retries,
    "schemas": schemas,
    "library": library,
}
"""Every part by the name in its mark."""
