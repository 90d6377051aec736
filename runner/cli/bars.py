"""The bars on a terminal: one for each recording under way, and one for all."""

import contextlib
import io
from collections.abc import Iterator
from typing import IO, TextIO, cast

from rich.console import Console as RichConsole
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from runner.base.clock import Clock
from runner.base.wording import printable, shorten, size
from runner.cli.console import Console
from runner.report.progress.steps import StepListener, pace_words, step_line
from runner.report.progress.tally import Progress, Tally

_LABEL, _BAR = 40, 30
"""Characters."""


@contextlib.contextmanager
def shown_bars(tally: Tally, console: Console, clock: Clock) -> Iterator[StepListener]:
    """A listener that writes steps above the bars; while they stand, so is all that is said.

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
        yield lambda step: write(step_line(step))


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
    for (_walkthrough, recording), progress in tally.under_way(now).items():
        table.add_row(*_cells(shorten(printable(recording), _LABEL), progress))
    table.add_row(*_cells("all", tally.total(now)))
    return table


def _cells(label: str, progress: Progress) -> tuple[Text, ProgressBar, Text, Text]:
    return (
        Text(label, no_wrap=True),
        ProgressBar(total=progress.wanted or 1, completed=progress.done, width=_BAR),
        Text(f"{size(progress.done)} of {size(progress.wanted)}", no_wrap=True),
        Text(pace_words(progress), no_wrap=True),
    )
