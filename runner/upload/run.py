"""The run of a whole plan: its walkthroughs are given to workers, and what halts them all."""

from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import wait as futures_wait
from typing import Any, Protocol

from runner.base.errors import CredentialsError, StoppedError
from runner.evercam.http.errors import RequestFailedError
from runner.plan.model import WORK, Plan, PlannedWalkthrough
from runner.upload.records import RunOutcome
from runner.upload.walkthrough.context import JobResult, RunContext

_LOOK = 0.1
"""Seconds until a wish to stop cancels what has not begun, sooner than what is under way hears of
it: or each worker that ends would begin something new."""


class Workers(Protocol):
    """Whoever does the work on walkthroughs: threads of this process, or other machines."""

    def start(self, planned: PlannedWalkthrough, *, wait: bool) -> Future[Any]:
        """Have a walkthrough done, now or later; with `wait` once another worker is through."""

    def is_over(self) -> bool:
        """Whether nothing is waited for any longer."""

    def result(self, planned: PlannedWalkthrough, future: Future[Any]) -> JobResult:
        """What it came to; where it is taken, it is started once more when the rest is done."""

    def take_digests(self) -> list[JobResult]:
        """Take the digests that are left, one after the other, now that nothing is sent."""


def run_plan(plan: Plan, context: RunContext, workers: Workers) -> RunOutcome:
    """Carry out a plan. What becomes of each walkthrough is in the events it leaves.

    None is begun where Evercam refuses the credentials.
    """
    refused = _log_in(context)
    if refused:
        return RunOutcome(refused)
    work = plan.with_action(*WORK)
    results = _done(work, context, workers, wait=False)
    # What others had is looked at once the rest is done, and waited for.
    taken = [one for one, result in zip(work, results, strict=True) if result.is_taken]
    results += _done(taken, context, workers, wait=True)
    results += workers.take_digests()
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


def _done(
    work: Sequence[PlannedWalkthrough], context: RunContext, workers: Workers, *, wait: bool
) -> list[JobResult]:
    futures = [workers.start(planned, wait=wait) for planned in work]
    results = []
    for planned, future in zip(work, futures, strict=True):
        # Without a timeout, Windows would notice a Ctrl-C only at the end of the job.
        while not (futures_wait([future], timeout=_LOOK).done or workers.is_over()):
            pass
        results.append(workers.result(planned, future))
        if results[-1].refused:  # no other job could do better
            context.uploads.stop.request()
    return results
