"""`sitewalk apply`: carry a plan out after asking, and report the results."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runner.base.clock import CancelToken, SystemClock
from runner.base.errors import ExitStatus
from runner.base.wording import json_text
from runner.cli.begin_at import begin_at, wait_until
from runner.cli.console import Console
from runner.cli.failures import say_warnings
from runner.cli.login import with_credentials
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
    RefinishChanged,
    RefinishRoute,
    Strict,
    Yes,
    changed_ones,
    command_line,
    settings_here,
)
from runner.cli.progress import shown_progress
from runner.cli.stopping import stop_on_signals
from runner.flow.dask import opened_executor
from runner.flow.ledgers import refuse_to_begin
from runner.flow.plan import Request
from runner.flow.program import Entrance, carry_out
from runner.ledger.address import LedgerAddress
from runner.ledger.claims import PATIENT, Timing
from runner.ledger.lock import this_process
from runner.plan.model import Choices
from runner.plan.planner import Planned
from runner.plan.text import plan_text, summary
from runner.report.forms.as_json import results_json
from runner.report.forms.text import results_text
from runner.report.results import Results
from runner.settings import MOST_JOBS, Settings
from runner.upload.journal import ProgressListener
from runner.upload.recording.chunking import WHOLE_FILE
from runner.upload.recording.context import UploadOptions
from runner.upload.recording.rate_limit import UNLIMITED_WORD, limit_words, parse_limit

if TYPE_CHECKING:  # few runs send notices
    from runner.cli.notices import Notices

Jobs = Annotated[
    int | None,
    typer.Option(help="Recordings at once. Default: 3.", min=1, max=MOST_JOBS),
]
ReportFolder = Annotated[
    Path | None,
    typer.Option(
        "--report", metavar="FOLDER", help="Folder for the reports. Default: .sitewalk/runs/…"
    ),
]
RetryFor = Annotated[
    float,
    typer.Option(
        help="Minutes without progress before a file is given up.", min=0, metavar="MINUTES"
    ),
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
        help="Bytes (20M) or bits (160Mbit) a second for all jobs, or by the time of day:"
        ' "07:00-18:00=5M,unlimited"; `off` sends nothing meanwhile.',
        metavar="RATE",
    ),
]
CongestionControl = Annotated[
    str | None,
    typer.Option(
        help="How Linux shares the line, for one stream at a time: `bbr` fills lines that lose"
        " packets; `bbr+` for several, too.",
        metavar="NAME",
    ),
]
Sha256 = Annotated[
    bool, typer.Option("--sha256", help="Take the sha256 of each file as well, for sha256sum.")
]
At = Annotated[
    str | None,
    typer.Option(
        "--at", help="Ask now, and begin when clocks here show this time.", metavar="22:00"
    ),
]
Notify = Annotated[
    list[str] | None,
    typer.Option(
        "--notify",
        help="Tell this address (mailtos://, msteams://, ntfy://, …) at the end, and when a person"
        " is needed; repeatable. Better in SITEWALK_NOTIFY: it holds secrets.",
        metavar="URL",
    ),
]
ExecutorAddress = Annotated[
    str | None,
    typer.Option(
        "--executor",
        metavar="dask=tcp://HOST:8786",
        help="Have a Dask cluster's workers send; with a shared ledger.",
    ),
]
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
    congestion_control: CongestionControl = None,
    sha256: Sha256 = False,
    again: Again = None,
    refinish: Refinish = None,
    changed: RefinishChanged = False,
    route: RefinishRoute = None,
    strict: Strict = False,
    new_ledger: NewLedger = False,
    wait: Wait = False,
    at: At = None,
    notify: Notify = None,
    executor: ExecutorAddress = None,
    progress: ProgressOption = ProgressForm.AUTO,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Carry out manifests, or one saved plan (.json)."""
    console, stop = Console(), CancelToken()
    begin = begin_at(at, SystemClock().now()) if at else None
    settings = settings_here(
        manifests,
        media_root=media_root,
        jobs=jobs,
        limit_rate=limit_rate,
        congestion_control=congestion_control,
        new_ledger=new_ledger,
        notify=" ".join(notify) if notify else None,
    )
    choices = Choices(frozenset(refinish or ()), frozenset(again or ()))
    selected = changed_ones(route, changed=changed)
    request = Request(manifests, settings, choices, strict, selected)
    entrance = Entrance(
        partial(this_process, command_line()),
        stop,
        options=_upload_options(settings, chunk_size, retry_for, sha256=sha256),
        jobs=settings.jobs,
        timing=PATIENT if wait else Timing(),
        reports=report,
        waiting=partial(_waiting, stop, console, wait=wait),
        later=None if begin is None else partial(_wait_until, begin, stop, console),
        say=console.say,
    )
    if settings.limit_rate != UNLIMITED_WORD:
        console.say(f"keeping to a rate of {limit_words(entrance.options.limit)}")
    with _notices(settings, stop, console) as notices, opened_executor(executor) as workers:
        running = partial(_running, progress, stop, console, notices)
        entrance = replace(entrance, executor=workers, running=running)
        if notices is not None:
            entrance = replace(entrance, ended=notices.ended)
        results = carry_out(request, _asking(entrance, console, yes=yes))
    _show(results, format_, console)
    raise typer.Exit(results.exit_status)


