"""What the jobs of a run share, opened once: ledger and claims, sessions, rate limiter."""

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial

from runner.base.clock import CancelToken, Clock, ShutdownGrace, SystemClock
from runner.base.destination import Destination
from runner.base.errors import UsageError
from runner.evercam.client import Evercam
from runner.evercam.http.congestion import chosen, socket_options
from runner.evercam.http.dialing import Dialer
from runner.evercam.http.kept import KeptSessions
from runner.evercam.http.session import Session
from runner.ledger.address import LedgerAddress
from runner.ledger.claims import Claims, Timing
from runner.ledger.lock import Holder
from runner.ledger.state import States
from runner.ledger.store import Ledger
from runner.ledger.stream import Streams
from runner.plan.model import Plan
from runner.settings import Settings
from runner.upload.journal import (
    EventListener,
    ProgressListener,
    RunJournal,
    StepDone,
    ignore,
)
from runner.upload.recording.context import UploadContext, UploadOptions
from runner.upload.recording.rate_limit import RateLimiter
from runner.upload.slots import OneByOne, Sender
from runner.upload.walkthrough.context import RunContext

Versions = Mapping[tuple[Destination, str], int]
"""The version of each walkthrough's last event, as it was read."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a run needs from outside, with plain defaults; `logs` are told of each ledger event.

    `stop` ends the work of this process, `stop_run` that of all workers of the run, where these
    are two. `slots` send the recordings of a walkthrough, by default one after the other.
    """

    run: str
    holder: Holder
    stop: CancelToken = field(default_factory=CancelToken)
    clock: Clock = field(default_factory=SystemClock)
    options: UploadOptions = field(default_factory=UploadOptions)
    listener: ProgressListener = ignore
    logs: tuple[EventListener, ...] = ()
    timing: Timing = field(default_factory=Timing)
    rng: random.Random = field(default_factory=random.Random)
    slots: Sender = field(default_factory=OneByOne)
    stop_run: CancelToken | None = None


def in_this_process(executor: Executor | None) -> bool:
    """Whether an executor's work can share what is open here: only that of threads can."""
    return executor is None or isinstance(executor, ThreadPoolExecutor)


def require_shared_ledger(executor: Executor | None, ledger: LedgerAddress) -> None:
    """Raise UsageError where workers in other processes could not write the ledger."""
    if in_this_process(executor) or ledger.is_shared:
        return
    name = type(executor).__name__
    message = f"{name} works in other processes, and the ledger {ledger} is a file with one writer"
    help_ = "keep the ledger on a PostgreSQL server (SITEWALK_LEDGER), or take a ThreadPoolExecutor"
    raise UsageError(message, help_)


def known_versions(plan: Plan, states: States) -> Versions:
    """What was read when it was planned: where the ledger has gone on since, the run does not."""
    return {
        (plan.addresses.destination(project), id_): state.version
        for (project, id_), state in states.items()
    }


@contextmanager
def run_context(
    settings: Settings, ledger: Ledger, versions: Versions, runtime: Runtime, clock: Clock
) -> Iterator[RunContext]:
    """What jobs share, as long as this is entered; `clock` is that of the events.

    Recordings are sent over so many connections as the settings have jobs. Raises UsageError.
    """
    streams, limit = Streams(ledger, versions), runtime.options.limit
    stop = runtime.stop_run or runtime.stop
    claims = Claims(ledger.database, streams, runtime.run, runtime.holder, stop, runtime.timing)
    uploads = UploadContext(
        settings.addresses.tus,
        runtime.stop,
        runtime.options,
        clock,
        runtime.rng,
        RateLimiter(limit, runtime.clock, lambda: claims.share),  # by the clock on the wall
    )

    def tell(text: str) -> None:
        runtime.listener(StepDone("network", "note", text))

    dialer, grace = Dialer(tell), ShutdownGrace(runtime.stop, runtime.clock)
    patient = partial(Session, grace.check, dialer=dialer)
    evercam = Evercam(settings.addresses, settings.credentials, patient)
    name, note = chosen(settings.congestion_control, settings.jobs)
    if note:
        tell(note)
    sending = Dialer(tell, socket_options(name) if name else ())
    context = RunContext(
        run=runtime.run,
        evercam=evercam,
        journal=RunJournal(streams, *runtime.logs),
        uploads=uploads,
        uploader=settings.credentials.username,
        listener=runtime.listener,
        claims=claims if ledger.address.is_shared else None,
        tus=KeptSessions(partial(Session, secrets=evercam.secrets, dialer=sending)),
        slots=runtime.slots,
    )
    with closing(context.tus), closing(evercam), claims if context.claims else nullcontext():
        yield context
