"""Own `sitewalk validate`: everything wrong with manifests and their recordings, at once."""

import datetime as dt
import json

import typer

from runner.cli.console import Console
from runner.cli.options import Format, FormatOption, Manifests, MediaRoot, settings_here
from runner.exit_status import ExitStatus


def validate(
    manifests: Manifests, media_root: MediaRoot = None, format_: FormatOption = Format.TEXT
) -> None:
    """Check manifests and their recordings; sends nothing."""
    from runner.diagnostics import problems_json, problems_summary, problems_text
    from runner.problems import has_errors
    from runner.units import counted
    from runner.workflow import check_manifests

    console = Console()
    today = dt.datetime.now().astimezone().date()
    checked = check_manifests(manifests, settings_here(media_root), today)
    if format_ is Format.JSON:
        console.data(json.dumps(problems_json(checked.problems), indent=2) + "\n")
    else:
        console.data(problems_text(checked.problems, checked.texts))
    console.say(f"{problems_summary(checked.problems)} in {counted(len(manifests), 'manifest')}")
    if has_errors(checked.problems):
        raise typer.Exit(ExitStatus.INVALID)
