"""A walkthrough's work as it travels to another process, and how that process carries it out."""

import os
import pickle
import platform
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from runner.base.clock import CancelToken, SteadyClock, SystemClock
from runner.base.errors import SitewalkError, UsageError, reason_of
from runner.base.version import VERSION
from runner.evercam.addresses import Addresses, lacking
from runner.flow.context import Runtime, Versions, run_context
from runner.ledger.address import LedgerAddress
from runner.ledger.claims import Timing
from runner.ledger.lock import this_process
from runner.ledger.state import WalkthroughState
from runner.ledger.store import Ledger
from runner.plan.model import PlannedRecording, PlannedWalkthrough, TransferKind
from runner.recordings.address import MediaRoot, StoreAddress
from runner.recordings.files import RecordingFile, open_root
from runner.recordings.identity import Identity
from runner.recordings.roots import Root, UnfitFileError
from runner.settings import Settings, read_settings
from runner.upload.recording.context import UploadOptions
from runner.upload.slots import run
from runner.upload.threads import job_result, run_job, take_digests
from runner.upload.walkthrough.context import JobInput, JobResult, RunContext
from runner.upload.walkthrough.job import Job

Watch = Callable[[CancelToken], AbstractContextManager[None]]
"""While this is entered, the end of a worker becomes the wish to stop its work."""


@dataclass(frozen=True, slots=True)
class WalkthroughTask:
    """The work on one walkthrough: what a worker cannot know by itself, and nothing secret.

    `ledger` is the id of the one to write to. `versions` are of the ledger's events that it was
    planned from. `media_root` is an address that holds from everywhere; a worker's own goes before.
    """

    run: str
    ledger: str
    planned: PlannedWalkthrough
    versions: Versions
    addresses: Addresses
    options: UploadOptions
    timing: Timing
    uploader: str | None = None
    congestion_control: str = ""
    media_root: StoreAddress | None = None
    wait: bool = False

    def sealed(self) -> "SealedTask":
        """The task with its name and version on the outside."""
        name = f"{self.run}-{self.planned.project}-{self.planned.id}"
        return SealedTask(name + "-again" * self.wait, VERSION, pickle.dumps(self))


@dataclass(frozen=True, slots=True)
class SealedTask:
    """A task that a worker of another version does not look into; `name` is for who schedules."""

    name: str
    version: str
    content: bytes


@contextmanager
def stopped_by_signals(stop: CancelToken) -> Iterator[None]:
    """Have SIGTERM and Ctrl-C end the work gently, in a process that works in its first thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: stop.request()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def work_on(task: SealedTask, watch: Watch = stopped_by_signals) -> JobResult | str:
    """Do the work on one walkthrough, in whatever process; or say why this one refuses.

    Credentials, ledger and media root are those of its environment.
    """
    if task.version != VERSION:
        help_ = f"pip install sitewalk=={task.version} there"
        return _refusal(f"it has sitewalk {VERSION}, and the run {task.version}; {help_}")
    try:
        # Who could send another content could send any code as well.
        return _work(pickle.loads(task.content), watch)  # noqa: S301
    except SitewalkError as error:
        return _refusal(f"{error}; {error.help}" if error.help else str(error))


def _refusal(why: str) -> str:
    return f"worker {platform.node()}: {why}"


def _work(task: WalkthroughTask, watch: Watch) -> JobResult:
    settings = _settings_here(task)
    files = _files(task, settings.media_root)
    run_stop, clock = CancelToken(), SystemClock()
    with (
        run_stop.branch() as stop,
        watch(stop),
        _ledger_here(task, settings, stop) as ledger,
    ):
        runtime = Runtime(
            task.run,
            this_process(f"a worker of run {task.run}"),
            stop,
            clock,
            task.options,
            timing=task.timing,
            stop_run=run_stop,
        )
        opened = run_context(settings, ledger, task.versions, runtime, SteadyClock(clock))
        with opened as context:
            result = _done(task, files, replace(context, uploader=task.uploader))
        result = replace(result, unwritten=tuple(context.journal.unwritten))
        if result.refused:
            return replace(result, refused=_refusal(result.refused))
        only_here = stop.requested and not run_stop.requested  # another worker may go on
        return replace(result, is_taken=result.is_taken or only_here)


def _done(task: WalkthroughTask, files: dict[str, RecordingFile], context: RunContext) -> JobResult:
    place = task.addresses.destination(task.planned.project), task.planned.id
    known = WalkthroughState(version=task.versions.get(place, 0))  # the rest is read with the claim
    job, future = Job(JobInput(task.planned, files, known), context), Future[JobResult]()
    run(future, partial(run_job, job, context, wait=task.wait))
    result = job_result(job, future)
    return replace(result, unexpected=result.unexpected or take_digests(job).unexpected)


def _settings_here(task: WalkthroughTask) -> Settings:
    """Those of the task, with this worker's own credentials, ledger and media root."""
    here = read_settings(os.environ)
    if here.credentials.missing:
        raise lacking(here.credentials)
    return replace(
        here,
        addresses=task.addresses,
        media_root=here.media_root or task.media_root,
        congestion_control=task.congestion_control,
        jobs=1,
    )


def _ledger_here(task: WalkthroughTask, settings: Settings, stop: CancelToken) -> Ledger:
    """This worker's ledger, which has to be the run's. Raises UsageError, LedgerError."""
    address = LedgerAddress(settings.ledger or "")
    if not settings.ledger or not address.is_shared:
        message = "SITEWALK_LEDGER names no ledger on a PostgreSQL server here"
        raise UsageError(message, "set it to the run's, in the worker's environment")
    ledger = Ledger.open(address, stop)
    if ledger.id != task.ledger:
        ledger.close()
        message = f"SITEWALK_LEDGER names another ledger here ({address}) than the run has"
        raise UsageError(message, "everything would be created twice: set it to the run's")
    return ledger


def _files(task: WalkthroughTask, media_root: MediaRoot | None) -> dict[str, RecordingFile]:
    """The recordings by name; that they are the planned ones is seen before they are sent.

    Raises UsageError where one that is to be sent is not here.
    """
    if media_root is None:
        help_ = "set it to the folder or address of the recordings, in the worker's environment"
        raise UsageError("SITEWALK_MEDIA_ROOT is not set here", help_)
    root = open_root(media_root)
    hashes = task.options.sha256
    return {one.name: _found(root, one, hashes=hashes) for one in task.planned.recordings}


def _found(root: Root, planned: PlannedRecording, *, hashes: bool) -> RecordingFile:
    name, identity = planned.name, Identity.parse(planned.identity)
    is_there = planned.transfer is TransferKind.NOTHING  # so it is read for a missing digest only
    if is_there and not hashes:
        return RecordingFile(name, Path(name), identity)
    try:
        return RecordingFile(name, root.find(name).location, identity)
    except (OSError, UnfitFileError) as error:
        if is_there:
            return RecordingFile(name, Path(name), identity)
        why = reason_of(error) if isinstance(error, OSError) else str(error)
        message = f"`{name}` cannot be found below {root}: {why}"
        raise UsageError(message, "see to SITEWALK_MEDIA_ROOT there, and its mount") from error
