"""The words and the exit status for every error that can reach a user."""

from typing import TYPE_CHECKING

from runner.base.errors import (
    CredentialsError,
    DecisionError,
    ExitStatus,
    InvalidPlanError,
    LedgerError,
    ServerError,
    SitewalkError,
    StalePlanError,
    StoppedError,
    UsageError,
)
from runner.base.wording import printable
from runner.cli.console import Console
from runner.problems.problem import InvalidManifestError

if TYPE_CHECKING:  # --help knows no plan
    from runner.plan.planner import Planned

_STATUS: tuple[tuple[type[SitewalkError], ExitStatus], ...] = (
    (InvalidPlanError, ExitStatus.INVALID),  # a usage error, too: the special one comes first
    (UsageError, ExitStatus.USAGE),
    (LedgerError, ExitStatus.USAGE),  # of a run under way it is in the results
    (InvalidManifestError, ExitStatus.INVALID),
    (ServerError, ExitStatus.FAILED),
    (StalePlanError, ExitStatus.DECISION),
    (DecisionError, ExitStatus.DECISION),
    (CredentialsError, ExitStatus.REFUSED),
    (StoppedError, ExitStatus.INTERRUPTED),
)


def report_failure(error: SitewalkError, console: Console) -> ExitStatus:
    """Tell the user what happened and what to do; returns the exit status."""
    if isinstance(error, InvalidManifestError):
        _say_problems(error, console)
    else:
        console.say(printable(f"error: {error}"))
    if isinstance(error, StalePlanError):
        for change in error.changes:
            console.say(printable(f"  - {change}"))
    if error.help:
        console.say(printable(f"  help: {error.help}"))
    return next((status for kind, status in _STATUS if isinstance(error, kind)), _UNEXPECTED)


def _say_problems(error: InvalidManifestError, console: Console) -> None:
    from runner.problems.forms.text import problems_summary, problems_text  # noqa: PLC0415 - it loads rich

    console.say(problems_text(error.problems, error.texts).rstrip())
    console.say(problems_summary(error.problems))


def say_warnings(planned: "Planned", console: Console) -> None:
    """Tell the problems of a plan, none of which stops it."""
    if not planned.problems:
        return
    from runner.problems.forms.text import problems_text  # noqa: PLC0415 - it loads rich

    console.say(problems_text(planned.problems, planned.texts))


_UNEXPECTED = ExitStatus.UNEXPECTED
