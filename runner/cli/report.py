"""Own `sitewalk report`: the report of a past run, from the results it left."""

import json
from pathlib import Path
from typing import Annotated

import typer

from runner.cli.console import Console
from runner.cli.options import Format, FormatOption, OneManifest

Run = Annotated[
    str | None,
    typer.Argument(help="A run's id, or part of its folder's name. Default: the last."),
]


def report(
    run: Run = None, manifest: OneManifest = None, format_: FormatOption = Format.TEXT
) -> None:
    """Show what became of everything in a past run."""
    from runner.report.files import find_run
    from runner.report.results import results_from_json
    from runner.report.text import results_text

    console = Console()
    folder = find_run((manifest.parent if manifest else Path()) / ".sitewalk" / "runs", run)
    text = (folder / "results.json").read_text(encoding="utf-8")
    if format_ is Format.JSON:
        console.data(text)
    else:
        console.data(results_text(results_from_json(json.loads(text))))
    console.say(f"report: {folder / 'report.html'}")
