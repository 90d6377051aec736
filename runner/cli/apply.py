"""`sitewalk apply`: carry a plan out, after asking, and report what became of it."""

import contextlib
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import CancelToken, SystemClock, today
from runner.base.errors import ExitStatus, UsageError, reason_of
from runner.cli.console import Console
from runner.cli.options import (
    Again,
    Format,
    FormatOption,
    Manifests,
    MediaRoot,
    NewLedger,
    ProgressForm,
    ProgressOption,
    Refinish,
    Strict,
    Yes,
    command_line,
    refuse_warnings,
    settings_here,
)
from runner.cli.progress import shown_progress
from runner.cli.stopping import stop_on_signals
from runner.flow.apply import Runtime, apply_outlook, check_ready
from runner.flow.ledgers import is_new, no_ledger, open_for_writing, refuse_new_ledger_over
from runner.flow.plan import Outlook, make_outlook, outlook_of_saved
from runner.ledger.lock import hold_lock, this_process
from runner.pages.report.page import results_html
from runner.plan.model import NO_CHOICES, Choices
from runner.plan.text import plan_text, summary
from runner.problems.forms.text import problems_text
from runner.report.forms.as_json import results_json
from runner.report.forms.text import results_text
from runner.report.results import Results
from runner.report.runs import LogFile, run_name, write_run
from runner.settings import MOST_JOBS, Settings
from runner.upload.recording.chunking import WHOLE_FILE
from runner.upload.recording.engine import UploadOptions
from runner.upload.recording.rate_limit import parse_limit

Jobs = Annotated[
    int | None,
    typer.Option(help="Walkthroughs at once. Default: 3.", min=1, max=MOST_JOBS),
]
ReportFolder = Annotated[
    Path | None,
    typer.Option("--report", help="Folder for the reports. Default: .sitewalk/runs/…"),
]
RetryFor = Annotated[
    float, typer.Option(help="Minutes without progress before a file is given up.", min=0)
]
ChunkSize = Annotated[
    int | None,
    typer.Option(
        help="MB in one request, for proxies that limit it. Default: all; less when refused.",
        min=1,
        show_default=False,
    ),
]
LimitRate = Annotated[
    str | None,
    typer.Option(
        help='Bytes a second for all jobs: 20M, or "07:00-18:00=5M,unlimited". Default: unlimited.'
    ),
]
Sha256 = Annotated[bool, typer.Option(help="Report the sha256 of each file sent.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for another run to end first.")]


