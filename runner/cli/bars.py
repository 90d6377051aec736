"""The bars on a terminal: one for each recording under way, and one for all."""

import contextlib
import io
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import IO, TextIO, cast

from rich.cells import cell_len, set_cell_size
from rich.console import Console as RichConsole
from rich.console import RenderableType
from rich.control import Control
from rich.progress_bar import ProgressBar
from rich.segment import ControlType
from rich.table import Table
from rich.text import Text

from runner.base.clock import Clock
from runner.base.wording import printable, size
from runner.cli.colours import coloured
from runner.cli.console import Console
from runner.report.progress.steps import StepListener, pace_words, step_line
from runner.report.progress.tally import Progress, Tally

_LABEL, _BAR, _SHORTEST_BAR = 40, 30, 8
"""Characters."""

_WIDE = 100
"""Columns from which sizes stand beside a bar; on fewer it is the part that is done."""

_EVERY = 0.25
"""Seconds from one drawing to the next; what is said is written at once."""


@contextlib.contextmanager
def shown_bars(tally: Tally, console: Console, clock: Clock) -> Iterator[StepListener]:
    """A listener that writes steps above the bars; while they stand, so is all that is said."""
    terminal = RichConsole(file=cast("IO[str]", _Lasting(console.err)), highlight=False)
    printer = _Printer(terminal, lambda width: _rows(tally, clock.monotonic(), width))
    with printer.printing(), console.through(printer.say):
        yield lambda step: printer.say(step_line(step))


class _Printer:
    """The one who writes while there are bars: lines go above them, from whatever thread.

    A line is only put in a queue by who says it: a signal handler may interrupt anything, and no
    upload waits for a terminal that does not scroll.
    """

    def __init__(
        self, terminal: RichConsole, rows: Callable[[int], Sequence[tuple[RenderableType, int]]]
    ) -> None:
        self._terminal = terminal
        self._rows = rows
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._drawn: list[int] = []

    def say(self, text: str) -> None:
        """Have a line written above the bars."""
        self._lines.put(text)

    @contextlib.contextmanager
    def printing(self) -> Iterator[None]:
        """While this is open, draw several times a second; at its end the bars are gone."""
        thread = threading.Thread(target=self._run, name="bars", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._lines.put(None)
            thread.join()

    def _run(self) -> None:
        self._draw([])
        while True:
            lines = self._next_lines()
            if None in lines:
                self._write([line for line in lines if line is not None], [])
                return
            self._draw([line for line in lines if line is not None])

    def _next_lines(self) -> list[str | None]:
        """What was said since; waits for it, as long as the bars may stay as they are."""
        lines: list[str | None] = []
        with contextlib.suppress(queue.Empty):
            lines.append(self._lines.get(timeout=_EVERY))
            while lines[-1] is not None:
                lines.append(self._lines.get_nowait())
        return lines

    def _see_width(self) -> int:
        """Columns of the terminal now; COLUMNS, which does not change with it, only where none."""
        with contextlib.suppress(OSError, ValueError):
            self._terminal.width = os.get_terminal_size(self._terminal.file.fileno()).columns
        return self._terminal.width

    def _draw(self, lines: Sequence[str]) -> None:
        # The last column stays free: a full line has a second one on some terminals.
        self._write(lines, self._rows(self._see_width() - 1))

    def _write(self, lines: Sequence[str], rows: Sequence[tuple[RenderableType, int]]) -> None:
        """Bars away, lines, and bars again: all in one write."""
        written: list[RenderableType] = [self._erased()]
        written += [coloured(printable(line)) for line in lines]
        written += [row for row, _ in rows]
        with self._terminal:
            for part in written:
                self._terminal.print(part, end="" if isinstance(part, Control) else "\n")
        self._drawn = [width for _, width in rows]

    def _erased(self) -> Control:
        """Erases the bars as they stand now: a terminal that was made narrower has broken them."""
        width = self._see_width()
        count = sum(max(1, -(-length // width)) for length in self._drawn)
        up = ((ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2))
        return Control(ControlType.CARRIAGE_RETURN, *up * count)


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


def _rows(tally: Tally, now: float, width: int) -> list[tuple[RenderableType, int]]:
    """The bars, each with the columns it takes: never more than there are."""
    bars = [
        (printable(recording), progress)
        for (_walkthrough, recording), progress in tally.under_way(now).items()
    ]
    cells = [
        (label, progress, _amount(progress, width), pace_words(progress))
        for label, progress in [*bars, ("all", tally.total(now))]
    ]
    amounts = max(cell_len(amount) for _, _, amount, _ in cells)
    paces = max(cell_len(pace) for *_, pace in cells)
    wanted = min(_LABEL, max(cell_len(label) for label, *_ in cells))
    labels = max(1, min(wanted, width - amounts - paces - 3))
    bar = min(_BAR, width - labels - amounts - paces - 3)
    bar = bar if bar >= _SHORTEST_BAR else 0
    return [
        _row(
            set_cell_size(shorten_path(label, labels), labels),
            (progress, bar),
            f"{set_cell_size(amount, amounts)} {pace}",
            width,
        )
        for label, progress, amount, pace in cells
    ]


def _row(
    label: str, bar: tuple[Progress, int], words: str, width: int
) -> tuple[RenderableType, int]:
    progress, length = bar
    if not length:
        text = set_cell_size(f"{label} {words}", min(width, cell_len(f"{label} {words}")))
        return Text(text, no_wrap=True), cell_len(text)
    table = Table.grid(padding=(0, 1))
    drawn = ProgressBar(total=progress.wanted or 1, completed=progress.done, width=length)
    table.add_row(Text(label, no_wrap=True), drawn, Text(words, no_wrap=True))
    return table, cell_len(label) + length + cell_len(words) + 3


def _amount(progress: Progress, width: int) -> str:
    if width >= _WIDE:
        return f"{size(progress.done)} of {size(progress.wanted)}"
    return f"{progress.done / progress.wanted:4.0%}" if progress.wanted else "100%"


def shorten_path(path: str, width: int) -> str:
    """The path in so many columns: what is cut is its beginning, folders first.

    A file's own number stands at the end of its name.
    """
    if cell_len(path) <= width:
        return path
    name = PurePosixPath(path).name
    if name != path and cell_len(name) + 2 <= width:
        return f"…/{name}"
    while name and cell_len(name) >= width:
        name = name[1:]
    return f"…{name}"
