"""Claims: who is at work on which walkthrough of a shared ledger, by the server's clock.

They decide who begins, so that work is shared; what is safe is decided by versions alone. A claim
that is lost, or that two believe to have, costs time and makes nothing twice.
"""

import contextlib
import json
import math
import threading
import time
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from runner.base.clock import CancelToken
from runner.base.destination import Destination
from runner.base.errors import LedgerError
from runner.ledger.claim import Claimed, OwnedError, TakenError, read_claim
from runner.ledger.database import Database, Transaction
from runner.ledger.fold import fold
from runner.ledger.lock import Holder
from runner.ledger.state import NOTHING_KNOWN, WalkthroughState
from runner.ledger.stream import Streams
from runner.ledger.table import COLUMNS, event_of


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long a claim lasts, how often it is renewed, how long another's is waited for.

    `wait` is longer than a claim lasts, so that what a dead worker held is taken over. `look` is
    how often the claims are read: for one to become free, for a wish to stop, for a lost one.
    """

    ttl: float = 180.0
    beat: float = 30.0
    wait: float = 240.0
    look: float = 2.0


_STEP = 0.2
"""Seconds from a wish to stop made here until it is passed on."""

_TAKE = """
INSERT INTO claims
    (destination, walkthrough, token, run, "user", host, pid, command, since, until, progress, stop)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp(),
    clock_timestamp() + make_interval(secs => ?), '{}',
    EXISTS (SELECT FROM claims WHERE run = ? AND stop AND until >= clock_timestamp()))
ON CONFLICT (destination, walkthrough) DO UPDATE SET token = excluded.token, run = excluded.run,
    "user" = excluded."user", host = excluded.host, pid = excluded.pid, command = excluded.command,
    since = excluded.since, until = excluded.until, progress = '{}', stop = excluded.stop
