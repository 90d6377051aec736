"""Own what a person or a program is told while a run goes on: bars, lines, or JSON lines."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from runner.apply.news import Broke, Happened, Listener, News, Sending, Waiting
from runner.cli.console import Console
from runner.cli.options import ProgressForm
from runner.diagnostics.printable import printable
from runner.plan.model import WORK, Plan
from runner.report.progress_json import moved_json, news_json, said_json
from runner.report.results import Outcome
from runner.tally import Standing, Tally
from runner.timing import Clock
from runner.units import duration, rough_duration, size, speed

_ENDS = frozenset(map(str, Outcome))
"""The steps that are a walkthrough's last."""

_MINUTE = 60.0
_SECOND = 1.0

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
                from runner.cli.bars import shown_bars

                tell = stack.enter_context(shown_bars(tally, console, clock))
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
