"""Own what a person sees while a run goes on: bars on a terminal, plain lines elsewhere."""

import contextlib
import threading
from collections.abc import Iterator

from rich.console import Console as RichConsole
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from runner.apply.news import Happened, Listener, News, Sending, Waiting
from runner.cli.console import Console
from runner.diagnostics.printable import printable
from runner.plan.model import WORK, Plan
from runner.units import duration, shorten


@contextlib.contextmanager
def shown_progress(plan: Plan, console: Console) -> Iterator[Listener]:
    """A listener that shows a run's news in the way that suits the console."""
    if not console.is_terminal:
        yield lambda news: _say(news, console)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=RichConsole(file=console.err), transient=True) as bars:
        yield _Bars(bars, plan).listen


def _say(news: News, console: Console) -> None:
    line = news_line(news)
    if line:
        console.say(printable(line))


def news_line(news: News) -> str:
    """News as one line; nothing for a block sent."""
    match news:
        case Happened():
            detail = f": {news.detail}" if news.detail else ""
            return f"{news.walkthrough}  {news.step}{detail}"
        case Waiting():
            wait = duration(news.seconds)
            return f"{news.walkthrough}  {news.what}: {news.reason}; again in {wait}"
        case Sending():
            return ""


class _Bars:
    """A bar for each recording under way, and one for all."""

    def __init__(self, bars: Progress, plan: Plan) -> None:
        self._bars = bars
        self._lock = threading.Lock()
        self._tasks: dict[tuple[str, str], TaskID] = {}
        sending = [one for one in plan.walkthroughs if one.action in WORK]
        self._offsets = {
            (walk.id, one.name): one.length - one.left
            for walk in sending
            for one in walk.recordings
        }
        length = sum(one.length for walk in sending for one in walk.recordings)
        self._total = bars.add_task("total", total=length, completed=sum(self._offsets.values()))

    def listen(self, news: News) -> None:
        """Draw the news."""
        if isinstance(news, Sending):
            self._move(news)
        else:
            self._bars.console.print(news_line(news), markup=False, highlight=False)

    def _move(self, news: Sending) -> None:
        key = (news.walkthrough, news.recording)
        with self._lock:
            self._offsets[key] = news.offset
            if key not in self._tasks:
                label = shorten(news.recording, 40)
                self._tasks[key] = self._bars.add_task(label, total=news.length)
            task, total = self._tasks[key], sum(self._offsets.values())
        self._bars.update(task, completed=news.offset, visible=news.offset < news.length)
        self._bars.update(self._total, completed=total)
