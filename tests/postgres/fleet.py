"""A fleet: machines that apply one manifest with one ledger, while what they stand on is broken."""

import contextlib
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.ledger.store import make_server_ledger
from runner.sandbox import Sandbox
from tests.crash.campaign import assert_done_once, finish, make_site
from tests.crash.walker import Walker
from tests.crash.warm import begin_warm, end_of
from tests.postgres.hole import Hole, hole_before
from tests.postgres.server import Server, pgbouncer
from tests.waiting import until

APPLY = ("apply", "manifest.yaml", "--yes", "--progress", "none", "--limit-rate", "6M")
SETTINGS = {"SITEWALK_TTL": "2", "SITEWALK_ATTEMPT": "3"}
"""Short leases, and little patience with one statement, so that a round is over in a minute."""

STANDING_STILL = 3.0
"""Seconds: longer than a lease lasts."""

MOST_REQUESTS = 25
"""There are fewer requests than these between two troubles."""

GOOD_ENDS = {ExitStatus.DONE, ExitStatus.DECISION}
AGAIN = {*GOOD_ENDS, ExitStatus.FAILED, -signal.SIGKILL}
"""What a run may come to here; all but the good ends is run again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round met; `ratio` is bytes received by bytes of files."""

    troubles: Counter[str]
    runs: int
    settled: int
    ratio: float


@dataclass(slots=True)
class Machine:
    """A machine with a copy of the site, and its own way to the server."""

    walker: Walker
    process: BaseProcess | None = None
    runs: int = 0
    is_done: bool = False

    def tend(self) -> None:
        """Run again what was killed or came to nothing."""
        if self.process is not None and self.process.exitcode is None:
            return
        if self.process is not None:
            end = end_of(self.walker, self.process)
            assert end.status in AGAIN, end
            self.is_done = end.status in GOOD_ENDS
        if not self.is_done:
            self.process = begin_warm(self.walker, *APPLY)
            self.runs += 1

    def send(self, number: signal.Signals) -> None:
        """Send a signal to what runs here, if anything does."""
        if self.process is not None and self.process.pid and self.process.exitcode is None:
            os.kill(self.process.pid, number)


@dataclass(slots=True)
class Fleet:
    """The machines, their server, and what may happen to both. The first goes through a hole."""

    machines: list[Machine]
    server: Server
    hole: Hole
    sandbox: Sandbox
    rng: random.Random
    met: Counter[str] = field(default_factory=Counter)

    @property
    def is_done(self) -> bool:
        """Whether every machine has nothing left to do."""
        return all(machine.is_done for machine in self.machines)

    def tend(self) -> None:
        """Have each machine go on until it is done."""
        for machine in self.machines:
            machine.tend()

    def trouble(self) -> None:
        """Break something by chance."""
        what = self.rng.choice(_TROUBLES)
        self.met[what.__name__.lstrip("_")] += 1
        what(self)

    def wait(self) -> None:
        """Wait until so many requests more were served, or all are done."""
        end = len(self.sandbox.requests()) + self.rng.randrange(MOST_REQUESTS)
        until(lambda: self._has_come_to(end))
        time.sleep(self.rng.uniform(0, 0.1))

    def _has_come_to(self, requests: int) -> bool:
        self.tend()
        return self.is_done or len(self.sandbox.requests()) >= requests


def _worker_killed(fleet: Fleet) -> None:
    fleet.rng.choice(fleet.machines).send(signal.SIGKILL)


def _worker_stands_still(fleet: Fleet) -> None:
    """Its lease is over by the time it wakes."""
    machine = fleet.rng.choice(fleet.machines)
    machine.send(signal.SIGSTOP)
    _let_pass(fleet, STANDING_STILL, machine)
    machine.send(signal.SIGCONT)


