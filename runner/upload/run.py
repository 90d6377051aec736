"""The run of a whole plan: its walkthroughs on an executor, and what halts them all."""

from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass

from runner.base.clock import CancelToken, Clock, ShutdownGrace
from runner.base.errors import CredentialsError, StoppedError
from runner.evercam.http.errors import RequestFailedError
from runner.evercam.http.waiting import in_parts
from runner.ledger.state import NOTHING_KNOWN, States
from runner.plan.model import WORK, Plan, PlannedWalkthrough
from runner.plan.planner import Files
from runner.upload.records import RunOutcome
from runner.upload.walkthrough.context import JobInput, JobResult, RunContext
from runner.upload.walkthrough.job import Job

_SENDING_SECONDS = 5.0
"""What ends a transfer after a wish to stop takes a part of it, unless a read never returns."""

_ASKING_SECONDS = 15.0
"""A create or finish under way has ten seconds to be answered."""


@dataclass(frozen=True, slots=True)
class _ScheduledJob:
    """A job, and the future of its result."""

    job: Job
    future: Future[JobResult]


def run_plan(
    plan: Plan, files: Files, states: States, context: RunContext, executor: Executor
) -> RunOutcome:
    """Carry out a plan. What becomes of each walkthrough is in the events it leaves.

    None is begun where Evercam refuses the credentials.
    """
    refused = _log_in(context)
    if refused:
        return RunOutcome(refused)
    work = plan.with_action(*WORK)
    scheduled = [_schedule(one, files, states, context, executor) for one in work]
    results = [_result(one) for one in scheduled]
    # What others had is looked at once the rest is done, and waited for.
    taken = [one.job for one, result in zip(scheduled, results, strict=True) if result.is_taken]
    waiting = [_ScheduledJob(job, executor.submit(_run, job, context, wait=True)) for job in taken]
    results += [_result(one) for one in waiting]
    refused = next((result.refused for result in results if result.refused), "")
    return RunOutcome(
        refused,
        interrupted=context.uploads.stop.requested and not refused,
        unexpected=any(result.unexpected for result in results),
    )


def _log_in(context: RunContext) -> str:
    """Log in before anything starts; a failure that is no refusal is left to the jobs to meet."""
    try:
        context.evercam.log_in()
    except CredentialsError as error:
        return f"{error}; {error.help}" if error.help else str(error)
    except (RequestFailedError, StoppedError):
        return ""
    return ""


def _schedule(
    planned: PlannedWalkthrough,
    files: Files,
    states: States,
    context: RunContext,
    executor: Executor,
) -> _ScheduledJob:
    names = [recording.name for recording in planned.recordings]
    own = {name: files[planned.project, planned.id, name] for name in names}
    known = states.get((planned.project, planned.id), NOTHING_KNOWN)
    job = Job(JobInput(planned, own, known), context)
    return _ScheduledJob(job, executor.submit(_run, job, context))


def _run(job: Job, context: RunContext, *, wait: bool = False) -> JobResult:
    if context.uploads.stop.requested:
        return JobResult()
    result = _run_to_its_end(job, context, wait=wait)
    if result.refused:  # no other job could do better
        context.uploads.stop.request()
    return result


class _HungError(Exception):
    """A job goes on though the run was asked to stop some time ago."""


def _run_to_its_end(job: Job, context: RunContext, *, wait: bool) -> JobResult:
    """Run a job; after a wish to stop, one that a dead share holds is left behind."""
    results: list[JobResult] = []
    grace = _Grace(job, context.uploads.stop, context.uploads.clock)
    try:
        in_parts(lambda: results.append(job.run(wait=wait)), grace.check, lambda: None)
    except _HungError:
        return job.leave_behind()
    return results[0]


class _Grace:
    """How long a job may go on once the run was asked to stop."""

    def __init__(self, job: Job, stop: CancelToken, clock: Clock) -> None:
        self._job = job
        self._sending = ShutdownGrace(stop, clock, _SENDING_SECONDS)
        self._asking = ShutdownGrace(stop, clock, _ASKING_SECONDS)

    def check(self) -> None:
        """Raise _HungError when that is over."""
        grace = self._sending if self._job.is_sending else self._asking
        try:
            grace.check()
        except TimeoutError:
            raise _HungError from None


def _result(scheduled: _ScheduledJob) -> JobResult:
    while not wait([scheduled.future], timeout=0.5).done:
        pass  # without a timeout, Windows would notice a Ctrl-C only at the end of the job
    defect = scheduled.future.exception()
    if isinstance(defect, Exception):  # one defect of ours costs one walkthrough
        return scheduled.job.broken_by(defect)
    return scheduled.future.result()
