"""What other programs use: read, plan and apply manifests, without a terminal."""

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from runner.base.clock import CancelToken, Clock, SystemClock, today
from runner.flow import plan, reading
from runner.flow.plan import Request
from runner.flow.program import Entrance, carry_out
from runner.ledger.lock import this_process
from runner.manifest.reading import Reading
from runner.plan.model import NO_CHOICES, Choices, Plan
from runner.report.results import Results
from runner.settings import Settings
from runner.upload.journal import ProgressListener, ignore

__all__ = [
    "Choices",
    "Plan",
    "Reading",
    "Results",
    "Settings",
    "apply_manifests",
    "plan_manifests",
    "read_manifests",
]

_SYSTEM_CLOCK = SystemClock()


def read_manifests(paths: Sequence[Path], clock: Clock = _SYSTEM_CLOCK) -> tuple[Reading, ...]:
    """Read manifests; each reading has a manifest, or the problems that prevent one."""
    return reading.read_manifests(paths, today(clock))


def plan_manifests(
    paths: Sequence[Path],
    settings: Settings,
    choices: Choices = NO_CHOICES,
    clock: Clock = _SYSTEM_CLOCK,
) -> Plan:
    """What applying the manifests would do, and why; sends nothing and writes nothing.

    Raises InvalidManifestError, UsageError, LedgerError.
    """
    return plan.plan_manifests(paths, settings, today(clock), choices).plan


def apply_manifests(  # noqa: PLR0913 - the last four are what a program may want to replace
    paths: Sequence[Path],
    settings: Settings,
    choices: Choices = NO_CHOICES,
    *,
    listener: ProgressListener = ignore,
    stop: CancelToken | None = None,
    executor: Executor | None = None,
    clock: Clock = _SYSTEM_CLOCK,
) -> Results:
    """Carry the manifests out and return the outcome of every walkthrough and recording.

    It leaves the same log and reports as the command line. `listener` is told the run's progress
    from several threads; `stop.request()` from any thread
    ends the run at the next block. What a single walkthrough meets is in its result; raises
    InvalidManifestError, UsageError, LedgerError, LockedError, CredentialsError otherwise, and
    DecisionError where there is no ledger and the settings do not say `new_ledger`.
    """
    entrance = Entrance(
        partial(this_process, "import runner"),
        stop or CancelToken(),
        clock,
        executor=executor,
        jobs=settings.jobs,
        running=lambda _planned: nullcontext(listener),
    )
    return carry_out(Request(paths, settings, choices), entrance)
