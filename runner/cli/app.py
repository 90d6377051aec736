"""Own the list of commands; each lives in a module of its own and imports what it needs late."""

from typing import Annotated

import typer

from runner.cli import (
    apply,
    demo,
    explain,
    inspect,
    ledger,
    pick,
    plan,
    report,
    resolve,
    sandbox,
    scan,
    schema,
    status,
    validate,
)
from runner.cli.console import Console
from runner.version import VERSION


def _say_version(asked: bool) -> None:
    if asked:
        Console().data(f"sitewalk {VERSION}\n")
        raise typer.Exit


app = typer.Typer(
    name="sitewalk",
    no_args_is_help=True,
    add_completion=False,
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


app.command()(validate.validate)
app.command()(explain.explain)
app.command()(inspect.inspect)
app.command()(scan.scan)
app.command()(pick.pick)
app.command()(plan.plan)
app.command()(apply.apply)
app.command()(status.status)
app.command()(report.report)
app.command()(resolve.resolve)
app.add_typer(ledger.app, name="ledger")
app.command()(schema.schema)
app.command()(sandbox.sandbox)
app.command()(demo.demo)
