"""`sitewalk status`: what the ledger knows, what is held, and who ran what."""

from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import SystemClock, today
from runner.base.errors import ExitStatus, UsageError
from runner.base.wording import json_text
from runner.cli.console import Console
from runner.cli.options import (
    Format,
    FormatOption,
    OptionalManifests,
    ledger_here,
    settings_here,
)
from runner.flow.reading import walkthroughs_in
from runner.report.overview import overview_of
from runner.report.status import read_status
from runner.report.status_forms import Here, status_json, status_text

Card = Annotated[
    Path | None,
    typer.Option(
        help="Say whether this card may be wiped: whether each recording on it is on Evercam.",
        metavar="FOLDER",
    ),
]
Sha256 = Annotated[
    bool,
    typer.Option(
        "--sha256", help="With --card: read each file, and compare its sha256 with the ledger's."
    ),
]


Watch = Annotated[
    bool,
    typer.Option("--watch", help="Show how far a run is, from any machine, until it ends."),
]


def status(
    manifests: OptionalManifests = None,
    watch: Watch = False,
    card: Card = None,
    sha256: Sha256 = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show what the ledger knows, what is held, who ran what."""
    _require_sense(card, format_, watch=watch, sha256=sha256)
    if card is not None:
        from runner.cli.card import card_status  # noqa: PLC0415 - it loads what uploading takes

        raise typer.Exit(card_status(card, manifests or [], format_, whole=sha256))
    console = Console()
    if watch:
        from runner.cli.watch import watch_runs  # noqa: PLC0415 - seldom needed

        watch_runs(ledger_here(manifests or []), console)
    only = walkthroughs_in(manifests, today(SystemClock())) if manifests else {}
    address, wanted = ledger_here(manifests or []), only if manifests else None
    status = (read_status if format_ is Format.JSON else overview_of)(address, wanted)
    if format_ is Format.JSON:
        console.data(json_text(status_json(status)))
    else:
        console.text(
            status_text(status, Here(settings_here(manifests or ()).addresses.ingest, only))
        )
    raise typer.Exit(ExitStatus.DECISION if status.needs_decision else ExitStatus.DONE)


def _require_sense(card: Path | None, format_: Format, *, watch: bool, sha256: bool) -> None:
    """Raise UsageError for options that exclude each other."""
    if sha256 and card is None:
        raise UsageError("--sha256 compares the files of a card", "name its folder with --card")
    if card is not None and watch:
        raise UsageError("a card is not watched", "give --card or --watch")
    if watch and format_ is Format.JSON:
        help_ = "look from time to time: sitewalk status --format json"
        raise UsageError("--watch is for people, and has no JSON", help_)
