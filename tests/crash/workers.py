"""Workers in memory: each goes on from one append or request to the next when it is told to."""

import contextlib
import datetime as dt
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from runner.base.clock import CancelToken
from runner.evercam.addresses import Addresses, Credentials
from runner.evercam.client import Evercam
from runner.evercam.http.kept import KeptSessions
from runner.evercam.http.session import Answer
from runner.evercam.http.waiting import never
from runner.ledger.address import LedgerAddress
from runner.ledger.claims import Claims, Timing
from runner.ledger.database import Result, Row
from runner.ledger.fold import fold
from runner.ledger.lock import Holder
from runner.ledger.server_tables import _TABLES
from runner.ledger.sqlite import SqliteTransaction
from runner.ledger.state import NOTHING_KNOWN
from runner.ledger.store import Ledger
from runner.ledger.stream import Streams
from runner.ledger.upgrades import make_tables
from runner.plan.model import WORK
from runner.plan.planner import Source, make_plan
from runner.upload.journal import RunJournal
from runner.upload.recording.context import UploadContext, UploadOptions
from runner.upload.walkthrough.context import JobInput, RunContext
from runner.upload.walkthrough.job import Job
from tests.crash.world import FakeSession, FastClock, Misfortune, ProcessDied, Waits, World

ADDRESSES = Addresses("http://there", "http://there", "http://there/files/")
HERE = ADDRESSES.destination("evercam")
WAIT = 6.0
"""Seconds that a worker waits for another's claim: it asks three times."""


class Server:
    """A database that several workers share, with a clock of its own; SQLite plays PostgreSQL."""

    def __init__(self, clock: FastClock) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.connection.create_function("clock_timestamp", 0, lambda: clock.seconds)
        make_tables(SqliteTransaction(self.connection))
        self.connection.execute("DROP TABLE claims")
        self.connection.execute(next(table for table in _TABLES if "TABLE claims" in table))

    def forget_the_key(self) -> None:
        """Let a version be taken twice, as a ledger without versions would."""
        (made,) = self.connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'events'"
        ).fetchone()
        self.connection.execute("DROP TABLE events")
        assert _KEY in made, made
        self.connection.execute(made.replace(_KEY, "CHECK (1)"))

    def ledger(self, handle: "Handle | None" = None) -> Ledger:
        """The ledger as one of its users has it."""
        address = LedgerAddress("postgresql://model/ledger")
        return Ledger(address, handle or Handle(self.connection))


_KEY = "UNIQUE (destination, walkthrough, version)"


class _Transaction(SqliteTransaction):
    """Statements for PostgreSQL, said to SQLite."""

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Carry out one statement and return its rows."""
        said = statement.replace("make_interval(secs => ?)", "?").replace(
            "EXISTS (SELECT FROM", "EXISTS (SELECT 1 FROM"
        )
        rows = super().execute(said, parameters)
        is_claim = "host, pid, command, since, progress" in statement
        return [_with_moment(row) for row in rows] if is_claim else rows


def _with_moment(claim: Row) -> Row:
    *who, since, progress = claim
    return (*who, dt.datetime.fromtimestamp(since, dt.UTC), progress)


class Handle:
    """A worker's way to the database; it may stand still before a write, and once it is kept.

    `is_unheard`: the next write is kept, its answer is lost, and so it is done again.
    """

    def __init__(self, connection: sqlite3.Connection, switch: Callable[[], None] = never) -> None:
        self._connection = connection
        self._switch = switch
        self.is_unheard = False

    def write(
        self, work: Callable[[_Transaction], Result], _seconds: float | None = None
    ) -> Result:
        """Do the work in a transaction, and again where its answer is lost."""
        self._switch()
        result = self._write(work)
        self._switch()
        if self.is_unheard:
            self.is_unheard = False
            result = self._write(work)
        return result

    def _write(self, work: Callable[[_Transaction], Result]) -> Result:
        self._connection.execute("BEGIN")
        try:
            result = work(_Transaction(self._connection))
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return result

    def read(
        self, statement: str, parameters: Sequence[object] = (), _seconds: float | None = None
    ) -> list[Row]:
        """The rows of a query."""
        return _Transaction(self._connection).execute(statement, parameters)

    def stream(self, columns: str, where: str, parameters: Sequence[object]) -> Iterator[Row]:
        """The rows of `events` for which a condition holds."""
        query = f"SELECT {columns} FROM events WHERE {where} ORDER BY seq"  # noqa: S608 - ours
        yield from self.read(query, parameters)

    def close(self) -> None:
        """Nothing: the server stays."""


class _Wish(Waits):
    """A wish to stop whose parts wait as it does: by moving the clock."""

    @contextlib.contextmanager
    def branch(self) -> Iterator[CancelToken]:
        """A token for a part of the work; of this model's workers none is asked to stop."""
        yield _Wish(self._clock)


