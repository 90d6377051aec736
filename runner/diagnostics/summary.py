"""Own the one line that says how many problems there are."""

from collections.abc import Sequence

from runner.manifest.limits import TOO_MANY
from runner.problems import Problem, Severity
from runner.units import counted


def problems_summary(problems: Sequence[Problem]) -> str:
    """How many there are: `2 errors, 1 warning`, and whether there are more than are listed."""
    found = [one for one in problems if one.code != TOO_MANY.code]
    errors = sum(one.severity is Severity.ERROR for one in found)
    warnings = len(found) - errors
    parts = [counted(errors, "error")] if errors else []
    parts += [counted(warnings, "warning")] if warnings else []
    more = " and more that are not listed" if len(found) < len(problems) else ""
    return (", ".join(parts) or "no problems") + more
