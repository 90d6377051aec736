"""The flow of the whole program, from manifests to reports. Read this first."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from runner.base.clock import CancelToken, Clock, SystemClock, today
from runner.base.errors import reason_of
from runner.flow.apply import apply_plan, check_ready
from runner.flow.context import Runtime, require_shared_ledger
from runner.flow.ledgers import (
    is_new,
    open_for_writing,
    refuse_new_ledger_over,
    refuse_to_begin,
    sole_writer,
)
from runner.flow.plan import Request, plan_request, refuse_other_plan
from runner.ledger.address import LedgerAddress
from runner.ledger.claims import Timing
from runner.ledger.lock import Holder
from runner.pages.report.page import results_html
from runner.plan.planner import Planned
from runner.report.results import Results
from runner.report.runs import LogFile, run_name, write_run
from runner.settings import Settings
from runner.upload.journal import ProgressListener, ignore
from runner.upload.recording.context import UploadOptions
from runner.upload.slots import OneByOne, Sender, Slots


@dataclass(frozen=True, slots=True)
class Entrance:
    """What an entrance of the program puts around a run, with plain defaults.

    `holder` says who runs it. `waiting` is entered while another run is waited for, and gives whom
    to tell so; without anybody to tell, nobody waits. `begin` is told that there is no ledger, and
    raises unless one may be begun. `log_in` gives credentials where the settings have none. `ask`
    is shown what would be sent, and raises to decline. `later` waits for the time to begin, where
    that is not now. `running` is entered while it is sent, and gives whom to tell the progress.
    `ended` is told the results, and where they were written. `jobs` counts recordings at once; with
    an `executor`, each walkthrough is one piece of its work, and sends its recordings one after the
    other. One of other processes takes a ledger that they share.
    """

    holder: Callable[[], Holder]
    stop: CancelToken = field(default_factory=CancelToken)
    clock: Clock = field(default_factory=SystemClock)
    options: UploadOptions = field(default_factory=UploadOptions)
    executor: Executor | None = None
    jobs: int = 3
    timing: Timing = field(default_factory=Timing)
    reports: Path | None = None
    waiting: Callable[[], AbstractContextManager[Callable[[str], None] | None]] = nullcontext
    begin: Callable[[LedgerAddress], None] = refuse_to_begin
    log_in: Callable[[Settings], Settings] = lambda settings: settings
    ask: Callable[[Planned], None] = lambda _planned: None
    later: Callable[[], None] | None = None
    running: Callable[[Planned], AbstractContextManager[ProgressListener]] = lambda _planned: (
        nullcontext(ignore)
    )
    ended: Callable[[Results, Path], None] = lambda _results, _folder: None
    say: Callable[[str], None] = lambda _text: None


def carry_out(request: Request, entrance: Entrance) -> Results:
    """Check, plan, ask, apply, and report: what every entrance of the program does.

    Raises InvalidManifestError, StalePlanError, UsageError, LedgerError, LockedError,
    CredentialsError, DecisionError without a ledger, and whatever `ask` declines with. What a
    single walkthrough meets is in its result.
    """
    run = secrets.token_hex(4)
    planned = plan_request(request, today(entrance.clock))  # check → plan
    request = _allowed(request, planned, entrance)
    agreed = _agree_and_wait(request, planned, entrance)
    with _alone(request, planned, entrance) as planned:
        _agree(request, planned, entrance, agreed)
        folder = entrance.reports or planned.runs_folder / run_name(entrance.clock.now(), run)
        results = _apply(request, planned, entrance, run, folder)  # → events → results
    _report(results, folder, entrance.say)
    entrance.ended(results, folder)
    return results


def _allowed(request: Request, planned: Planned, entrance: Entrance) -> Request:
    """The request with leave to begin a ledger where there is none, and with credentials."""
    settings, ledger = request.settings, planned.ledger
    require_shared_ledger(entrance.executor, ledger)
    if settings.new_ledger:
        refuse_new_ledger_over(ledger)
    elif is_new(ledger):
        entrance.begin(ledger)
        settings = replace(settings, new_ledger=True)
    if planned.plan.is_pending:
        settings = entrance.log_in(settings)
    return replace(request, settings=settings)


def _agree_and_wait(request: Request, planned: Planned, entrance: Entrance) -> Planned | None:
    """The plan agreed to, where sending begins hours later: a person is asked before the wait."""
    if entrance.later is None or not planned.plan.is_pending:
        return None
    _agree(request, planned, entrance)
    entrance.later()
    return planned


def _agree(
    request: Request, planned: Planned, entrance: Entrance, agreed: Planned | None = None
) -> None:
    """Ask; a plan agreed to before must still be the same. Raises StalePlanError."""
    if agreed is not None:
        refuse_other_plan(agreed, planned)
    elif planned.plan.is_pending:
        check_ready(planned.plan, request.settings)
        entrance.ask(planned)


@contextmanager
def _alone(request: Request, planned: Planned, entrance: Entrance) -> Iterator[Planned]:
    """The plan; while there is something to send, no other run writes its ledger meanwhile."""
    if not planned.plan.is_pending:
        yield planned
        return
    with ExitStack() as held:
        with entrance.waiting() as on_wait:
            lock = sole_writer(planned.ledger, entrance.holder, entrance.stop, on_wait)
            held.enter_context(lock)
        # Once more, now that nobody else can write.
        yield plan_request(request, today(entrance.clock))


def _apply(
    request: Request, planned: Planned, entrance: Entrance, run: str, folder: Path
) -> Results:
    with ExitStack() as stack:
        ledger = stack.enter_context(
            open_for_writing(planned.ledger, planned.manifests, request.settings, entrance.stop)
        )
        log = stack.enter_context(LogFile.open(folder))
        listener = stack.enter_context(entrance.running(planned))
        executor = entrance.executor
        slots: Sender = OneByOne()
        if executor is None:
            executor = stack.enter_context(ThreadPoolExecutor(entrance.jobs, "walkthrough"))
            slots = stack.enter_context(Slots(entrance.jobs))
        runtime = Runtime(
            run,
            entrance.holder(),
            entrance.stop,
            entrance.clock,
            entrance.options,
            listener,
            (log.write,),
            entrance.timing,
            slots=slots,
        )
        return apply_plan(planned, request.settings, ledger, executor, runtime)


def _report(results: Results, folder: Path, say: Callable[[str], None]) -> None:
    try:
        say(f"report: {write_run(results, results_html(results), folder)}")
    except OSError as error:  # a full disk must not hide the results of the run
        say(f"the report cannot be written to {folder}: {reason_of(error)}")
