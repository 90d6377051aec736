"""`sitewalk drawing`: drawings of the project file are created on Evercam, each once."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import CancelToken
from runner.base.errors import ExitStatus, UsageError
from runner.base.wording import printable
from runner.cli.console import Console
from runner.cli.help import HelpfulCommand
from runner.cli.options import NewLedger, Yes, command_line, settings_here
from runner.cli.stopping import stop_on_signals
from runner.drawings.template import VENDORS_PAGE
from runner.flow.create_drawing import DrawingEntrance, create_drawing, settle_drawing
from runner.flow.drawing import DrawingRequest, write_template
from runner.flow.project import PROJECT_FILE
from runner.ledger.lock import this_process

app = typer.Typer(
    help="Create drawings of the project file on Evercam, each once.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(help="The drawing's name in the project file.")]
ProjectOf = Annotated[
    Path,
    typer.Option(
        "--manifest",
        help="The manifest whose project file is meant. Default: that of this folder.",
        show_default=False,
    ),
]
Adopt = Annotated[
    int | None,
    typer.Option(help="It is on the dashboard, with this number: write that down.", min=1),
]
Retry = Annotated[bool, typer.Option("--retry", help="It is not on the dashboard: create it.")]

_HERE = Path(PROJECT_FILE)


@app.command("create", cls=HelpfulCommand)
def create(
    name: Name, manifest: ProjectOf = _HERE, yes: Yes = False, new_ledger: NewLedger = False
) -> None:
    """Show the request for a drawing, ask, send it, keep its id."""
    console, stop = Console(), CancelToken()
    settings = settings_here([manifest], new_ledger=new_ledger)
    words = "stopping within seconds: the same command goes on; once more to stop at once"
    entrance = DrawingEntrance(
        partial(this_process, command_line()),
        partial(_agree, console, yes=yes),
        lambda text: console.say(printable(text)),
        stop,
        running=partial(stop_on_signals, stop, console, words),
    )
    create_drawing(DrawingRequest(name, manifest, settings), entrance)


def _agree(console: Console, request: str, *, yes: bool) -> None:
    console.data("".join(f"{printable(line)}\n" for line in request.splitlines()))
    question = "Create this drawing? Evercam has no way to take it back that is known."
    if not console.confirm(question, "nothing was sent", yes=yes):
        raise typer.Exit(ExitStatus.DONE)


@app.command("template", cls=HelpfulCommand)
def template(manifest: ProjectOf = _HERE) -> None:
    """Write what is public of the request to a file to fill in."""
    console = Console()
    console.say(f"written: {write_template(manifest)}; fill in every TODO in it")
    console.say(f"what belongs there, the vendor's page says: {VENDORS_PAGE}")


@app.command("resolve", cls=HelpfulCommand)
def resolve(
    name: Name,
    adopt: Adopt = None,
    retry: Retry = False,
    manifest: ProjectOf = _HERE,
    yes: Yes = False,
) -> None:
    """Settle a held drawing: it exists, or it does not."""
    if (adopt is not None) == retry:
        help_ = "look on the dashboard: --adopt DRAWING_ID if it is there, --retry if it is not"
        raise UsageError("say --adopt DRAWING_ID or --retry, and one of them", help_)
    console = Console()
    request = DrawingRequest(name, manifest, settings_here([manifest]))
    holder = partial(this_process, command_line())
    confirm = partial(_confirm, console, name, adopt, yes=yes)
    settle_drawing(request, adopt, holder, confirm, lambda text: console.say(printable(text)))
    if adopt is None:
        console.say(f"settled; the next `sitewalk drawing create` goes on with {name}")
    else:
        console.say(f"settled: {name} is drawing {adopt}")


def _confirm(console: Console, name: str, adopt: int | None, where: str, *, yes: bool) -> None:
    question = f"You looked, and `{name}` is not at {where}; may it be created again?"
    if adopt is not None:
        question = f"`{name}` at {where} is drawing {adopt}; write that down?"
    if not console.confirm(question, "nothing was settled", yes=yes):
        raise typer.Exit(ExitStatus.DONE)
