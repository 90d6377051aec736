"""Claims: who is at work on which walkthrough of a shared ledger, by the server's clock.

They decide who begins, so that work is shared; what is safe is decided by versions alone. A claim
that is lost, or that two believe to have, costs time and makes nothing twice.
"""

import contextlib
import datetime as dt
import json
import math
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from runner.base.clock import CancelToken
from runner.base.destination import Destination
from runner.base.errors import LedgerError, SitewalkError
from runner.base.wording import moment
from runner.ledger.database import Database, Row, Transaction
from runner.ledger.lock import Holder
from runner.ledger.state import NOTHING_KNOWN, WalkthroughState, fold
from runner.ledger.stream import Streams
from runner.ledger.table import COLUMNS, LAST_VERSION, event_of


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long a claim lasts, how often it is renewed, how long another's is waited for.

    `wait` is longer than a claim lasts, so that what a dead worker held is taken over.
    """

    ttl: float = 180.0
    beat: float = 30.0
    wait: float = 240.0
    look: float = 2.0


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
        """How much of the recordings that were begun is there; None before the first bytes."""
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
    """Another worker has the walkthrough, or one of its recordings."""


@dataclass(slots=True)
class Claimed:
    """A walkthrough that is ours to work on; `state` is what the ledger knew by then."""

    destination: Destination
    walkthrough: str
    token: str
    state: WalkthroughState = NOTHING_KNOWN
    progress: dict[str, tuple[int, int]] = field(default_factory=dict)

    def moved(self, recording: str, offset: int, length: int) -> None:
        """Have the next beat tell how far a recording is."""
        self.progress[recording] = offset, length


_TAKE = """
INSERT INTO claims
    (destination, walkthrough, token, run, "user", host, pid, command, since, until, progress, stop)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp(),
    clock_timestamp() + make_interval(secs => ?), '{}', false)
ON CONFLICT (destination, walkthrough) DO UPDATE SET token = excluded.token, run = excluded.run,
    "user" = excluded."user", host = excluded.host, pid = excluded.pid, command = excluded.command,
    since = excluded.since, until = excluded.until, progress = '{}', stop = false
