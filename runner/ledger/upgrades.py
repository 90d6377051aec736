"""Own the ledger's version and the steps that bring an older ledger forward."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

Upgrade = Callable[[sa.Connection], None]

UPGRADES: Sequence[Upgrade] = ()
"""One step for each version after the first, in order; a step once released never changes."""


def current_format(upgrades: Sequence[Upgrade] = UPGRADES) -> int:
    """The version this program writes."""
    return len(upgrades) + 1


def upgrade(connection: sa.Connection, found: int, upgrades: Sequence[Upgrade] = UPGRADES) -> None:
    """Take the steps from the version that was found to the current one."""
    for step in upgrades[found - 1 :]:
        step(connection)