WHERE claims.until < clock_timestamp() OR claims.token = excluded.token
RETURNING token
"""
_RENEW = """
UPDATE claims SET until = clock_timestamp() + make_interval(secs => ?), progress = ?
WHERE destination = ? AND walkthrough = ? AND token = ?
"""
_RELEASE = "DELETE FROM claims WHERE destination = ? AND walkthrough = ? AND token = ?"
_STOP = "UPDATE claims SET stop = true WHERE run = ? AND NOT stop"
_LOOK = (
    "SELECT token, run = ? AND stop, until >= clock_timestamp() FROM claims "
    "WHERE run = ? OR host = ?"
)
_EVENTS = f"SELECT {COLUMNS} FROM events WHERE destination = ? AND walkthrough = ? ORDER BY seq"
_OWN = (
    "INSERT INTO owners (destination, identity, walkthrough) VALUES (?, ?, ?) "
    "ON CONFLICT (destination, identity) DO NOTHING"
)
_OWNER = "SELECT walkthrough FROM owners WHERE destination = ? AND identity = ?"
_DISOWN = "UPDATE owners SET walkthrough = ? WHERE destination = ? AND identity = ?"


class Claims:
    """The claims of one worker of a run, kept alive by a thread while this is entered.

    From any thread. `stop` is requested when somebody asks the run to stop by way of the ledger;
    and a request made here reaches all workers of the run. `share` is the part of the
    rate limit that is this worker's: all claims of its run, and all on its host, share the limit.
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
        self.share = 1.0
        self._held: dict[str, Claimed] = {}
        self._has_changed = False
        self._has_told = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="claims", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
        if self._stop.requested and not self._has_told:
            self._tell_all()

    @contextlib.contextmanager
    def claim(
        self,
        destination: Destination,
        walkthrough: str,
        identities: Collection[str],
        *,
        wait: bool,
        stop: CancelToken | None = None,
    ) -> Iterator[Claimed]:
        """Hold a walkthrough. Raises TakenError while another has it; waits for it where asked to.

        `stop` ends the work of whoever holds it, and by default is that of all workers of the run.
        The run's journal goes on from the state that was read. Raises OwnedError, LedgerError,
        StoppedError.
        """
        with (stop or self._stop).branch() as own:
            claimed = Claimed(destination, walkthrough, uuid.uuid4().hex, own)
            self._take(claimed, sorted(identities), self._timing.wait if wait else 0.0)
            self._streams.go_on_from(destination, walkthrough, claimed.state.version)
            self._held[claimed.token] = claimed
            self._has_changed = True
            try:
                yield claimed
            finally:
                del self._held[claimed.token]
                key = str(destination), walkthrough, claimed.token
                self._try(lambda transaction: transaction.execute(_RELEASE, key))

    def has_upload(self, destination: Destination, walkthrough: str, upload_id: int) -> bool:
        """Whether a walkthrough has this upload object by now: a person may have adopted it."""
        read = partial(_state, destination=str(destination), walkthrough=walkthrough)
        with contextlib.suppress(LedgerError):
            return self._database.write(read).upload_id == upload_id
        return False

    def _take(self, claimed: Claimed, identities: Collection[str], seconds: float) -> None:
        waited = 0.0
        while (taken := self._attempt(claimed, identities)) is not None:
            if waited >= seconds:
                raise taken
            claimed.stop.pause(self._timing.look)
            waited += self._timing.look

    def _attempt(self, claimed: Claimed, identities: Collection[str]) -> TakenError | None:
        def work(transaction: Transaction) -> None:
            key = str(claimed.destination), claimed.walkthrough
            who = self.holder
            about = self._run, who.user, who.host, who.pid, who.command, self._timing.ttl
            if not transaction.execute(_TAKE, (*key, claimed.token, *about, self._run)):
                raise _taken(transaction, claimed)
            for identity in identities:
                self._own(transaction, claimed, identity)
            claimed.state = _state(transaction, *key)

        try:
            self._database.write(work)
        except TakenError as taken:
            return taken
        return None

    def _own(self, transaction: Transaction, claimed: Claimed, identity: str) -> None:
        """Raise OwnedError for a recording that another walkthrough was given since the plan."""
        place = str(claimed.destination)
        transaction.execute(_OWN, (place, identity, claimed.walkthrough))
        owner = transaction.execute(_OWNER, (place, identity))[0][0]
        if owner == claimed.walkthrough:
            return
        claim = read_claim(transaction, claimed.destination, owner)
        state = _state(transaction, place, owner)
        if claim or state.version != self._streams.version(claimed.destination, owner):
            raise OwnedError(identity, owner, state.upload_id, claim)
        # The plan knew the other walkthrough, and goes on all the same.
        transaction.execute(_DISOWN, (claimed.walkthrough, place, identity))

    def _keep(self) -> None:
        """Renew the claims at each beat, look at all of them often, pass a wish to stop on."""
        looked = renewed = time.monotonic()
        while not self._over.wait(min(_STEP, self._timing.look)):
            now = time.monotonic()
            is_asked = self._stop.requested and not self._has_told
            if is_asked or self._has_changed or now - looked >= self._timing.look:
                self._has_changed, looked = False, now
                self._look()
            if now - renewed >= self._timing.beat:
                renewed = now
                for claimed in tuple(self._held.values()):
                    self._renew(claimed)

    def _look(self) -> None:
        """Pass on or hear of a wish to stop; see which claims are lost, and who shares the line."""
        if self._stop.requested:
            self._tell_all()
        held = tuple(self._held.values())
        rows: list[Any] = []
        who = self._run, self._run, self.holder.host
        if not self._try(lambda transaction: rows.extend(transaction.execute(_LOOK, who))):
            return
        if any(is_wished for _, is_wished, _ in rows):
            self._stop.request()
        own = {claimed.token for claimed in held}
        for claimed in held:
            if claimed.token not in {token for token, _, _ in rows}:
                claimed.lose()
        alive = own | {token for token, _, is_alive in rows if is_alive}
        self.share = len(own) / len(alive) if own else 1.0

    def _tell_all(self) -> None:
        """Ask all workers of the run to stop, also those that have begun since."""
        if self._try(lambda transaction: transaction.execute(_STOP, (self._run,))):
            self._has_told = True

    def _renew(self, claimed: Claimed) -> None:
        key = str(claimed.destination), claimed.walkthrough, claimed.token
        about = self._timing.ttl, json.dumps(dict(claimed.progress)), *key
        self._try(lambda transaction: transaction.execute(_RENEW, about))

    def _try(self, work: Any) -> bool:
        """Do work that may fail without harm; returns whether it was done."""
        try:
            self._database.write(work, max(2.0, self._timing.beat / 3))
        except LedgerError:
            return False
        return True


def _state(transaction: Transaction, destination: str, walkthrough: str) -> WalkthroughState:
    events = map(event_of, transaction.execute(_EVENTS, (destination, walkthrough)))
    return fold(events).get(walkthrough, NOTHING_KNOWN)


def _taken(transaction: Transaction, claimed: Claimed) -> TakenError:
    claim = read_claim(transaction, claimed.destination, claimed.walkthrough)
    who = f": {claim}" if claim else ""
    help_ = "run the same command again later; `sitewalk status` shows how far it is"
    return TakenError(f"another worker is at it{who}", help_)


PATIENT = Timing(wait=math.inf)
"""For `--wait`, which waits for another run's end."""
