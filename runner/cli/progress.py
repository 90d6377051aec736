"""What a person or a program is told while a run goes on: bars, lines, or JSON lines."""

import contextlib
import io
import threading
from collections.abc import Callable, Iterator
from typing import IO, TextIO, cast

from rich.console import Console as RichConsole
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from runner.apply.news import Broke, Happened, Listener, News, Sending, Waiting
from runner.cli.console import Console
from runner.cli.options import ProgressForm
from runner.diagnostics.printable import printable
from runner.plan.model import WORK, Plan
from runner.report.progress_json import moved_json, news_json, said_json
from runner.report.results import Outcome
from runner.tally import Standing, Tally
from runner.timing import Clock
from runner.units import duration, rough_duration, shorten, size, speed

_ENDS = frozenset(map(str, Outcome))
"""The steps that are a walkthrough's last."""

_MINUTE = 60.0
_SECOND = 1.0
_LABEL, _BAR = 40, 30
"""Characters."""

Step = Happened | Waiting
Teller = Callable[[Step], None]
"""Told the steps; what moves is in the tally."""


@contextlib.contextmanager
def shown_progress(
    plan: Plan, form: ProgressForm, console: Console, clock: Clock
) -> Iterator[Listener]:
    """A listener that tells a run's news in the form asked for, or that suits the console."""
    tally = Tally(_parts(plan), clock.monotonic())
    with contextlib.ExitStack() as stack:
        match form:
            case ProgressForm.NONE:
                tell: Teller = _say_nothing
            case ProgressForm.JSON:
                tell = stack.enter_context(_json_lines(tally, console, clock))
            case ProgressForm.AUTO if console.is_terminal:
                tell = stack.enter_context(_bars(tally, console, clock))
            case _:
                tell = stack.enter_context(_lines(tally, console, clock))
        yield _noting(tally, clock, tell)


def _parts(plan: Plan) -> dict[tuple[str, str], Standing]:
    return {
        (walk.id, one.name): Standing(one.length - one.left, one.length, 0.0)
        for walk in plan.walkthroughs
        if walk.action in WORK
        for one in walk.recordings
    }


def _noting(tally: Tally, clock: Clock, tell: Teller) -> Listener:
    """Movements go into the tally, which is looked at from time to time; the rest is told."""

    def listen(news: News) -> None:
        if isinstance(news, Sending):
            tally.note((news.walkthrough, news.recording), news.offset, clock.monotonic())
            return
        if isinstance(news, Broke):
            return  # for the log; how the walkthrough ended is told as every end is
        if isinstance(news, Happened) and news.step in _ENDS:
            tally.leave(news.walkthrough)
        tell(news)

    return listen


def _say_nothing(_news: Step) -> None:
    """Where nothing is wanted."""


@contextlib.contextmanager
def _bars(tally: Tally, console: Console, clock: Clock) -> Iterator[Teller]:
    """Each step above the bars; while they stand, so is all that is said.

    They are drawn from the tally several times a second: moving bytes costs no drawing.
    """
    terminal = RichConsole(file=cast("IO[str]", _Lasting(console.err)))

    def write(text: str) -> None:
        terminal.print(printable(text), markup=False, highlight=False)

    with (
        Live(
            console=terminal,
            transient=True,
            get_renderable=lambda: _drawn(tally, clock.monotonic()),
        ),
        console.through(write),
    ):
        yield lambda news: write(news_line(news))


class _Lasting(io.TextIOBase):
    """A terminal that may be closed while the work goes on: what is written then is lost."""

    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._terminal = terminal

    @property
    def encoding(self) -> str:  # type: ignore[override] # typeshed has a variable there
        """How characters become bytes, which decides what bars are drawn with."""
        return self._terminal.encoding

    def fileno(self) -> int:
        """The descriptor, from which the size of the terminal is known."""
        return self._terminal.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal still."""
        return self._terminal.isatty()

    def write(self, text: str) -> int:
        """Write; never fails."""
        with contextlib.suppress(OSError, ValueError):
            self._terminal.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what is left to write; never fails."""
        with contextlib.suppress(OSError, ValueError):
            self._terminal.flush()


def _drawn(tally: Tally, now: float) -> Table:
    table = Table.grid(padding=(0, 1))
    for (_walkthrough, recording), standing in tally.under_way(now).items():
        table.add_row(*_cells(shorten(printable(recording), _LABEL), standing))
    table.add_row(*_cells("all", tally.total(now)))
    return table


def _cells(label: str, standing: Standing) -> tuple[Text, ProgressBar, Text, Text]:
    return (
        Text(label, no_wrap=True),
        ProgressBar(total=standing.wanted or 1, completed=standing.done, width=_BAR),
        Text(f"{size(standing.done)} of {size(standing.wanted)}", no_wrap=True),
        Text(pace_words(standing), no_wrap=True),
    )


@contextlib.contextmanager
def _lines(tally: Tally, console: Console, clock: Clock) -> Iterator[Teller]:
    """Each step as a line, and one line a minute about the whole."""
    with _every(_MINUTE, lambda: console.say(total_line(tally.total(clock.monotonic())))):
        yield lambda news: console.say(printable(news_line(news)))


@contextlib.contextmanager
def _json_lines(tally: Tally, console: Console, clock: Clock) -> Iterator[Teller]:
    """Each step as a JSON line, and one a second about the whole; also what is said meanwhile."""
    write = console.write

    def moved() -> None:
        at = clock.monotonic()
        write(moved_json(clock.now(), tally.total(at), tally.under_way(at)))

    with (
        console.through(lambda text: write(said_json(clock.now(), text))),
        _every(_SECOND, moved),
    ):
        yield lambda news: write(news_json(clock.now(), news))
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


def news_line(news: Step) -> str:
    """A step as one line."""
    match news:
        case Happened():
            detail = f": {news.detail}" if news.detail else ""
            return f"{news.walkthrough}  {news.step}{detail}"
        case Waiting():
            wait, left = duration(news.seconds), rough_duration(news.left)
            again = f"trying again in {wait}, for {left} more"
            return f"{news.walkthrough}  {news.what}: {news.reason}; {again}"


def total_line(total: Standing) -> str:
    """How far all of it has come, as one line."""
    part = f"{total.done / total.wanted:.0%}" if total.wanted else "100%"
    return f"{part}  {size(total.done)} of {size(total.wanted)}, {pace_words(total)}"


def pace_words(standing: Standing) -> str:
    """Speed and time left: `4.2 MB/s, 3 min 20 s left`."""
    if standing.given_up and standing.done == standing.length:
        return f"{size(standing.given_up)} not sent"
    left = standing.seconds_left
    return "nothing moves" if left is None else f"{speed(standing.speed)}, {duration(left)} left"
