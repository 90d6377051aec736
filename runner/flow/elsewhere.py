"""Workers in other processes: they are given tasks, and followed by what they leave in the ledger.

No engine is asked how far they are: claims and events tell, whoever runs them.
"""

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any, Self

from runner.base.clock import ShutdownGrace
from runner.base.errors import LedgerError
from runner.flow.context import known_versions
from runner.flow.worker import WalkthroughTask, work_on
from runner.ledger.claim import Claim, read_claims
from runner.ledger.claims import Timing
from runner.ledger.events import Event, Kind
from runner.ledger.store import Ledger
from runner.plan.model import PlannedWalkthrough
from runner.plan.planner import Planned
from runner.recordings.address import StoreAddress
from runner.settings import Settings
from runner.upload.journal import BytesMoved
from runner.upload.walkthrough.context import JobResult, RunContext

_BEAT = 5.0
"""Seconds after which a worker tells how far it is, for whoever looks at the run."""

_STOPPING_SECONDS = 30.0
"""Workers that were asked to stop are waited for so long."""

_LATE_LOOKS = 2

_ENDS = frozenset({Kind.FINISHED, Kind.HELD, Kind.FAILED, Kind.STOPPED, Kind.ELSEWHERE})
_LOST = "its worker, or the way to it, was lost"
_AGAIN = "run the same command again: it goes on from the ledger"

_Key = tuple[str, str]


