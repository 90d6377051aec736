"""A claim: as everybody sees it, as its worker holds it, and as a row."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.base.clock import CancelToken
from runner.base.destination import Destination
from runner.base.errors import SitewalkError
from runner.base.wording import moment
from runner.ledger.database import Database, Row, Transaction
from runner.ledger.lock import Holder
from runner.ledger.state import NOTHING_KNOWN, WalkthroughState


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as anybody sees it: who holds what since when, and how far each recording is.

    `progress` goes by a recording's name: bytes on their way or there, and bytes of all.
    """

    destination: Destination
    walkthrough: str
    run: str
    holder: Holder
    progress: Mapping[str, tuple[int, int]]

    @property
    def percent(self) -> int | None:
        """Percent sent of the recordings that were begun; None before the first bytes."""
        there = sum(offset for offset, _ in self.progress.values())
        length = sum(length for _, length in self.progress.values())
        return 100 * there // length if length else None

    def __str__(self) -> str:
        since = moment(dt.datetime.fromisoformat(self.holder.since))
        who = (
            f"{self.holder.user} on {self.holder.host} (process {self.holder.pid}, run {self.run})"
        )
        return f"{who} since {since}" + ("" if self.percent is None else f", {self.percent} %")


class TakenError(SitewalkError):
    """Another worker has the walkthrough."""


class OwnedError(SitewalkError):
    """A recording was given to another walkthrough since the plan, which may have sent it.

    `claim` is that of a worker who is at it just now.
    """

    def __init__(
        self, identity: str, owner: str, upload_id: int | None, claim: Claim | None
    ) -> None:
        super().__init__(f"a recording is sent as `{owner}` meanwhile")
        self.identity = identity
        self.owner = owner
        self.upload_id = upload_id
        self.claim = claim


@dataclass(slots=True)
class Claimed:
    """A walkthrough that is ours to work on; `state` is what the ledger knew by then.

    `stop` is requested with the run's, and once another worker has the claim: `is_lost` then.
    """

    destination: Destination
    walkthrough: str
    token: str
    stop: CancelToken
    state: WalkthroughState = NOTHING_KNOWN
    progress: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_lost: bool = False

    def moved(self, recording: str, offset: int, length: int) -> None:
        """Publish how far a recording is with the next beat."""
        self.progress[recording] = offset, length

    def lose(self) -> None:
        """End the work on the walkthrough: another worker has it now."""
        self.is_lost = True
        self.stop.request()


_SHOWN = 'destination, walkthrough, run, "user", host, pid, command, since, progress'
_ALIVE = f"SELECT {_SHOWN} FROM claims WHERE until >= clock_timestamp()"
_ONE = f"{_ALIVE} AND destination = ? AND walkthrough = ?"


def read_claims(database: Database) -> tuple[Claim, ...]:
    """The claims that are alive. Raises LedgerError."""
    return tuple(map(_claim, database.read(f"{_ALIVE} ORDER BY destination, walkthrough")))


def read_claim(
    transaction: Transaction, destination: Destination, walkthrough: str
) -> Claim | None:
    """The claim on a walkthrough that is alive."""
    rows = transaction.execute(_ONE, (str(destination), walkthrough))
    return _claim(rows[0]) if rows else None


def _claim(row: Row) -> Claim:
    destination, walkthrough, run, user, host, pid, command, since, progress = row
    holder = Holder(user, host, pid, since.astimezone(dt.UTC).isoformat(), command)
    moved = {
        name: (int(there), int(length)) for name, (there, length) in json.loads(progress).items()
    }
    return Claim(Destination.parse(destination), walkthrough, run, holder, moved)
