"""The notices of an `apply`: when it begins to need a person, and at its end."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from runner.base.clock import CancelToken
from runner.base.errors import SitewalkError, StoppedError
from runner.cli.console import Console
from runner.flow.notices import HASTE, PATIENCE, Courier, read_addresses
from runner.ledger.folder import refuse_foreign_folder
from runner.plan.model import Action
from runner.plan.planner import Planned
from runner.report.forms.notice import Notice, end_notice, failure_notice, is_news, need_notice
from runner.report.results import Outcome, Results
from runner.settings import Settings, is_from_file
from runner.upload.journal import ProgressEvent, ProgressListener, StepDone

_GRACE = 15.0
"""Seconds from what needs a person to its notice: a run that ends by then tells all at once."""

_FULL = ("disk is full", "No space left")


class Notices:
    """The notices of a run."""

    def __init__(self, courier: Courier, stop: CancelToken) -> None:
        self._courier = courier
        self._stop = stop
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._needs_a_person = False
        self._host = socket.gethostname()

    def ended(self, results: Results, folder: Path) -> None:
        """Send the notice of a run's results."""
        if is_news(results):
            self._send_last(end_notice(results, self._host, folder / "report.html"))

    def failed(self, error: SitewalkError) -> None:
        """Send the notice that nothing was done."""
        self._send_last(failure_notice(self._host, error))

    def watching(self, planned: Planned, listener: ProgressListener) -> ProgressListener:
        """A listener that hears what begins to need a person, and passes everything on."""
        for walkthrough in planned.plan.with_action(Action.HELD, Action.CHANGED)[:1]:
            self._need(f"{walkthrough.action} since before this run", walkthrough.id)

        def listen(event: ProgressEvent) -> None:
            if isinstance(event, StepDone) and event.step == Outcome.HELD:
                self._need("held: only a person can tell what became of it", event.walkthrough)
            elif isinstance(event, StepDone) and any(words in event.detail for words in _FULL):
                self._need("the disk is full")
            listener(event)

        return listen

    def _need(self, what: str, walkthrough: str = "") -> None:
        """Send a notice the first time only; the notice of the end has the rest."""
        with self._lock:
            if self._needs_a_person:
                return
            self._needs_a_person = True
        notice = need_notice(self._host, what, walkthrough)
        threading.Thread(target=self._tell_soon, args=(notice,), daemon=True).start()

    def _tell_soon(self, notice: Notice) -> None:
        if not self._over.wait(_GRACE):
            self._courier.send(notice)

    def _send_last(self, notice: Notice) -> None:
        self._over.set()
        self._courier.send(notice)
        self._courier.finish(HASTE if self._stop.requested else PATIENCE)


@contextlib.contextmanager
def notices_of(settings: Settings, stop: CancelToken, console: Console) -> Iterator[Notices]:
    """The notices of a run to the addresses that are set, also of its failure.

    Raises UsageError, and LedgerError for a settings.toml that came with a repository.
    """
    if is_from_file(settings, "notify"):
        refuse_foreign_folder(Path(settings.sources["notify"]).parent)
    notices = Notices(Courier(read_addresses(settings.notify), console.say), stop)
    try:
        yield notices
    except StoppedError:
        raise  # by who is there
    except SitewalkError as error:
        notices.failed(error)
        raise
