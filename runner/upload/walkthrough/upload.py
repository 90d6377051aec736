"""The upload of one walkthrough within one run: what its steps share, and how they write events."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from runner.base.errors import StoppedError
from runner.evercam.client import LoginFailedError
from runner.evercam.http.errors import RequestFailedError
from runner.ledger.claim import Claimed
from runner.ledger.events import Event, Kind
from runner.ledger.state import Checkpoint
from runner.upload.journal import Off, Retrying
from runner.upload.retry import Repeater, Result, RetryBudget, Step, Wait, decide
from runner.upload.walkthrough.context import JobInput, RunContext


class WalkthroughUpload:
    """A walkthrough on its way: what is planned and known of it, and how far it has come.

    `in_doubt`: the intent to create may be written, and its outcome is not yet. `is_sending` while
    recordings are read and sent, of which `unsent` are not there yet. `is_left` once nothing more
    is written. `retries` counts requests to Evercam that were repeated. `unhashed` are the
    checkpoints, by identity, of recordings that are there and of which a sha256 is still to be
    taken. Its recordings may write events at once, and each gets a version of its own. Events that
    nothing waits between are written together.
    """

    claimed: Claimed | None = None
    unhashed: dict[str, tuple[int | str | None, tuple[Checkpoint, ...]]]

    def __init__(self, work: JobInput, context: RunContext) -> None:
        self.planned = work.planned
        self.files = work.files
        self.known = work.known
        self.context = context
        self.destination = context.evercam.addresses.destination(self.planned.project)
        self.uploaded_by = self.planned.uploaded_by or context.uploader or ""
        self.upload_id = self.planned.upload_id
        self.in_doubt = False
        self.is_sending = False
        self.retries = 0
        self.unsent = 0
        self.unhashed = {}
        self.writing = threading.RLock()
        self.is_left = False
        self._written_together: list[Event] = []

    def leave(self) -> None:
        """Write nothing more from here on."""
        self.is_left = True

    def record(self, kind: Kind, recording: str = "", **data: Any) -> None:
        """Make an event durable, or the next one with it. Raises OvertakenError, LedgerError."""
        with self.writing:
            if self.is_left:
                raise StoppedError
            self._written_together.append(self._event(kind, recording, data))
            if not self._is_followed(kind, data):
                self.context.journal.append(*self._all_to_write())

    def close_with(self, kind: Kind, recording: str = "", **data: Any) -> None:
        """Keep the last words about something, in the ledger if it takes them."""
        with self.writing:
            if not self.is_left:
                self._written_together.append(self._event(kind, recording, data))
                self.context.journal.close_with(*self._all_to_write())

    def _is_followed(self, kind: Kind, data: Mapping[str, Any]) -> bool:
        """Whether another event is about to be written, and nothing goes on before that one is.

        A tus upload that is made before its intent is on disk is harmless, when nobody knows of it.
        """
        if kind is Kind.UPLOADED:
            self.unsent -= 1
            return self.unsent == 0  # the finish comes next
        return kind is Kind.TUS_CREATING or "mixed" in data

    def _all_to_write(self) -> list[Event]:
        events, self._written_together = self._written_together, []
        return events

    def _event(self, kind: Kind, recording: str, data: Mapping[str, Any]) -> Event:
        now, run = self.context.uploads.clock.now(), self.context.run
        return Event(now, run, self.destination, self.planned.id, kind, recording, data)

    def repeat(self, step: Step, attempt: Callable[[], Result]) -> Result:
        """Repeat a request of Evercam's, and the login it may take, as the policy says."""
        uploads = self.context.uploads
        budget = RetryBudget(uploads.options.retry_for, uploads.clock.monotonic())
        tell = partial(self._waiting, step)
        repeater = Repeater(budget, uploads.clock, uploads.stop, uploads.rng, tell)

        def attempt_when_allowed() -> Result:
            tell_off = partial(self._off, step)
            budget.excuse(uploads.pace.wait_while_off(uploads.stop.pause, tell_off))
            return attempt()

        return repeater.repeat(
            attempt_when_allowed, lambda error: decide(*_failed_step(step, error))
        )

    def _off(self, step: Step, until: dt.datetime) -> None:
        self.context.listener(Off(self.planned.id, step.name.lower(), until))

    def _waiting(self, step: Step, wait: Wait, error: RequestFailedError) -> None:
        self.retries += 1
        what = _failed_step(step, error)[0].name.lower()
        self.context.listener(Retrying(self.planned.id, what, wait.seconds, wait.left, str(error)))


def _failed_step(step: Step, error: RequestFailedError) -> tuple[Step, RequestFailedError]:
    """The step that failed, and how: the login, where the request waits for one."""
    return (Step.LOGIN, error.cause) if isinstance(error, LoginFailedError) else (step, error)