class Elsewhere:
    """Processes of an executor, here or on other machines, as the workers of a run.

    While this is entered, a thread takes what they write into the run's journal. What is said here
    of a worker that was lost stands in the journal only: it may be at work still.
    """

    def __init__(
        self,
        planned: Planned,
        settings: Settings,
        ledger: Ledger,
        context: RunContext,
        executor: Executor,
        timing: Timing,
    ) -> None:
        self._planned = planned
        self._settings = settings
        self._ledger = ledger
        self._ledger_id = ledger.id
        self._versions = known_versions(planned.plan, planned.states)
        self._context = context
        self._executor = executor
        self._timing = timing
        self._futures: dict[_Key, Future[Any]] = {}
        self._for_good: set[_Key] = set()
        self._seen: set[str] = set()
        self._claimed: dict[_Key, Claim] = {}
        self._one_at_a_time = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="following", daemon=True)
        self._grace = ShutdownGrace(context.uploads.stop, context.uploads.clock, _STOPPING_SECONDS)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._context.uploads.stop.requested:
            # Work that was on its way when the others were told has claimed something by then.
            self._over.wait(_LATE_LOOKS * self._timing.look)
        self._over.set()
        self._thread.join()

    def start(self, planned: PlannedWalkthrough, *, wait: bool) -> Future[Any]:
        """Hand the work to the executor."""
        key, future = (planned.project, planned.id), Future[Any]()
        if wait:
            self._for_good.add(key)
        if self._context.uploads.stop.requested:
            future.cancel()
            return future
        try:
            future = self._executor.submit(work_on, self._task(planned, wait=wait).sealed())
        except RuntimeError as error:  # it was shut down, or its processes died
            future.set_exception(error)
        self._futures[key] = future
        return future

    def _cancel(self) -> None:
        """Cancel what has not begun; what is under way hears of a wish to stop by its claim."""
        for future in self._futures.values():
            future.cancel()

    def _task(self, planned: PlannedWalkthrough, *, wait: bool) -> WalkthroughTask:
        settings, root = self._settings, self._settings.media_root
        timing = replace(self._timing, beat=min(self._timing.beat, _BEAT))
        return WalkthroughTask(
            self._context.run,
            self._ledger_id,
            planned,
            self._versions_for(planned),
            settings.addresses,
            self._context.uploads.options,
            timing,
            settings.credentials.username,
            settings.congestion_control,
            root if isinstance(root, StoreAddress) else None,
            wait,
        )

    def _versions_for(self, planned: PlannedWalkthrough) -> dict[Any, int]:
        """Of the walkthrough, and of those that may have been given one of its recordings."""
        own = {recording.identity for recording in planned.recordings}
        place = self._planned.plan.addresses.destination(planned.project)
        return {
            (place, id_): state.version
            for (project, id_), state in self._planned.states.items()
            if project == planned.project
            if id_ == planned.id or not state.recordings or own & state.recordings.keys()
        }

    def is_over(self) -> bool:
        """Whether the run was asked to stop, and the worker had its time to do so."""
        if not self._context.uploads.stop.requested:
            return False
        self._cancel()
        try:
            self._grace.check()
        except TimeoutError:
            return True
        return False

    def result(self, planned: PlannedWalkthrough, future: Future[Any]) -> JobResult:
        """What the worker says it came to; where it says nothing, what the ledger says."""
        told = _told(future)
        if not isinstance(told, JobResult):
            return self._without(planned, told)
        if told.refused:  # each further attempt to log in might lock the account
            self._cancel()
        self._look([(planned.project, planned.id)])
        for event in told.unwritten:
            self._keep(event)
        is_taken = told.is_taken and (planned.project, planned.id) not in self._for_good
        return replace(told, is_taken=is_taken, unwritten=())

    def take_digests(self) -> list[JobResult]:
        """None is left: each worker takes those of its walkthrough once that is finished."""
        return []

    def _without(self, planned: PlannedWalkthrough, told: str | BaseException | None) -> JobResult:
        """What became of work whose worker refused, or was lost."""
        key = planned.project, planned.id
        self._wait_for_its_claim(key)
        stopping = self._context.uploads.stop.requested
        if isinstance(told, str) and key not in self._for_good and not stopping:
            return JobResult(is_taken=True)  # another worker may be able to
        own = [event for event in self._context.journal.events if event.walkthrough == planned.id]
        own = [event for event in own if event.destination.project == planned.project]
        is_ended = any(event.kind in _ENDS and not event.recording for event in own)
        if not is_ended and (isinstance(told, str) or not stopping):
            how = f" ({type(told).__name__}: {told})" if told else ""
            self._say(planned, told if isinstance(told, str) else f"{_LOST}{how}", own)
        return JobResult()

    def _say(self, planned: PlannedWalkthrough, why: str, own: Sequence[Event]) -> None:
        place = self._planned.plan.addresses.destination(planned.project)
        now, run = self._context.uploads.clock.now(), self._context.run
        kind = Kind.FAILED if own else Kind.STOPPED
        data = {"reason": why, "begun": bool(own), "next_steps": [_AGAIN]}
        self._keep(Event(now, run, place, planned.id, kind, data=data))

    def _wait_for_its_claim(self, key: _Key) -> None:
        """Wait until no worker is at it; one that died seems to be until its claim is over."""
        while True:
            self._look([key])
            if key not in self._claimed:
                return
            try:
                self._grace.check()
            except TimeoutError:
                return
            self._over.wait(self._timing.look)

    def _follow(self) -> None:
        while not self._over.wait(self._timing.look):
            self._look(())

    def _look(self, keys: Iterable[_Key]) -> None:
        """Take over how far the workers are, and what they wrote of these and of theirs."""
        with self._one_at_a_time:
            try:
                before = set(self._claimed)
                claims = read_claims(self._ledger.database)
                self._claimed = {
                    (claim.destination.project, claim.walkthrough): claim
                    for claim in claims
                    if claim.run == self._context.run
                }
                events = self._events({*keys, *before, *self._claimed})
            except LedgerError:
                return  # whoever writes waits for it, and says what is wrong
            for event in events:
                self._keep(event)
        for (_, id_), claim in self._claimed.items():
            for name, (offset, length) in claim.progress.items():
                self._context.listener(BytesMoved(id_, name, offset, length))

    def _events(self, keys: set[_Key]) -> list[Event]:
        found: list[Event] = []
        for project in sorted({project for project, _ in keys}):
            place = self._planned.plan.addresses.destination(project)
            ids = {id_ for known, id_ in keys if known == project}
            found += self._ledger.events_of(place, ids)
        return [event for event in found if event.run == self._context.run]

    def _keep(self, event: Event) -> None:
        if event.id and event.id in self._seen:
            return
        self._seen.add(event.id)
        self._context.journal.keep(event)


def _told(future: Future[Any]) -> Any:
    """The result, or what was raised instead; None where the work was given up."""
    if future.cancelled() or not future.done():
        return None
    return future.exception() or future.result()
