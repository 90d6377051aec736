"""`sitewalk resolve`: a person's word on walkthroughs that are held, or changed since."""

import secrets
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import CancelToken, SystemClock, today
from runner.base.errors import ExitStatus, UsageError
from runner.base.wording import counted
from runner.cli.console import Console
from runner.cli.options import OneManifest, Yes, command_line, ledger_of, settings_here
from runner.flow.keep import Selected, changed_walkthroughs, kept_events
from runner.flow.ledgers import open_for_reading, sole_writer
from runner.flow.plan import plan_manifests
from runner.flow.reading import read_manifests
from runner.ledger.lock import this_process
from runner.ledger.resolve import Decision, Hold, find_hold, settle_hold
from runner.ledger.store import Ledger

Ids = Annotated[
    list[str] | None,
    typer.Argument(help="The walkthrough's id; several with --keep.", metavar="ID"),
]
Adopt = Annotated[
    int | None,
    typer.Option(help="It is on the dashboard, with this number: go on with it.", min=0),
]
Retry = Annotated[bool, typer.Option("--retry", help="It is not on the dashboard: create it.")]

Keep = Annotated[
    bool,
    typer.Option("--keep", help="It changed since: accept the upload as it is, as done."),
]
Changed = Annotated[bool, typer.Option("--changed", help="--keep all that changed since.")]
RouteName = Annotated[
    str | None, typer.Option(metavar="NAME", help="--keep all on this route that changed since.")
]


def resolve(
    ids: Ids = None,
    adopt: Adopt = None,
    retry: Retry = False,
    keep: Keep = False,
    changed: Changed = False,
    route: RouteName = None,
    manifest: OneManifest = None,
    yes: Yes = False,
) -> None:
    """Settle what is held, or has changed since: adopt it, create it, or keep it as it is."""
    if [adopt is not None, retry, keep or changed or route is not None].count(True) != 1:
        help_ = "look on the dashboard: --adopt UPLOAD_ID if it is there, --retry if it is not"
        raise UsageError("say --adopt UPLOAD_ID, --retry or --keep, and one of them", help_)
    if keep or changed or route is not None:
        selected = Selected(frozenset(ids or ()), route, changed=changed)
        _keep(manifest or Path("manifest.yaml"), selected, yes=yes)
        return
    if ids is None or len(ids) != 1:
        raise UsageError("name one walkthrough: each has an upload of its own")
    _settle(ids[0], adopt, manifest, yes=yes)


def _keep(manifest: Path, selected: Selected, *, yes: bool) -> None:
    console, settings, clock = Console(), settings_here(), SystemClock()
    address = ledger_of(manifest)
    open_for_reading(address).close()
    holder = partial(this_process, command_line())
    with sole_writer(address, holder, CancelToken()), Ledger.open(address) as ledger:
        planned = plan_manifests([manifest], settings, today(clock))
        walks = changed_walkthroughs(planned, selected)
        for walk in walks:
            console.say(f"{walk.id}: upload {walk.upload_id}")
            for change in walk.changes:
                console.say(f"  {change}")
        question = f"Leave {counted(len(walks), 'upload')} as shown, and count it as done?"
        if not console.confirm(question, "nothing was settled", yes=yes):
            raise typer.Exit(ExitStatus.DONE)
        ledger.append(*kept_events(planned, walks, clock.now(), secrets.token_hex(4), holder()))
    console.say(f"settled: {counted(len(walks), 'walkthrough')} as uploaded")


def _settle(id_: str, adopt: int | None, manifest: Path | None, *, yes: bool) -> None:
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
