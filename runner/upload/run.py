"""The run of a whole plan: its walkthroughs on an executor, and what halts them all."""

from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass

from runner.base.errors import CredentialsError, StoppedError
from runner.evercam.http.errors import RequestFailedError
from runner.ledger.state import NOTHING_KNOWN, States
from runner.plan.model import WORK, Plan, PlannedWalkthrough
from runner.plan.planner import Files
from runner.upload.records import RunOutcome
from runner.upload.walkthrough import Job, JobInput, JobResult, RunContext


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


def _run(job: Job, context: RunContext) -> JobResult:
    if context.uploads.stop.requested:
        return JobResult()
    result = job.run()
    if result.refused:  # no other job could do better
        context.uploads.stop.request()
    return result


def _result(scheduled: _ScheduledJob) -> JobResult:
    while not wait([scheduled.future], timeout=0.5).done:
        pass  # without a timeout, Windows would notice a Ctrl-C only at the end of the job
    defect = scheduled.future.exception()
    if isinstance(defect, Exception):  # one defect of ours costs one walkthrough
        return scheduled.job.broken_by(defect)
    return scheduled.future.result()
