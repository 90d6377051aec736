"""Own what a person sees while a scan goes on: a bar on a terminal, else a line now and then."""

import contextlib
from collections.abc import Iterator

from runner.cli.console import Console
from runner.scan.scanning import Listener, Looked
from runner.timing import Clock

_SECONDS_BETWEEN_LINES = 10


@contextlib.contextmanager
def shown_scan(console: Console, clock: Clock) -> Iterator[Listener]:
    """A listener that shows how far a scan is in the way that suits the console."""
    if not console.is_terminal:
        yield _Lines(console, clock).listen
        return
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("looking into files"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=RichConsole(file=console.err), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda news: bars.update(task, completed=news.done, total=news.total)


class _Lines:
    """A line whenever so much time has passed."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._said = clock.monotonic()

    def listen(self, news: Looked) -> None:
        now = self._clock.monotonic()
        if now - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = now
            self._console.say(f"looked into {news.done:,} of {news.total:,} files")
