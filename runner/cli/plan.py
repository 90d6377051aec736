"""Own `sitewalk plan`: what an apply would do and why, without sending anything."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from runner.cli.console import Console
from runner.cli.options import Format, FormatOption, Manifests, MediaRoot, Strict, settings_here
from runner.exit_status import ExitStatus

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Save the plan here, for review and `sitewalk apply`."),
]
Detailed = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit 6 when changes are pending.")
]
Online = Annotated[
    bool, typer.Option("--online", help="Also log in and ask the tus server for its limits.")
]


def plan(
    manifests: Manifests,
    output: Output = None,
    media_root: MediaRoot = None,
    format_: FormatOption = Format.TEXT,
    online: Online = False,
    detailed_exitcode: Detailed = False,
    strict: Strict = False,
) -> None:
    """Show what would be done, and why."""
    from runner.diagnostics.full import problems_text
    from runner.errors import InvalidManifestError
    from runner.ledger.lock import current_holder
    from runner.plan.saved import plan_json, save_plan
    from runner.plan.text import plan_text
    from runner.timing import SystemClock
    from runner.workflow import make_outlook

    console = Console()
    settings = settings_here(media_root)
    outlook = make_outlook(manifests, settings, dt.datetime.now().astimezone().date())
    if outlook.problems and strict:
        raise InvalidManifestError(outlook.problems, outlook.texts)
    holder = current_holder(outlook.ledger.lock_path)
    if holder:
        console.say(f"a run is at work, and what it creates may look held: {holder}")
    if outlook.problems:
        console.say(problems_text(outlook.problems, outlook.texts))
    if online:
        from runner.online import check_online

        for line in check_online(outlook.plan, settings):
            console.say(line)
    made_at = SystemClock().now().isoformat()
    if format_ is Format.JSON:
        console.data(json.dumps(plan_json(outlook.plan, made_at), indent=2) + "\n")
    else:
        console.data(plan_text(outlook.plan))
    if output is not None:
        save_plan(outlook.plan, made_at, output)
        console.say(f"saved as {output}; apply it with: sitewalk apply {output}")
    if outlook.plan.needs_decision:
        raise typer.Exit(ExitStatus.DECISION)
    if detailed_exitcode and outlook.plan.is_pending:
        raise typer.Exit(ExitStatus.PENDING)
