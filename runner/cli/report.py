"""`sitewalk report`: the results of a past run, or of everything since a day."""

import datetime as dt
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import SystemClock, today
from runner.base.errors import UsageError
from runner.base.wording import json_text, listed
from runner.cli.console import Console
from runner.cli.options import OneManifest, ledger_of
from runner.flow.ledgers import open_for_reading
from runner.flow.project import sitewalk_folder
from runner.ledger.lock import current_holder
from runner.ledger.store import read_events
from runner.manifest.schema.formats import parse_date
from runner.pages.report.page import results_html
from runner.pages.report.period import period_html
from runner.report.forms.as_json import results_json
from runner.report.forms.junit import results_junit
from runner.report.forms.markdown import results_markdown
from runner.report.forms.table import results_csv
from runner.report.forms.text import results_text
from runner.report.past_runs import find_run
from runner.report.period import forms
from runner.report.period.period import Period, period_of, projects_of
from runner.report.results import Results

Run = Annotated[
    str | None,
    typer.Argument(help="A run's id, or part of its folder's name. Default: the last."),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="DATE|7d",
        help="Tell all walks from this day on instead, and the gaps in a weekly routine.",
    ),
]
Project = Annotated[str | None, typer.Option(help="With --since: only walks of this project.")]


class Form(StrEnum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    JUNIT = "junit"
    CSV = "csv"
    HTML = "html"


FormOption = Annotated[Form, typer.Option("--format", help="Form of the report on stdout.")]


def report(
    run: Run = None,
    since: Since = None,
    project: Project = None,
    manifest: OneManifest = None,
    format_: FormOption = Form.TEXT,
) -> None:
    """Show the results of a past run, or of everything since a day."""
    if since is None:
        if project is not None:
            raise UsageError("--project goes with --since", "a run is told as a whole")
        _tell_run(run, manifest, format_)
        return
    if run is not None:
        raise UsageError("a report is of a run or of a period", f"leave out `{run}` or --since")
    _tell_period(_day(since), project, manifest, format_)


def _day(text: str) -> dt.date:
    """A day in one of the manifest's two forms, or so many days or weeks ago: `7d`, `2w`."""
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return today(SystemClock()) - int(ago[1]) * _SPANS[ago[2]]
        return parse_date(text)
    except (ValueError, OverflowError):
        help_ = "write a day like 2026-11-01, or 7d for a week ago"
        raise UsageError(f"--since: `{text}` is no day", help_) from None


_AGO = re.compile(r"([0-9]{1,5})([dw])")
_SPANS = {"d": dt.timedelta(days=1), "w": dt.timedelta(weeks=1)}


def _tell_run(run: str | None, manifest: Path | None, form: Form) -> None:
    console, ledger = Console(), ledger_of(manifest)
    events = read_events(ledger)
    runs = sitewalk_folder(manifest or Path("manifest.yaml")) / "runs"
    if not any(runs.glob("*/*.json*")):  # results and logs tell their runs without a ledger, too
        open_for_reading(ledger).close()
    past = find_run(runs, events, run)
    named = manifest.as_posix() if manifest else ""
    results = past.results(events, named)
    write = console.text if form is Form.TEXT else console.data
    write(_run_writer(form)(results))
    holder = current_holder(ledger.path) if ledger.path else None
    if results.killed and holder:
        console.say(f"a run is at work, perhaps this one: {holder}")
    if past.folder:
        console.say(f"report: {past.folder / 'report.html'}")
    if past.log:
        console.say(f"the ledger knows nothing of this run; it is told from {past.log}")


def _tell_period(since: dt.date, project: str | None, manifest: Path | None, form: Form) -> None:
    ledger = ledger_of(manifest)
    with open_for_reading(ledger) as opened:
        events = list(opened.all_events())
    until = today(SystemClock())
    if since > until:
        raise UsageError(f"{since} is still to come", "--since takes a day that has been")
    if not events:
        help_ = "name its manifest with --manifest, or set SITEWALK_LEDGER"
        raise UsageError(f"the ledger {ledger} knows of no walk", help_)
    known = projects_of(events)
    if project is not None and project not in known:
        message = f"the ledger {ledger} knows of no project `{project}`"
        raise UsageError(message, f"it knows {listed(known)}")
    write = Console().text if form is Form.TEXT else Console().data
    write(_period_writer(form)(period_of(events, since, until, project)))


def _run_writer(form: Form) -> Callable[[Results], str]:
    return {
        Form.TEXT: results_text,
        Form.JSON: lambda results: json_text(results_json(results)),
        Form.MARKDOWN: results_markdown,
        Form.JUNIT: results_junit,
        Form.CSV: results_csv,
        Form.HTML: results_html,
    }[form]


def _period_writer(form: Form) -> Callable[[Period], str]:
    if form is Form.JUNIT:
        raise UsageError("JUnit XML tells a single run", "leave out --since, or take another form")
    writers: dict[Form, Callable[[Period], str]] = {
        Form.TEXT: forms.period_text,
        Form.JSON: lambda period: json_text(forms.period_json(period)),
        Form.MARKDOWN: forms.period_markdown,
        Form.CSV: forms.period_csv,
        Form.HTML: period_html,
    }
    return writers[form]
