"""The last step of the flow: a plan is carried out, and its results are folded from its events.

Apart from the steps before it, so that a plan or a status waits for no HTTP library.
"""

import datetime as dt
import os
import random
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, field, replace
from functools import partial

from runner.base.clock import CancelToken, Clock, ShutdownGrace, SteadyClock, SystemClock
from runner.base.destination import Destination
from runner.base.errors import UsageError
from runner.evercam.addresses import lacking
from runner.evercam.client import Evercam
from runner.evercam.http.congestion import chosen, socket_options
from runner.evercam.http.dialing import Dialer
from runner.evercam.http.failures import unusable_certificates
from runner.evercam.http.kept import KeptSessions
from runner.evercam.http.session import Session
from runner.ledger.claims import Claims, Timing
from runner.ledger.lock import Holder
from runner.ledger.state import States
from runner.ledger.store import Ledger
from runner.ledger.stream import Streams
from runner.plan.model import Plan
from runner.plan.planner import Files, Planned
from runner.report.fold import results_of_run
from runner.report.progress.steps import Steps
from runner.report.results import Results, with_all_walkthroughs
from runner.report.timeline.recorder import Recorder
from runner.settings import Settings
from runner.upload.journal import (
    EventListener,
    ProgressListener,
    RunJournal,
    StepDone,
    ignore,
    ignore_event,
)
from runner.upload.recording.context import UploadContext, UploadOptions
from runner.upload.recording.rate_limit import RateLimiter
from runner.upload.records import RunOutcome, Start, run_ended, run_started
from runner.upload.run import run_plan
from runner.upload.slots import OneByOne, Sender
from runner.upload.walkthrough.context import RunContext


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a run needs from outside, with plain defaults; `log` is told of each ledger event.

    `slots` send the recordings of a walkthrough, by default one after the other.
    """

    run: str
    holder: Holder
    stop: CancelToken = field(default_factory=CancelToken)
    clock: Clock = field(default_factory=SystemClock)
    options: UploadOptions = field(default_factory=UploadOptions)
    listener: ProgressListener = ignore
    log: EventListener = ignore_event
    timing: Timing = field(default_factory=Timing)
    rng: random.Random = field(default_factory=random.Random)
    slots: Sender = field(default_factory=OneByOne)


def apply_plan(
    planned: Planned, settings: Settings, ledger: Ledger, executor: Executor, runtime: Runtime
) -> Results:
    """Carry out a plan. Raises CredentialsError or UsageError before anything is sent."""
    check_ready(planned.plan, settings)
    clock = SteadyClock(runtime.clock)
    recorder = Recorder(clock, runtime.options.limit.rate)
    streams = Streams(ledger, _versions(planned))
    claims = Claims(
        ledger.database, streams, runtime.run, runtime.holder, runtime.stop, runtime.timing
    )
    limit = runtime.options.limit
    uploads = UploadContext(
        settings.addresses.tus,
        runtime.stop,
        runtime.options,
        clock,
        runtime.rng,
        RateLimiter(limit, runtime.clock, lambda: claims.share),  # by the clock on the wall
    )
    listener = recorder.and_also(runtime.listener)

    def tell(text: str) -> None:
        listener(StepDone("network", "note", text))

    dialer = Dialer(tell)
    patient = partial(Session, ShutdownGrace(runtime.stop, runtime.clock).check, dialer=dialer)
    evercam = Evercam(settings.addresses, settings.credentials, patient)
    context = RunContext(
        run=runtime.run,
        evercam=evercam,
        journal=RunJournal(streams, runtime.log, Steps(listener)),
        uploads=uploads,
        uploader=settings.credentials.username,
        listener=listener,
        claims=claims if ledger.address.is_shared else None,
        tus=KeptSessions(
            partial(
                Session,
                secrets=evercam.secrets,
                dialer=_sending_dialer(planned.plan, settings, tell),
            )
        ),
        slots=runtime.slots,
    )
    start = Start(runtime.holder, planned.saved_plan)
    with closing(context.tus), closing(evercam), claims if context.claims else nullcontext():
        results = run_and_fold(
            planned.plan, planned.files, planned.states, context, executor, start
        )
    return replace(results, timeline=recorder.timeline())


def run_and_fold(
    plan: Plan, files: Files, states: States, context: RunContext, executor: Executor, start: Start
) -> Results:
    """Run a plan and fold its results from the events it left; all its walkthroughs are in them.

    Where nothing is to be sent, nothing is: no request, no event. Raises LedgerError at the start.
    """
    clock, journal = context.uploads.clock, context.journal
    started = clock.now()
    if not plan.is_pending:
        nothing = Results(context.run, started, started, plan.addresses, ())
        return with_all_walkthroughs(nothing, plan)
    journal.append(*run_started(plan, states, context.run, started, start))
    outcome = run_plan(plan, files, states, context, executor)
    ended = clock.now()
    end = _end(outcome, started, ended)
    events = [*journal.events, *run_ended(plan, context.run, ended, end)]
    results = with_all_walkthroughs(results_of_run(events), plan)
    summary = {
        "exit_status": int(results.exit_status),
        "bytes": results.bytes_sent,
        "seconds": results.seconds,
    }
    journal.close_with(*run_ended(plan, context.run, ended, {**end, **summary}))
    return results


def _sending_dialer(plan: Plan, settings: Settings, tell: Callable[[str], None]) -> Dialer:
    """What opens the connections that recordings travel on."""
    name, note = chosen(settings.congestion_control, min(settings.jobs, plan.streams))
    if note:
        tell(note)
    return Dialer(tell, socket_options(name) if name else ())


def _end(outcome: RunOutcome, started: dt.datetime, ended: dt.datetime) -> dict[str, object]:
    return {**asdict(outcome), "started": started.isoformat(), "ended": ended.isoformat()}


def _versions(planned: Planned) -> dict[tuple[Destination, str], int]:
    """What was read when it was planned: where the ledger has gone on since, the run does not."""
    addresses = planned.plan.addresses
    return {
        (addresses.destination(project), id_): state.version
        for (project, id_), state in planned.states.items()
    }


def check_ready(plan: Plan, settings: Settings) -> None:
    """Raise CredentialsError or UsageError when a pending plan lacks what sending it takes."""
    credentials = settings.credentials
    if not plan.is_pending:
        return
    if credentials.missing:
        raise lacking(credentials)
    name, _ = chosen(settings.congestion_control, min(settings.jobs, plan.streams))
    if name:
        socket_options(name)
    unusable = unusable_certificates(os.environ)
    if unusable is not None:
        raise unusable
    nameless = any(walkthrough.uploaded_by is None for walkthrough in plan.walkthroughs)
    if nameless and not credentials.username:
        help_ = "write `uploaded_by` into the manifest, or set EVERCAM_USERNAME"
        raise UsageError("nobody says who uploads: a token does not tell its user", help_)