def _notices(
    settings: Settings, stop: CancelToken, console: Console
) -> AbstractContextManager["Notices | None"]:
    """The notices of the run, where they have an address."""
    if not settings.notify.split():
        return nullcontext()
    from runner.cli.notices import notices_of  # noqa: PLC0415 - few runs send any

    return notices_of(settings, stop, console)


def _upload_options(
    settings: Settings, chunk_size: int | None, retry_for: float, *, sha256: bool
) -> UploadOptions:
    return UploadOptions(
        chunk_size * 1_000_000 if chunk_size else WHOLE_FILE,
        retry_for * 60,
        parse_limit(settings.limit_rate),
        sha256=sha256,
    )


def _asking(entrance: Entrance, console: Console, *, yes: bool) -> Entrance:
    """The entrance with whatever asks the person at the terminal."""
    return replace(
        entrance,
        begin=partial(_begin, console, yes=yes),
        log_in=partial(with_credentials, console=console, may_ask=not yes),
        ask=partial(_confirm, console, yes=yes),
    )


def _wait_until(begin: dt.datetime, stop: CancelToken, console: Console) -> None:
    with stop_on_signals(stop, console, "stopping: nothing was sent"):
        wait_until(begin, SystemClock(), stop.pause, console)


@contextlib.contextmanager
def _waiting(
    stop: CancelToken, console: Console, *, wait: bool
) -> Iterator[Callable[[str], None] | None]:
    with stop_on_signals(stop, console, "stopping: nothing was sent"):
        yield (lambda who: console.say(f"waiting: {who}")) if wait else None
        stop.check()


def _begin(console: Console, ledger: LedgerAddress, *, yes: bool) -> None:
    """Ask whether a ledger may be begun; `--yes` does not answer this."""
    if yes or not console.can_ask:
        refuse_to_begin(ledger)
    console.say(f"there is no ledger at {ledger}: what was uploaded before is not known here")
    if not console.confirm("Begin a new ledger?", "nothing was sent", yes=False):
        raise typer.Exit(ExitStatus.DONE)


def _confirm(console: Console, planned: Planned, *, yes: bool) -> None:
    say_warnings(planned, console)
    console.say(summary(planned.plan) if yes else plan_text(planned.plan))
    if not console.confirm("Send this?", "nothing was sent", yes=yes):
        raise typer.Exit(ExitStatus.DONE)


@contextlib.contextmanager
def _running(
    form: ProgressForm,
    stop: CancelToken,
    console: Console,
    notices: "Notices | None",
    planned: Planned,
) -> Iterator[ProgressListener]:
    ledger = planned.ledger.path if planned.plan.is_pending else None
    shown = shown_progress(planned.plan, form, console, SystemClock(), ledger)
    if not planned.plan.is_pending:
        with shown as listener:
            yield listener
        return
    with stop_on_signals(stop, console), shown as listener:
        yield notices.watching(planned, listener) if notices else listener


def _show(results: Results, format_: Format, console: Console) -> None:
    if format_ is Format.JSON:
        console.data(json_text(results_json(results)))
    else:
        console.text(results_text(results))
