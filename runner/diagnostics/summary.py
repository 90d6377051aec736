"""Own the one line that says how many problems there are."""

from collections.abc import Sequence

from runner.problems import Problem, Severity
from runner.units import counted


def problems_summary(problems: Sequence[Problem]) -> str:
    """How many there are: `2 errors, 1 warning`."""
    errors = sum(one.severity is Severity.ERROR for one in problems)
    warnings = len(problems) - errors
    parts = [counted(errors, "error")] if errors else []
    parts += [counted(warnings, "warning")] if warnings else []
    return ", ".join(parts) or "no problems"