def _let_pass(fleet: Fleet, seconds: float, but: Machine | None = None) -> None:
    """Have the others go on meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for machine in fleet.machines:
            if machine is not but:
                machine.tend()
        time.sleep(0.05)


def _server_restarted(fleet: Fleet) -> None:
    fleet.server.restart()


def _server_killed(fleet: Fleet) -> None:
    fleet.server.kill()
    time.sleep(fleet.rng.uniform(0, 1.5))
    until(lambda: _starts(fleet.server))


def _starts(server: Server) -> bool:
    """Whether it does: what the killed one has begun may hold its memory for a moment."""
    with contextlib.suppress(AssertionError):
        server.start()
        return True
    return False


def _cut_before_a_commit(fleet: Fleet) -> None:
    _until_cut(fleet, lambda when: setattr(fleet.hole, "cut_before", when))


def _cut_after_a_commit(fleet: Fleet) -> None:
    _until_cut(fleet, lambda when: setattr(fleet.hole, "cut_when", when))


def _until_cut(fleet: Fleet, arm: Callable[[Callable[[bytes], bool]], None]) -> None:
    """Cut the first machine off at its next commits; a few in a row, as it repeats them."""
    left = fleet.rng.randint(1, 3)

    def is_time(packet: bytes) -> bool:
        nonlocal left
        left -= b"COMMIT" in packet
        return b"COMMIT" in packet and left >= 0

    arm(is_time)
    _let_pass(fleet, 1.0)
    arm(lambda _packet: False)


def _black_hole(fleet: Fleet) -> None:
    fleet.hole.is_black.set()
    _let_pass(fleet, fleet.rng.uniform(1, 5))
    fleet.hole.is_black.clear()


_TROUBLES = (
    _worker_killed,
    _worker_killed,
    _worker_killed,
    _worker_stands_still,
    _worker_stands_still,
    _server_restarted,
    _server_killed,
    _cut_before_a_commit,
    _cut_after_a_commit,
    _black_hole,
)


def run_fleet(
    folder: Path, server: Server, seed: int, *, walkthroughs: int, size: int, troubles: int
) -> Outcome:
    """Apply one manifest on three machines and break things until all is done.

    The first reaches the server through a hole, the second by PgBouncer where there is one. Held
    walkthroughs are settled once all have ended. Raises AssertionError when anything is not there
    once and whole.
    """
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    with _fleet(folder, server, rng, walkthroughs, size) as fleet:
        for _ in range(troubles):
            fleet.wait()
            if fleet.is_done:
                break
            fleet.trouble()
        until(lambda: fleet._has_come_to(10**9))
        walker = fleet.machines[-1].walker
        settled = finish(walker)
        assert_done_once(walker, walkthroughs)
        received = sum(each.bytes_received for each in fleet.sandbox.requests())
        runs = sum(machine.runs for machine in fleet.machines)
    return Outcome(fleet.met, runs, settled, received / (walkthroughs * size))


@contextlib.contextmanager
def _fleet(
    folder: Path, server: Server, rng: random.Random, walkthroughs: int, size: int
) -> Iterator[Fleet]:
    name = server.new_database().rpartition("/")[2]
    assert make_server_ledger(LedgerAddress(server.url(name)))
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox.start(folder / "sandbox"))
        hole = stack.enter_context(hole_before(server.port))
        ports = hole.port, stack.enter_context(_bouncer(server)), server.port
        site = make_site(folder / "0", walkthroughs, size)
        machines = []
        for number, port in enumerate(ports):
            here = replace(site, folder=folder / str(number) / "site")
            if not here.folder.exists():
                shutil.copytree(site.folder, here.folder)
            settings = {"SITEWALK_LEDGER": server.url(name, port), **SETTINGS}
            machines.append(Machine(Walker(here, sandbox, settings)))
        fleet = Fleet(machines, server, hole, sandbox, rng)
        stack.callback(_end, fleet)
        yield fleet


def _end(fleet: Fleet) -> None:
    for machine in fleet.machines:
        machine.send(signal.SIGKILL)


@contextlib.contextmanager
def _bouncer(server: Server) -> Iterator[int]:
    """The port of a PgBouncer, or the server's own where there is none."""
    if shutil.which("pgbouncer") is None and not Path("/usr/sbin/pgbouncer").exists():
        yield server.port
        return
    with pgbouncer(server, server.folder.parent / "bouncer") as port:
        yield port
    shutil.rmtree(server.folder.parent / "bouncer")
