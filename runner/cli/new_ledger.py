"""Own the word on a ledger that begins, which knows nothing of what others have done."""

from typing import TYPE_CHECKING

from runner.cli.console import Console

if TYPE_CHECKING:
    from runner.workflow import Outlook


def say_new_ledger(outlook: "Outlook", console: Console) -> None:
    """Say it before anything is sent; raises LedgerError when the ledger cannot be read."""
    from runner.ledgers import is_new

    if outlook.plan.is_pending and is_new(outlook.ledger):
        console.say(
            f"a new ledger begins at {outlook.ledger}:"
            " what other ledgers have done is not known to it"
        )
