"""Own problems as one line each: `file:line:column: code message`."""

from collections.abc import Sequence

from runner.diagnostics.printable import printable
from runner.problems import Problem


def problems_concise(problems: Sequence[Problem]) -> str:
    """All problems, one line each."""
    return "".join(printable(f"{one.place}: {one.code} {one.message}") + "\n" for one in problems)
