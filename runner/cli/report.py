"""Own `sitewalk report`: the report of a past run, from the results it left."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runner.cli.console import Console
from runner.cli.options import OneManifest

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
    from runner.report.files import find_run, read_results

    console = Console()
    folder = find_run((manifest.parent if manifest else Path()) / ".sitewalk" / "runs", run)
    text = (folder / "results.json").read_text(encoding="utf-8")
    if format_ is Form.JSON:
        console.data(text)
    else:
        console.data(_writer(format_)(read_results(text, folder)))
    console.say(f"report: {folder / 'report.html'}")


def _writer(form: Form) -> "Callable[[Results], str]":
    from runner.pages.report_page import results_html
    from runner.report.junit import results_junit
    from runner.report.markdown import results_markdown
    from runner.report.table import results_csv
    from runner.report.text import results_text

    return {
        Form.MARKDOWN: results_markdown,
        Form.JUNIT: results_junit,
        Form.CSV: results_csv,
        Form.HTML: results_html,
    }.get(form, results_text)
