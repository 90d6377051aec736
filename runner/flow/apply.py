"""The last step of the flow: a plan is carried out, and its results are folded from its events.

Apart from the steps before it, so that a plan or a status waits for no HTTP library.
"""

import datetime as dt
import os
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import asdict, replace

from runner.base.clock import SteadyClock
from runner.base.errors import UsageError
from runner.evercam.addresses import lacking
from runner.evercam.http.congestion import chosen, socket_options
from runner.evercam.http.failures import unusable_certificates
from runner.flow.context import Runtime, in_this_process, known_versions, run_context
from runner.ledger.state import States
from runner.ledger.store import Ledger
from runner.plan.model import Plan
from runner.plan.planner import Planned
from runner.report.fold import results_of_run
from runner.report.progress.steps import Steps
from runner.report.results import Results, with_all_walkthroughs
from runner.report.timeline.recorder import Recorder
from runner.settings import Settings
from runner.upload.journal import EventListener
from runner.upload.records import RunOutcome, Start, run_ended, run_started
from runner.upload.run import Workers, run_plan
from runner.upload.threads import Threads
from runner.upload.walkthrough.context import RunContext


def apply_plan(
    planned: Planned, settings: Settings, ledger: Ledger, executor: Executor, runtime: Runtime
) -> Results:
    """Carry out a plan; `check_ready` comes before it."""
    clock = SteadyClock(runtime.clock)
    recorder = Recorder(clock, runtime.options.limit.rate)
    listener = recorder.and_also(runtime.listener)
    logs = tuple[EventListener, ...]((*runtime.logs, Steps(listener)))
    runtime = replace(runtime, listener=listener, logs=logs)
    versions = known_versions(planned.plan, planned.states)
    streams = replace(settings, jobs=min(settings.jobs, planned.plan.streams))
    with ExitStack() as stack:
        context = stack.enter_context(run_context(streams, ledger, versions, runtime, clock))
        workers: Workers = Threads(planned.files, planned.states, context, executor)
        if not in_this_process(executor):
            from runner.flow.elsewhere import Elsewhere  # noqa: PLC0415 - few have other machines

            there = Elsewhere(planned, settings, ledger, context, executor, runtime.timing)
            workers = stack.enter_context(there)
        start = Start(runtime.holder, planned.saved_plan)
        results = run_and_fold(planned.plan, planned.states, context, workers, start)
    return replace(results, timeline=recorder.timeline())


def run_and_fold(
    plan: Plan, states: States, context: RunContext, workers: Workers, start: Start
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
    outcome = run_plan(plan, context, workers)
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


def _end(outcome: RunOutcome, started: dt.datetime, ended: dt.datetime) -> dict[str, object]:
    return {**asdict(outcome), "started": started.isoformat(), "ended": ended.isoformat()}


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
    addresses = plan.addresses
    if any(url.startswith("https:") for url in (addresses.media, addresses.ingest, addresses.tus)):
        unusable = unusable_certificates(os.environ)
        if unusable is not None:
            raise unusable
    nameless = any(walkthrough.uploaded_by is None for walkthrough in plan.walkthroughs)
    if nameless and not credentials.username:
        help_ = "write `uploaded_by` into the manifest, or set EVERCAM_USERNAME"
        raise UsageError("nobody says who uploads: a token does not tell its user", help_)
