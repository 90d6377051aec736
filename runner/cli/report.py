"""Own `sitewalk report`: what became of everything, in a past run or since a day."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runner.cli.console import Console
from runner.cli.options import OneManifest, ledger_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.report.results import Results

Run = Annotated[
    str | None,
    typer.Argument(help="A run's id, or part of its folder's name. Default: the last."),
]


class Form(StrEnum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    JUNIT = "junit"
    CSV = "csv"
    HTML = "html"


FormOption = Annotated[Form, typer.Option("--format", help="Form of the report on stdout.")]


def report(run: Run = None, manifest: OneManifest = None, format_: FormOption = Form.TEXT) -> None:
    """Show what became of everything in a past run."""
    from runner.ledger.lock import current_holder
    from runner.ledger.store import read_events
    from runner.report.files import read_results
    from runner.report.from_ledger import results_of_run
    from runner.report.past import find_run

    console = Console()
    ledger = ledger_here([manifest] if manifest else [])
    events = read_events(ledger)
    runs = (manifest.parent if manifest else Path()) / ".sitewalk" / "runs"
    past = find_run(runs, events, run)
    named = manifest.as_posix() if manifest else ""
    results = read_results(past.folder) if past.folder else results_of_run(events, past.run, named)
    console.data(_writer(format_)(results))
    holder = current_holder(ledger.lock_path)
    if results.killed and holder:
        console.say(f"a run is at work, perhaps this one: {holder}")
    if past.folder:
        console.say(f"report: {past.folder / 'report.html'}")


def _writer(form: Form) -> "Callable[[Results], str]":
    from runner.pages.report_page import results_html
    from runner.report.as_json import results_json
    from runner.report.junit import results_junit
    from runner.report.markdown import results_markdown
    from runner.report.table import results_csv
    from runner.report.text import results_text

    return {
        Form.TEXT: results_text,
        Form.JSON: lambda results: f"{json.dumps(results_json(results), indent=2)}\n",
        Form.MARKDOWN: results_markdown,
        Form.JUNIT: results_junit,
        Form.CSV: results_csv,
        Form.HTML: results_html,
    }[form]
