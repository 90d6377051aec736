"""Work on walkthroughs in threads of one process: each job is run to its end, or left behind."""

from concurrent.futures import Executor, Future

from runner.base.clock import CancelToken, Clock, ShutdownGrace
from runner.evercam.http.waiting import in_parts
from runner.ledger.state import NOTHING_KNOWN, States
from runner.plan.model import PlannedWalkthrough
from runner.plan.planner import Files
from runner.upload.slots import run
from runner.upload.walkthrough.context import JobInput, JobResult, RunContext
from runner.upload.walkthrough.job import Job

_SENDING_SECONDS = 5.0
"""What ends a transfer after a wish to stop takes a part of it, unless a read never returns."""

_ASKING_SECONDS = 15.0
"""A create or finish under way has ten seconds to be answered."""


class Threads:
    """Threads of this process as the workers of a run."""

    def __init__(
        self, files: Files, states: States, context: RunContext, executor: Executor
    ) -> None:
        self._files = files
        self._states = states
        self._context = context
        self._executor = executor
        self._jobs: dict[tuple[str, str], Job] = {}

    def start(self, planned: PlannedWalkthrough, *, wait: bool) -> Future[JobResult]:
        """Have it done by a thread."""
        key = planned.project, planned.id
        if key not in self._jobs:
            own = {one.name: self._files[(*key, one.name)] for one in planned.recordings}
            work = JobInput(planned, own, self._states.get(key, NOTHING_KNOWN))
            self._jobs[key] = Job(work, self._context)
        return self._executor.submit(run_job, self._jobs[key], self._context, wait=wait)

    def is_over(self) -> bool:
        """A job ends by itself, or is left behind."""
        return False

    def result(self, planned: PlannedWalkthrough, future: Future[JobResult]) -> JobResult:
        """What the job came to."""
        return job_result(self._jobs[planned.project, planned.id], future)

    def take_digests(self) -> list[JobResult]:
        """One recording after the other: they may lie on one card."""
        return [take_digests(job) for job in self._jobs.values()]


def run_job(job: Job, context: RunContext, *, wait: bool) -> JobResult:
    """Do the work on one walkthrough, unless the run was asked to stop."""
    if context.uploads.stop.requested:
        return JobResult()
    result = _run_to_its_end(job, context, wait=wait)
    if result.refused:  # no other job could do better
        context.uploads.stop.request()
    return result


def job_result(job: Job, future: Future[JobResult]) -> JobResult:
    """What a job that is over came to; one defect of ours costs one walkthrough."""
    defect = future.exception()
    return job.broken_by(defect) if isinstance(defect, Exception) else future.result()


def take_digests(job: Job) -> JobResult:
    """Take the digests that a job has left; one defect of ours costs one walkthrough's."""
    future = Future[JobResult]()
    run(future, job.take_digests)
    return job_result(job, future)


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
