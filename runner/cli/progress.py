"""Progress of a run for a person or a program: bars, lines, or JSON lines."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from runner.base.clock import Clock
from runner.base.wording import printable
from runner.cli.console import Console
from runner.cli.options import ProgressForm
from runner.plan.model import WORK, Plan
from runner.report.progress.live import Ends, live, remove_live, write_live
from runner.report.progress.steps import (
    Outages,
    Step,
    StepListener,
    moved_json,
    said_json,
    step_json,
    step_line,
    total_line,
)
from runner.report.progress.tally import Pause, Progress, Tally, cause_of
from runner.report.results import Outcome
from runner.upload.journal import (
    BytesMoved,
    Crashed,
    Off,
    ProgressEvent,
    ProgressListener,
    Retrying,
    StepDone,
)

_ENDS = frozenset(map(str, Outcome))
"""The steps that are a walkthrough's last."""

_MINUTE = 60.0
_SECOND = 1.0
_LIVE = 2.0


@contextlib.contextmanager
def shown_progress(
    plan: Plan,
    form: ProgressForm,
    console: Console,
    clock: Clock,
    ledger: Path | None = None,
) -> Iterator[ProgressListener]:
    """A listener that tells a run's progress in the form asked for, or that suits the console.

    Beside a `ledger` that is a file it is also written for whoever watches from elsewhere.
    """
    tally, ends = Tally(_parts(plan), clock.monotonic()), Ends()
    with contextlib.ExitStack() as stack:
        if ledger is not None:
            stack.enter_context(_live_file(ledger, tally, ends, clock))
        match form:
            case ProgressForm.NONE:
                tell: StepListener = _say_nothing
            case ProgressForm.JSON:
                tell = stack.enter_context(_json_lines(tally, console, clock))
            case ProgressForm.AUTO if console.is_terminal:
                from runner.cli.bars import shown_bars  # noqa: PLC0415 - it loads rich

                bars = stack.enter_context(shown_bars(tally, console, clock))
                tell = _once_an_outage(bars, clock)
            case _:
                tell = _once_an_outage(stack.enter_context(_lines(tally, console, clock)), clock)
        yield _noting(tally, ends, clock, tell)


@contextlib.contextmanager
def _live_file(ledger: Path, tally: Tally, ends: Ends, clock: Clock) -> Iterator[None]:
    def write() -> None:
        at = clock.monotonic()
        write_live(ledger, live(tally.total(at), tally.under_way(at), ends))

    try:
        with _every(_LIVE, write):
            yield
    finally:
        remove_live(ledger)


def _parts(plan: Plan) -> dict[tuple[str, str], Progress]:
    return {
        (walk.id, recording.name): Progress(
            recording.length - recording.left, recording.length, 0.0
        )
        for walk in plan.walkthroughs
        if walk.action in WORK
        for recording in walk.recordings
    }


def _noting(tally: Tally, ends: Ends, clock: Clock, tell: StepListener) -> ProgressListener:
    """Adds bytes to the tally, which is shown from time to time; shows every other step."""

    def listen(event: ProgressEvent) -> None:
        if isinstance(event, BytesMoved):
            tally.note((event.walkthrough, event.recording), event.offset, clock.monotonic())
            return
        if isinstance(event, Crashed):
            return  # for the log; the end of the walkthrough is shown as every end is
        match event:
            case Retrying():
                pause = Pause(cause_of(event.reason), clock.monotonic() + event.seconds)
                tally.pause((event.walkthrough, event.what), pause)
            case Off():
                pause = Pause("the timetable", clock.monotonic(), event.until)
                tally.pause((event.walkthrough, event.what), pause)
            case StepDone() if event.step in _ENDS:
                ends.note(event.step)
                tally.leave(event.walkthrough)
            case StepDone():
                tally.answered(event.walkthrough)
        tell(event)

    return listen


def _once_an_outage(tell: StepListener, clock: Clock) -> StepListener:
    """For people: while a network is away, each job and attempt would say so."""
    outages = Outages()

    def listen(step: Step) -> None:
        if isinstance(step, StepDone) or outages.begins(step, clock.monotonic()):
            tell(step)

    return listen


def _say_nothing(_step: Step) -> None:
    """Where nothing is wanted."""


@contextlib.contextmanager
def _lines(tally: Tally, console: Console, clock: Clock) -> Iterator[StepListener]:
    """Each step as a line, and one line a minute about the whole."""
    with _every(_MINUTE, lambda: console.say(total_line(tally.total(clock.monotonic())))):
        yield lambda step: console.say(printable(step_line(step)))


@contextlib.contextmanager
def _json_lines(tally: Tally, console: Console, clock: Clock) -> Iterator[StepListener]:
    """Each step as a JSON line, and one a second about the whole; also what is said meanwhile."""
    write = console.write

    def moved() -> None:
        at = clock.monotonic()
        write(moved_json(clock.now(), tally.total(at), tally.under_way(at)))

    with (
        console.through(lambda text: write(said_json(clock.now(), text))),
        _every(_SECOND, moved),
    ):
        yield lambda step: write(step_json(clock.now(), step))
        moved()


@contextlib.contextmanager
def _every(seconds: float, call: Callable[[], None]) -> Iterator[None]:
    """Call from time to time while this is open."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(seconds):
            call()

    thread = threading.Thread(target=run, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
