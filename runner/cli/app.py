"""The list of commands: the module of each is loaded when it is called."""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from runner.base.version import VERSION
from runner.cli.console import Console
from runner.cli.help import MEANT, HelpfulCommand, refuse, write_groups
from runner.cli.parameters import quicken

COMMANDS = {
    "init": ("runner.cli.init:init", "Set up a site: project file, ledger, first manifest."),
    "validate": (
        "runner.cli.validate:validate",
        "Check manifests and their recordings; sends nothing.",
    ),
    "explain": (
        "runner.cli.explain:explain",
        "Print what a rule means, with a wrong and a right example.",
    ),
    "inspect": (
        "runner.cli.inspect:inspect",
        "Show what recordings say of themselves, and whether they are fit to be sent.",
    ),
    "scan": (
        "runner.cli.scan:scan",
        "Find the walks on a card and write them as a manifest, or add them to one.",
    ),
    "pick": (
        "runner.cli.pick:pick",
        "Tell which walk was where: routes, or positions set with clicks on a drawing.",
    ),
    "plan": ("runner.cli.plan:plan", "Show what would be done, and why."),
    "apply": ("runner.cli.apply:apply", "Carry out manifests, or one saved plan (.json)."),
    "status": (
        "runner.cli.status:status",
        "Show what the ledger knows, what is held, who ran what.",
    ),
    "report": (
        "runner.cli.report:report",
        "Show the results of a past run, or of everything since a day.",
    ),
    "resolve": (
        "runner.cli.resolve:resolve",
        "Settle a held walkthrough: it exists, or it does not; or correct the number adopted.",
    ),
    "login": ("runner.cli.login:login", "Try user and password, and keep them in the keyring."),
    "logout": ("runner.cli.login:logout", "Take user and password out of the keyring."),
    "drawing": (
        "runner.cli.drawing:app",
        "Create drawings of the project file on Evercam, each once.",
    ),
    "config": (
        "runner.cli.config:app",
        "Show every setting with where it comes from; set those of this machine.",
    ),
    "doctor": (
        "runner.cli.doctor:doctor",
        "Check settings, network, ledger, disk and installation; changes nothing.",
    ),
    "schema": ("runner.cli.schema:schema", "Print a JSON schema."),
    "sandbox": (
        "runner.cli.sandbox:sandbox",
        "Serve a stand-in for Evercam on loopback until Ctrl-C.",
    ),
    "demo": ("runner.cli.demo:demo", "Show the main job on an embedded sandbox."),
    "ledger": ("runner.cli.ledger:app", "Move, repair or rebuild a ledger."),
}
"""Where the function, or the app of several, is found; and the first line of its help.

`--help` lists the commands without loading them, so the line stands here once more.
"""


class CommandGroup(TyperGroup):
    """The commands of the table: names and help lines, until one of them is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, (_, line) in COMMANDS.items():
            self.add_command(TyperCommand(name=name, help=line))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words before the command's name."""
        quicken(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """List the commands by when they are used."""
        write_groups({name: line for name, (_, line) in COMMANDS.items()}, formatter)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is called, and load it; guess what other tools' words mean."""
        meant = MEANT.get(args[0].lower()) if args else None
        if meant is not None and args[0] not in self.commands:
            refuse(ctx, f"No such command '{args[0]}'. Did you mean '{meant}'?")
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed and _loaded(listed.name, ctx), rest


def _loaded(name: Any, ctx: Any) -> Any:
    module, _, variable = COMMANDS[name][0].partition(":")
    found = getattr(import_module(module), variable)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name, cls=HelpfulCommand)(found)
        found = alone
    return _quick(typer.main.get_command(found), ctx)


def _quick(command: Any, parent: Any) -> Any:
    """The same command; it and those in it take plain values without much ado."""
    ctx = typer.Context(command, parent=parent)
    quicken(command.get_params(ctx))
    for inner in getattr(command, "commands", {}).values():
        _quick(inner, ctx)
    return command


def _say_version(asked: bool) -> None:
    if asked:
        Console().data(f"sitewalk {VERSION}\n")
        raise typer.Exit


app = typer.Typer(
    name="sitewalk",
    cls=CommandGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 120},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", callback=_say_version),
    ] = False,
) -> None:
    """Upload 360° site walkthroughs to Evercam from YAML manifests."""
