"""Own the word on a ledger that begins, which knows nothing of what others have done."""

from typing import TYPE_CHECKING

from runner.cli.console import Console

if TYPE_CHECKING:
    from runner.workflow import Outlook


def say_new_ledger(outlook: "Outlook", console: Console) -> None:
    """Say it before anything is sent; raises LedgerError when the ledger cannot be read."""
    from runner.workflow import begins_a_ledger

    if begins_a_ledger(outlook):
        console.say(
            f"a new ledger begins at {outlook.ledger}:"
            " what other ledgers have done is not known to it"
        )
