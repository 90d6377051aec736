"""Own `sitewalk status`: what the ledger knows, what is held, and who ran what."""

import json

from runner.cli.console import Console
from runner.cli.options import Format, FormatOption, OptionalManifests, ledger_here


def status(manifests: OptionalManifests = None, format_: FormatOption = Format.TEXT) -> None:
    """Show what the ledger knows, what is held, who ran what."""
    from runner.status import read_status, status_json, status_text
    from runner.workflow import walkthrough_ids

    console = Console()
    only = walkthrough_ids(manifests) if manifests else None
    told = read_status(ledger_here(manifests or []), only)
    if format_ is Format.JSON:
        console.data(json.dumps(status_json(told), indent=2) + "\n")
    else:
        manifest = manifests[0].as_posix() if manifests else ""
        console.data(status_text(told, manifest))
