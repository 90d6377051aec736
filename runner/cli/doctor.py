"""`sitewalk doctor`: everything around a run, checked; what support asks for first."""

import typer

from runner.base.errors import ExitStatus
from runner.base.wording import json_text, printable
from runner.cli.config import setting_rows
from runner.cli.console import Console
from runner.cli.options import Format, FormatOption, ledger_here, settings_here
from runner.flow.doctor import Surroundings, doctor_json, doctor_text, examine, is_well
from runner.flow.reach import Network


def doctor(format_: FormatOption = Format.TEXT) -> None:
    """Check settings, network, ledger, disk and installation; changes nothing."""
    findings = examine(
        Surroundings(settings_here, setting_rows, lambda: ledger_here([]), network=Network())
    )
    console = Console()
    if format_ is Format.JSON:
        console.data(json_text(doctor_json(findings)))
    else:
        lines = doctor_text(findings).splitlines()
        console.data("".join(f"{printable(line)}\n" for line in lines))
    raise typer.Exit(ExitStatus.DONE if is_well(findings) else ExitStatus.FAILED)
