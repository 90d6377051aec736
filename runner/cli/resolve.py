"""Own `sitewalk resolve`: a person's word on a walkthrough that is held."""

from typing import Annotated

import typer

from runner.cli.console import Console
from runner.cli.options import OneManifest, Yes, command_line, ledger_here, settings_here

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
    """Settle a held walkthrough: it exists, or it does not."""
    import secrets

    from runner.errors import StoppedError, UsageError
    from runner.ledger.lock import hold_lock
    from runner.ledger.store import Ledger
    from runner.process import this_process
    from runner.resolve import find_hold, settle_hold
    from runner.timing import Stop, SystemClock

    if (adopt is None) is not retry:
        raise UsageError("say one of --adopt UPLOAD_ID and --retry")
    console = Console()
    address = ledger_here([manifest] if manifest else [])
    existing = Ledger.open_existing(address)
    if existing is None:
        raise UsageError(f"there is no ledger {address}", "name the manifest with --manifest")
    with existing as ledger, hold_lock(address.lock_path, this_process(command_line()), Stop()):
        destination, state = find_hold(ledger, id_, settings_here().addresses.ingest)
        question = _question(id_, str(state.intent.get("name", id_)), destination, adopt)
        if not console.confirm(question, yes=yes):
            raise StoppedError
        settle_hold(ledger, destination, id_, adopt, secrets.token_hex(4), SystemClock())
    console.say(f"settled; the next `sitewalk apply` goes on with {id_}")


def _question(id_: str, name: str, destination: str, adopt: int | None) -> str:
    where = f"`{name}` at {destination}"
    if adopt is None:
        return f"{id_}: you looked, and there is no {where}; create it with the next apply?"
    return f"{id_}: {where} is upload {adopt}; go on with that one?"
