"""The two streams of a command: data on stdout, everything else on stderr."""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from runner.base.errors import OutputError, StoppedError, UsageError, reason_of
from runner.base.wording import IS_WINDOWS, without_commands


@dataclass(slots=True)
class Console:
    """Where a command writes, and what it may ask."""

    out: TextIO | None = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr or _nowhere())
    _way: Callable[[str], None] | None = None
    _drawn: int = 0
    _out_is_terminal: bool = field(init=False)

    def __post_init__(self) -> None:
        self._out_is_terminal = self.out is not None and self.out.isatty()

    @property
    def is_terminal(self) -> bool:
        """Whether progress bars make sense: both ends are a person's terminal."""
        return self.err.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def is_read_by_eyes(self) -> bool:
        """Whether the result goes to a person's terminal, and not to a file or program."""
        to_terminal = self.out is not None and self.out.isatty()
        return to_terminal and os.environ.get("TERM") != "dumb"

    @property
    def replaces_lines(self) -> bool:
        """Whether stdout takes sequences that go back; the older console of Windows may not."""
        return self.is_read_by_eyes and (not IS_WINDOWS or "WT_SESSION" in os.environ)

    @property
    def width(self) -> int:
        """Columns of the terminal that stdout goes to."""
        return shutil.get_terminal_size().columns

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there who reads a question and answers it."""
        return bool(sys.stdin and sys.stdin.isatty() and self.err.isatty())

    def text(self, text: str) -> None:
        """Write a result for people: to a terminal in its width and colours; raises as `data`."""
        if self.out is not None and self.is_read_by_eyes:
            text = _on_terminal(text, self.out)
        self.data(text)

    def data(self, text: str) -> None:
        """Write the command's result; a reader that went away, or a closed terminal, is no error.

        In a log of GitHub's, nothing in it is taken for a command. Raises OutputError on a full
        disk, or when there is no stdout.
        """
        self.commands(_for_log(text))

    def names(self, text: str) -> None:
        """Write a result for people whose lines begin with names of files; raises as `data`.

        In a log of GitHub's they stand behind `./`, so that no name decides how a line begins.
        """
        self.text(re.sub(_NAME, "./", text) if _is_in_log_of_github() else text)

    def commands(self, text: str) -> None:
        """Write a result that is meant as commands for GitHub; raises as `data` does."""
        if self.out is None:  # what Python makes of one that was closed before the start
            raise OutputError("the output cannot be written: stdout is closed")
        try:
            self.out.write(text)
            self.out.flush()
        except BrokenPipeError:
            self._give_up_stdout()
        except OSError as error:
            self._give_up_stdout()
            if self._out_is_terminal:
                return
            message = f"the output cannot be written: {reason_of(error)}"
            raise OutputError(message) from error

    def say(self, text: str) -> None:
        """Write a line for the person who runs the command; never fails."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            (self._way or self.write)(text)

    @contextlib.contextmanager
    def through(self, way: Callable[[str], None]) -> Iterator[None]:
        """While this is open, let what is said go another way: around bars, for example."""
        before, self._way = self._way, way
        try:
            yield
        finally:
            self._way = before

    def write(self, text: str) -> None:
        """Write a line to stderr, whatever way others go; never fails."""
        try:
            shown = _on_terminal(text, self.err) if self.is_terminal else _for_log(text)
            self.err.write(f"{shown}\n")
            self.err.flush()
        except (OSError, ValueError, AttributeError):  # closed, or never there; the work goes on
            self.err = sys.stderr = _nowhere()  # else Python fails noisily when it ends

    def draw(self, text: str) -> None:
        """Write a line over the one that was drawn before; never fails."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self.err.write(f"\r{'':{self._drawn}}\r{text}")
            self._drawn = len(text)
            self.err.flush()

    def confirm(self, question: str, otherwise: str, *, yes: bool) -> bool:
        """Ask, unless `yes` is set; says `otherwise` where the answer is another.

        Raises UsageError where there is nobody to ask, StoppedError on Ctrl-C.
        """
        if yes:
            return True
        if not self.can_ask:
            raise UsageError("nobody is there to confirm this", "add --yes to go on without asking")
        self.err.write(f"{question} [y/N] ")
        self.err.flush()
        try:
            answer = sys.stdin.readline()
        except KeyboardInterrupt:
            self.write(f"\n{otherwise}")  # the cursor still stands at the question
            raise StoppedError from None
        if answer.strip().lower() in {"y", "yes"}:
            return True
        self.say(otherwise)
        return False

    def ask(self, question: str) -> str:
        """The answer to a question, without what surrounds it; raises StoppedError on Ctrl-C."""
        self.err.write(f"{question}: ")
        self.err.flush()
        try:
            return sys.stdin.readline().strip()
        except KeyboardInterrupt:
            self.write("")  # the cursor still stands at the question
            raise StoppedError from None

    def _give_up_stdout(self) -> None:
        # Python flushes stdout once more at exit; without a target that would fail noisily.
        self.out = sys.stdout = _nowhere()


def _for_log(text: str) -> str:
    """What is printed: in a step of GitHub's, a line of a stranger's could be a command to it."""
    return without_commands(text) if _is_in_log_of_github() else text


def _is_in_log_of_github() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


_NAME = r"(?m)^(?!  |/|[A-Za-z]:/)(?=.)"
"""Where a line begins that is not indented, and with no absolute path."""


def _on_terminal(text: str, terminal: TextIO) -> str:
    from runner.cli.colours import on_terminal  # noqa: PLC0415 - no file or program needs rich

    return on_terminal(text, terminal)


def _nowhere() -> TextIO:
    """A stream for output that nobody can read; it lives as long as the process."""
    return Path(os.devnull).open("w", encoding="utf-8")
