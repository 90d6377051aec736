"""Own what other programs use: read, plan and apply manifests, without a terminal."""

import contextlib
import secrets
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from runner.base.clock import CancelToken, Clock, SystemClock, today
from runner.flow import check as checking
from runner.flow.apply import Runtime, apply_outlook
from runner.flow.ledgers import is_new, no_ledger, open_for_writing, refuse_new_ledger_over
from runner.flow.plan import Outlook, make_outlook
from runner.ledger.lock import hold_lock, this_process
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
    return checking.read_manifests(paths, today(clock))


def plan_manifests(
    paths: Sequence[Path],
    settings: Settings,
    choices: Choices = NO_CHOICES,
    clock: Clock = _SYSTEM_CLOCK,
) -> Plan:
    """What applying the manifests would do, and why; sends nothing and writes nothing.

    Raises InvalidManifestError, UsageError, LedgerError.
    """
    return _outlook(paths, settings, choices, clock).plan


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
    """Carry the manifests out and return what became of every walkthrough and recording.

    `listener` is told the run's progress from several threads; `stop.request()` from any thread
    ends the run at the next block. What a single walkthrough meets is in its result; raises
    InvalidManifestError, UsageError, LedgerError, LockedError, CredentialsError otherwise, and
    DecisionError where there is no ledger and the settings do not say `new_ledger`.
    """
    stop = stop or CancelToken()
    holder = partial(this_process, "import runner")
    runtime = Runtime(secrets.token_hex(4), holder(), stop, clock, listener=listener)
    ledger_at = _outlook(paths, settings, choices, clock).ledger
    if settings.new_ledger:
        refuse_new_ledger_over(ledger_at)
    elif is_new(ledger_at):
        raise no_ledger(ledger_at)
    with contextlib.ExitStack() as held:
        held.enter_context(hold_lock(ledger_at.lock_path, holder, stop))
        outlook = _outlook(paths, settings, choices, clock)
        ledger = held.enter_context(open_for_writing(ledger_at, paths, settings))
        if executor is not None:
            return apply_outlook(outlook, ledger, executor, runtime)
        with ThreadPoolExecutor(3, "walkthrough") as own:
            return apply_outlook(outlook, ledger, own, runtime)


def _outlook(paths: Sequence[Path], settings: Settings, choices: Choices, clock: Clock) -> Outlook:
    return make_outlook(paths, settings, today(clock), choices)