class _StandingSession(FakeSession):
    """A session that may also stand still between an answer and what is made of it."""

    def exchange(
        self, method: str, url: str, *, ready: Callable[[], None] = never, **options: Any
    ) -> Answer:
        """Send a request."""
        answer = super().exchange(method, url, ready=ready, **options)
        self._switch()
        return answer


class Worker:
    """A process that applies a plan, made when it begins; it goes on for one `step` at a time.

    `is_lucky` while no answer of its was lost; `defect` is what ended it and nobody expected.
    """

    def __init__(
        self, run: str, source: Source, server: Server, world: World, clock: FastClock
    ) -> None:
        self.run = run
        self.is_over = self.is_lucky = False
        self.defect: BaseException | None = None
        self.misfortune = Misfortune.NONE
        self._is_dead = False
        self._turn, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._handle = Handle(server.connection, self._switch)
        self.ledger = server.ledger(self._handle)
        states = {("evercam", id_): state for id_, state in fold(self.ledger.events(HERE)).items()}
        plan = make_plan([source], states, ADDRESSES)
        versions = {(HERE, id_): state.version for (_, id_), state in states.items()}
        streams, stop = Streams(self.ledger, versions), _Wish(clock)
        holder = Holder("me", run, 1, "2026-01-21T08:00:00+00:00", "sitewalk apply")
        self.claims = Claims(self.ledger.database, streams, run, holder, stop, Timing(wait=WAIT))
        met = self._misfortunes()
        rng = random.Random(1)  # noqa: S311 - jitter
        context = RunContext(
            run=run,
            evercam=Evercam(
                ADDRESSES,
                Credentials("a", "b"),
                lambda: _StandingSession(world, met, self._switch),
            ),
            journal=RunJournal(streams),
            uploads=UploadContext(
                ADDRESSES.tus, stop, UploadOptions(retry_for=60, sha256=True), clock, rng
            ),
            uploader="a",
            claims=self.claims,
            uptime=clock.monotonic,
            tus=KeptSessions(lambda: _StandingSession(world, met, self._switch)),
        )
        self.is_lucky = True
        jobs = [
            Job(JobInput(planned, source.files, known), context)
            for planned in plan.with_action(*WORK)
            for known in [states.get(("evercam", planned.id), NOTHING_KNOWN)]
        ]
        self._thread = threading.Thread(target=self._be, args=(jobs,), daemon=True)
        self._thread.start()

    def step(self) -> None:
        """Have it go on to just before, or just after, its next write or request."""
        if not self.is_over:
            self._turn.release()
            self._back.acquire()

    def die(self) -> None:
        """End it as kill -9 does: nothing is written or released."""
        self._is_dead = True
        while not self.is_over:
            self.step()
        self._thread.join()

    def lose_a_word(self) -> None:
        """Have its next write be kept, and the database's answer not arrive."""
        self._handle.is_unheard = True

    def lose_an_answer(self, misfortune: Misfortune) -> None:
        """Have this come to its next request."""
        self.misfortune, self.is_lucky = misfortune, False

    def beat(self) -> None:
        """Do what the thread of its claims does now and then."""
        if not self.is_over:
            self.claims._look()
            for claimed in tuple(self.claims._held.values()):
                self.claims._renew(claimed)

    def _be(self, jobs: list[Job]) -> None:
        self._turn.acquire()
        try:
            for job in jobs:
                if job.run().is_taken:
                    job.run(wait=True)
                job.take_digests()
        except ProcessDied:
            pass
        except BaseException as error:  # noqa: BLE001 - the model raises it
            self.defect = error
        self.is_over = True
        self._back.release()

    def _switch(self) -> None:
        if threading.current_thread() is self._thread:
            self._back.release()
            self._turn.acquire()
        if self._is_dead:
            raise ProcessDied

    def _misfortunes(self) -> Iterator[Misfortune]:
        while True:
            met, self.misfortune = self.misfortune, Misfortune.NONE
            yield met