def apply(
    manifests: Manifests,
    yes: Yes = False,
    jobs: Jobs = None,
    media_root: MediaRoot = None,
    report: ReportFolder = None,
    retry_for: RetryFor = 30,
    chunk_size: ChunkSize = None,
    limit_rate: LimitRate = None,
    sha256: Sha256 = True,
    again: Again = None,
    refinish: Refinish = None,
    strict: Strict = False,
    new_ledger: NewLedger = False,
    wait: Wait = False,
    progress: ProgressOption = ProgressForm.AUTO,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Carry out manifests, or one saved plan (.json)."""
    console, stop = Console(), CancelToken()
    choices = Choices(frozenset(refinish or ()), frozenset(again or ()))
    settings = settings_here(manifests, media_root=media_root, jobs=jobs, limit_rate=limit_rate)
    settings = replace(settings, new_ledger=new_ledger)
    request = _Request(manifests, settings, choices, strict=strict)
    options = UploadOptions(
        chunk_size * 1_000_000 if chunk_size else WHOLE_FILE,
        retry_for * 60,
        parse_limit(settings.limit_rate),
        sha256=sha256,
    )
    how = _How(settings.jobs, options, report, progress, yes=yes, wait=wait)
    results = _apply(request, how, stop, console)
    _show(results, format_, console)
    raise typer.Exit(results.exit_status)


@dataclass(frozen=True, slots=True)
class _Request:
    """What to apply."""

    paths: list[Path]
    settings: Settings
    choices: Choices
    strict: bool

    def outlook(self) -> Outlook:
        """Plan it as things are now.

        Raises StalePlanError for a saved plan that does not hold, InvalidManifestError for a
        manifest with errors or, where they count as such, warnings.
        """
        outlook = self._outlook()
        refuse_warnings(outlook, strict=self.strict)
        return outlook

    def _outlook(self) -> Outlook:
        day = today(SystemClock())
        if any(path.suffix == ".json" for path in self.paths):
            self._refuse_more_than_a_plan()
            return outlook_of_saved(self.paths[0], self.settings, day)
        return make_outlook(self.paths, self.settings, day, self.choices)

    def _refuse_more_than_a_plan(self) -> None:
        if len(self.paths) > 1:
            raise UsageError("a saved plan is applied alone", "name either it, or manifests")
        if self.choices != NO_CHOICES:
            help_ = "give --again and --refinish to `sitewalk plan -o`, to have them reviewed"
            raise UsageError("a saved plan is applied as it was reviewed", help_)


@dataclass(frozen=True, slots=True)
class _How:
    """In which way to apply it."""

    jobs: int
    options: UploadOptions
    report: Path | None
    progress: ProgressForm
    yes: bool
    wait: bool


def _apply(request: _Request, how: _How, stop: CancelToken, console: Console) -> Results:
    outlook = request.outlook()
    _refuse_to_begin_unasked(outlook, how, console)
    if not outlook.plan.is_pending:
        return _run(outlook, how, stop, console)
    holder = partial(this_process, command_line())
    on_wait = (lambda who: console.say(f"waiting: {who}")) if how.wait else None
    with contextlib.ExitStack() as held:
        with stop_on_signals(stop, console, "stopping: nothing was sent"):
            held.enter_context(hold_lock(outlook.ledger.lock_path, holder, stop, on_wait))
            stop.check()
        outlook = request.outlook()  # once more, now that nobody else can write
        if outlook.plan.is_pending:  # the run waited for may have left nothing to ask about
            check_ready(outlook)
            outlook = _confirm(outlook, how, console)
        with stop_on_signals(stop, console):
            return _run(outlook, how, stop, console)


def _refuse_to_begin_unasked(outlook: Outlook, how: _How, console: Console) -> None:
    """Raise DecisionError where nobody can be asked whether a ledger shall be begun."""
    if outlook.settings.new_ledger:
        refuse_new_ledger_over(outlook.ledger)
    elif is_new(outlook.ledger) and (how.yes or not console.can_ask):
        raise no_ledger(outlook.ledger)


def _begun(outlook: Outlook, console: Console) -> Outlook:
    """The same with leave to begin a ledger where there is none."""
    if outlook.settings.new_ledger or not is_new(outlook.ledger):
        return outlook
    console.say(
        f"there is no ledger at {outlook.ledger}, so what was uploaded before is not known here"
    )
    if not console.confirm("Begin a new ledger?", "nothing was sent", yes=False):
        raise typer.Exit(ExitStatus.DONE)
    return replace(outlook, settings=replace(outlook.settings, new_ledger=True))


def _confirm(outlook: Outlook, how: _How, console: Console) -> Outlook:
    """Ask what has to be asked, and return what was agreed to."""
    outlook = _begun(outlook, console)
    if outlook.problems:
        console.say(problems_text(outlook.problems, outlook.texts))
    console.say(summary(outlook.plan) if how.yes else plan_text(outlook.plan))
    if not console.confirm("Send this?", "nothing was sent", yes=how.yes):
        raise typer.Exit(ExitStatus.DONE)
    return outlook


def _run(outlook: Outlook, how: _How, stop: CancelToken, console: Console) -> Results:
    clock, run, holder = SystemClock(), secrets.token_hex(4), this_process(command_line())
    folder = how.report or outlook.runs_folder / run_name(clock.now(), run)
    with contextlib.ExitStack() as stack:
        ledger = stack.enter_context(
            open_for_writing(outlook.ledger, outlook.manifests, outlook.settings)
        )
        log = stack.enter_context(LogFile.open(folder))
        shown = stack.enter_context(shown_progress(outlook.plan, how.progress, console, clock))
        executor = stack.enter_context(ThreadPoolExecutor(how.jobs, "walkthrough"))
        runtime = Runtime(run, holder, stop, clock, how.options, shown, log.write)
        results = apply_outlook(outlook, ledger, executor, runtime)
    try:
        console.say(f"report: {write_run(results, results_html(results), folder)}")
    except OSError as error:  # a disk full by now must not hide what became of the run
        console.say(f"the report cannot be written to {folder}: {reason_of(error)}")
    return results


def _show(results: Results, format_: Format, console: Console) -> None:
    if format_ is Format.JSON:
        console.data(json.dumps(results_json(results), indent=2) + "\n")
    else:
        console.data(results_text(results))
