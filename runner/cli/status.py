"""`sitewalk status`: what the ledger knows, what is held, and who ran what."""

import typer

from runner.base.clock import SystemClock, today
from runner.base.errors import ExitStatus
from runner.base.wording import json_text
from runner.cli.console import Console
from runner.cli.options import (
    Format,
    FormatOption,
    OptionalManifests,
    ledger_here,
    settings_here,
)
from runner.flow.check import walkthroughs_in
from runner.report.status import Here, read_status, status_json, status_text


def status(manifests: OptionalManifests = None, format_: FormatOption = Format.TEXT) -> None:
    """Show what the ledger knows, what is held, who ran what."""
    console = Console()
    only = walkthroughs_in(manifests, today(SystemClock())) if manifests else {}
    status = read_status(ledger_here(manifests or []), only if manifests else None)
    if format_ is Format.JSON:
        console.data(json_text(status_json(status)))
    else:
        console.text(
            status_text(status, Here(settings_here(manifests or ()).addresses.ingest, only))
        )
    raise typer.Exit(ExitStatus.DECISION if status.needs_decision else ExitStatus.DONE)
