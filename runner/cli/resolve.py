"""`sitewalk resolve`: a person's word on a walkthrough that is held."""

import secrets
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import CancelToken, SystemClock, today
from runner.base.errors import ExitStatus, UsageError
from runner.cli.console import Console
from runner.cli.options import OneManifest, Yes, command_line, ledger_of, settings_here
from runner.flow.check import read_manifests
from runner.flow.ledgers import open_for_reading, sole_writer
from runner.ledger.lock import this_process
from runner.ledger.resolve import Decision, Hold, find_hold, settle_hold
from runner.ledger.store import Ledger

Id = Annotated[str, typer.Argument(help="The held walkthrough's id.", metavar="ID")]
Adopt = Annotated[
    int | None,
    typer.Option(help="It is on the dashboard, with this number: go on with it.", min=0),
]
Retry = Annotated[bool, typer.Option("--retry", help="It is not on the dashboard: create it.")]


def resolve(
    id_: Id,
    adopt: Adopt = None,
    retry: Retry = False,
    manifest: OneManifest = None,
    yes: Yes = False,
) -> None:
    """Settle a held walkthrough: it exists, or it does not; or correct the number adopted."""
    if (adopt is None) is not retry:
        help_ = "look on the dashboard: --adopt UPLOAD_ID if it is there, --retry if it is not"
        raise UsageError("say --adopt UPLOAD_ID or --retry, and not both", help_)
    console = Console()
    address = ledger_of(manifest)
    open_for_reading(address).close()  # or a mistyped address would begin one
    holder = partial(this_process, command_line())
    with sole_writer(address, holder, CancelToken()), Ledger.open(address) as ledger:
        hold = find_hold(ledger, id_, settings_here().addresses.ingest, _project(manifest))
        if not console.confirm(_question(hold, adopt), "nothing was settled", yes=yes):
            raise typer.Exit(ExitStatus.DONE)
        decision = Decision(adopt, secrets.token_hex(4), holder())
        settle_hold(ledger, hold, decision, SystemClock())
    console.say(f"settled; the next `sitewalk apply` goes on with {id_}")


def _project(manifest: Path | None) -> str | None:
    """The project a manifest is for, as far as that can be read from it."""
    if manifest is None:
        return None
    (reading,) = read_manifests([manifest], today(SystemClock()))
    return reading.project


def _question(hold: Hold, adopt: int | None) -> str:
    where = f"`{hold.name}` at {hold.destination}"
    before = hold.state.upload_id if hold.state.is_adopted else None
    if adopt is None:
        nor = f"upload {before} was wrong, and there is" if before is not None else "there is"
        return f"{hold.id}: you looked, {nor} no {where}; create it with the next apply?"
    instead = f", not {before}" if before is not None and adopt != before else ""
    return f"{hold.id}: {where} is upload {adopt}{instead}; go on with that one?"