WHERE claims.until < clock_timestamp() OR claims.token = excluded.token
RETURNING token
"""
_RENEW = """
UPDATE claims SET until = clock_timestamp() + make_interval(secs => ?), progress = ?
WHERE destination = ? AND walkthrough = ? AND token = ? RETURNING stop
"""
_RELEASE = "DELETE FROM claims WHERE destination = ? AND walkthrough = ? AND token = ?"
_STOP = "UPDATE claims SET stop = true WHERE run = ?"
_SHOWN = 'destination, walkthrough, run, "user", host, pid, command, since, progress'
_ALIVE = f"SELECT {_SHOWN} FROM claims WHERE until >= clock_timestamp()"
_ONE = f"{_ALIVE} AND destination = ? AND walkthrough = ?"
_EVENTS = f"SELECT {COLUMNS} FROM events WHERE destination = ? AND walkthrough = ? ORDER BY seq"
_OWN = (
    "INSERT INTO owners (destination, identity, walkthrough) VALUES (?, ?, ?) "
    "ON CONFLICT (destination, identity) DO NOTHING"
)
_OWNER = "SELECT walkthrough FROM owners WHERE destination = ? AND identity = ?"
_DISOWN = "UPDATE owners SET walkthrough = ? WHERE destination = ? AND identity = ?"


def read_claims(database: Database) -> tuple[Claim, ...]:
    """The claims that are alive. Raises LedgerError."""
    return tuple(map(_claim, database.read(f"{_ALIVE} ORDER BY destination, walkthrough")))


class Claims:
    """The claims of one run, kept alive by a thread while this is entered.

    From any thread. `stop` is requested when somebody asks the run to stop by way of the ledger;
    and where it is requested here, all workers of the run are told.
    """

    def __init__(
        self,
        database: Database,
        streams: Streams,
        run: str,
        holder: Holder,
        stop: CancelToken,
        timing: Timing,
    ) -> None:
        self._database = database
        self._streams = streams
        self._run = run
        self.holder = holder
        self._stop = stop
        self._timing = timing
        self._held: dict[str, Claimed] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="claims", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    @contextlib.contextmanager
    def claim(
        self, destination: Destination, walkthrough: str, identities: Collection[str], *, wait: bool
    ) -> Iterator[Claimed]:
        """Hold a walkthrough. Raises TakenError while another has it; waits for it where asked to.

        The run's journal goes on from the state that was read. Raises LedgerError, StoppedError.
        """
        claimed = Claimed(destination, walkthrough, uuid.uuid4().hex)
        self._take(claimed, sorted(identities), self._timing.wait if wait else 0.0)
        self._streams.go_on_from(destination, walkthrough, claimed.state.version)
        self._held[claimed.token] = claimed
        try:
            yield claimed
        finally:
            del self._held[claimed.token]
            key = str(destination), walkthrough, claimed.token
            self._try(lambda transaction: transaction.execute(_RELEASE, key))

    def _take(self, claimed: Claimed, identities: Collection[str], seconds: float) -> None:
        waited = 0.0
        while (taken := self._attempt(claimed, identities)) is not None:
            if waited >= seconds:
                raise taken
            self._stop.pause(self._timing.look)
            waited += self._timing.look

    def _attempt(self, claimed: Claimed, identities: Collection[str]) -> TakenError | None:
        def work(transaction: Transaction) -> WalkthroughState:
            key = str(claimed.destination), claimed.walkthrough
            who = self.holder
            about = self._run, who.user, who.host, who.pid, who.command, self._timing.ttl
            if not transaction.execute(_TAKE, (*key, claimed.token, *about)):
                raise _taken(transaction, *key)
            for identity in identities:
                self._own(transaction, claimed, identity)
            events = map(event_of, transaction.execute(_EVENTS, key))
            return fold(events).get(claimed.walkthrough, NOTHING_KNOWN)

        try:
            claimed.state = self._database.write(work)
        except TakenError as taken:
            return taken
        return None

    def _own(self, transaction: Transaction, claimed: Claimed, identity: str) -> None:
        """Raise TakenError for a recording that another walkthrough was given since the plan."""
        place = str(claimed.destination)
        transaction.execute(_OWN, (place, identity, claimed.walkthrough))
        owner = transaction.execute(_OWNER, (place, identity))[0][0]
        if owner == claimed.walkthrough:
            return
        is_at_work = bool(transaction.execute(_ONE, (place, owner)))
        version = transaction.execute(LAST_VERSION, (place, owner))[0][0]
        if is_at_work or version != self._streams.version(claimed.destination, owner):
            message = f"one of its recordings is sent as `{owner}` meanwhile"
            raise TakenError(message, "give the walk one id in all manifests, then run again")
        # The plan knew what became of the other, and goes on all the same.
        transaction.execute(_DISOWN, (claimed.walkthrough, place, identity))

    def _keep(self) -> None:
        """Renew the claims at each beat, and pass on the wish to stop at once."""
        told, since = False, 0.0
        step = min(1.0, self._timing.beat)
        while not self._over.wait(step):
            since += step
            if self._stop.requested and not told:
                told = self._try(lambda transaction: transaction.execute(_STOP, (self._run,)))
            if since >= self._timing.beat:
                since = 0.0
                for claimed in tuple(self._held.values()):
                    self._renew(claimed)

    def _renew(self, claimed: Claimed) -> None:
        key = str(claimed.destination), claimed.walkthrough, claimed.token
        progress = json.dumps(dict(claimed.progress))

        def work(transaction: Transaction) -> None:
            # No row: it ran out, and another has it. The next event finds that out.
            for (wish,) in transaction.execute(_RENEW, (self._timing.ttl, progress, *key)):
                if wish:
                    self._stop.request()

        self._try(work)

    def _try(self, work: Any) -> bool:
        """Do what is lost without harm; whether it was done."""
        try:
            self._database.write(work, max(2.0, self._timing.beat / 3))
        except LedgerError:
            return False
        return True


def _taken(transaction: Transaction, destination: str, walkthrough: str) -> TakenError:
    rows = transaction.execute(_ONE, (destination, walkthrough))
    who = f": {_claim(rows[0])}" if rows else ""
    help_ = "run the same command again later; `sitewalk status` shows how far it is"
    return TakenError(f"another worker is at it{who}", help_)


def _claim(row: Row) -> Claim:
    destination, walkthrough, run, user, host, pid, command, since, progress = row
    holder = Holder(user, host, pid, since.astimezone(dt.UTC).isoformat(), command)
    moved = {
        name: (int(there), int(length)) for name, (there, length) in json.loads(progress).items()
    }
    return Claim(Destination.parse(destination), walkthrough, run, holder, moved)


PATIENT = Timing(wait=math.inf)
"""For who said that another run's end is to be waited for."""
