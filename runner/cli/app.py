"""Own the list of commands; each lives in a module of its own and imports what it needs late."""

import typer

from runner.cli import apply, demo, ledger, plan, report, resolve, sandbox, schema, status, validate

app = typer.Typer(
    name="sitewalk",
    help="Upload 360° site walkthroughs to Evercam from YAML manifests.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(validate.validate)
app.command()(plan.plan)
app.command()(apply.apply)
app.command()(status.status)
app.command()(report.report)
app.command()(resolve.resolve)
app.add_typer(ledger.app, name="ledger")
app.command()(schema.schema)
app.command()(sandbox.sandbox)
app.command()(demo.demo)
