"""Own the run of a whole plan: its jobs on an executor, its frame in the ledger, its results."""

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, wait
from dataclasses import asdict, dataclass

from runner.apply.ends import JobEnd
from runner.apply.job import Job, RunTools, Work
from runner.errors import CredentialsError, LedgerError, StoppedError
from runner.evercam.addresses import Addresses
from runner.http import RequestFailedError
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder
from runner.ledger.state import NOTHING_KNOWN, States
from runner.plan.model import WORK, Action, Plan, PlannedWalkthrough
from runner.plan.planner import Files
from runner.report.from_ledger import closing_data, opening_data
from runner.report.results import Outcome, Results, WalkthroughResult, untouched
from runner.version import VERSION


@dataclass(frozen=True, slots=True)
class _Turn:
    """A walkthrough's turn: its job and the future of that, where it has work to do."""

    planned: PlannedWalkthrough
    job: Job | None = None
    future: "Future[JobEnd] | None" = None


@dataclass(frozen=True, slots=True)
class Start:
    """What the ledger keeps of a run's start: who runs it, and the digest of a saved plan."""

    holder: Holder
    saved_plan: str = ""


def run_plan(
    plan: Plan, files: Files, states: States, tools: RunTools, executor: Executor, start: Start
) -> Results:
    """Carry out a plan; every walkthrough of it is in the results. Raises LedgerError at the start.

    Where nothing is to be sent, nothing is: no request, no event.
    """
    started = tools.uploads.clock.now()
    if not plan.is_pending:
        alone = tuple(_left_alone(one) for one in plan.walkthroughs)
        return Results(tools.run, started, started, plan.addresses, alone)
    _begin(plan, tools, start)
    ends = _work(plan, files, states, tools, executor)
    refused = next((end.refused for end in ends if end.refused), "")
    results = Results(
        tools.run,
        started,
        tools.uploads.clock.now(),
        plan.addresses,
        tuple(end.result for end in ends),
        interrupted=tools.uploads.stop.requested and not refused,
        refused=refused,
        unexpected=any(end.unexpected for end in ends),
    )
    with contextlib.suppress(LedgerError):  # a disk full by now must not cost the report
        _frame(tools, plan, Kind.RUN_ENDED, lambda one: closing_data(results, one))
    return results


def _begin(plan: Plan, tools: RunTools, start: Start) -> None:
    """Write who runs what, and what the results are if nothing comes of it."""
    about = _about(start, plan.addresses)
    expected = [_not_started(one, "the run ended before its turn") for one in plan.walkthroughs]
    _frame(tools, plan, Kind.RUN_STARTED, lambda one: {**about, **opening_data(expected, one)})


def _about(start: Start, addresses: Addresses) -> dict[str, object]:
    holder = start.holder
    return {
        "addresses": asdict(addresses),
        "plan": start.saved_plan,
        "user": holder.user,
        "host": holder.host,
        "pid": holder.pid,
        "command": holder.command,
        "version": VERSION,
    }


def _frame(
    tools: RunTools, plan: Plan, kind: Kind, data: Callable[[str], Mapping[str, object]]
) -> None:
    """Write an event of the run itself for each project, with that project's data."""
    now = tools.uploads.clock.now()
    for project in sorted({manifest.project for manifest in plan.manifests}):
        destination = plan.addresses.destination(project)
        tools.journal.append(Event(now, tools.run, destination, "", kind, "", data(project)))


def _log_in(tools: RunTools) -> str:
    """Log in before anything starts; a failure that is no refusal is left to the jobs to meet."""
    try:
        tools.evercam.log_in()
    except CredentialsError as error:
        return f"{error}; {error.help}" if error.help else str(error)
    except (RequestFailedError, StoppedError):
        return ""
    return ""


def _work(
    plan: Plan, files: Files, states: States, tools: RunTools, executor: Executor
) -> tuple[JobEnd, ...]:
    """How each walkthrough ended; none is begun where Evercam refuses the credentials."""
    refused = _log_in(tools)
    if refused:
        return tuple(JobEnd(_not_started(one, refused), refused) for one in plan.walkthroughs)
    turns = [_turn(one, files, states, tools, executor) for one in plan.walkthroughs]
    return tuple(_end(turn) for turn in turns)


def _turn(
    planned: PlannedWalkthrough,
    files: Files,
    states: States,
    tools: RunTools,
    executor: Executor,
) -> _Turn:
    if planned.action not in WORK:
        return _Turn(planned)
    names = [one.name for one in planned.recordings]
    own = {name: files[planned.project, planned.id, name] for name in names}
    known = states.get((planned.project, planned.id), NOTHING_KNOWN)
    job = Job(Work(planned, own, known), tools)
    return _Turn(planned, job, executor.submit(_one, job, tools))


def _one(job: Job, tools: RunTools) -> JobEnd:
    if tools.uploads.stop.requested:
        return JobEnd(_not_started(job.planned, "the run was stopped before its turn"))
    end = job.run()
    if end.refused:  # no other job could do better
        tools.uploads.stop.request()
    return end


def _end(turn: _Turn) -> JobEnd:
    if turn.job is None or turn.future is None:
        return JobEnd(_left_alone(turn.planned))
    while not wait([turn.future], timeout=0.5).done:
        pass  # without a timeout, Windows would notice a Ctrl-C only at the end of the job
    defect = turn.future.exception()
    if isinstance(defect, Exception):  # one defect of ours costs one walkthrough
        return turn.job.broken_by(defect)
    return turn.future.result()


_LEFT_ALONE = {
    Action.NOTHING: Outcome.NOTHING,
    Action.HELD: Outcome.HELD,
    Action.CHANGED: Outcome.CHANGED,
}


def _left_alone(planned: PlannedWalkthrough) -> WalkthroughResult:
    """The result of a walkthrough that is done already, or waits for a person."""
    changes = "; ".join(str(change) for change in planned.changes)
    reason = f"{planned.reason} ({changes})" if changes else planned.reason
    return untouched(planned, _LEFT_ALONE[planned.action], reason)


def _not_started(planned: PlannedWalkthrough, reason: str) -> WalkthroughResult:
    if planned.action not in WORK:
        return _left_alone(planned)
    return untouched(planned, Outcome.NOT_STARTED, reason)
