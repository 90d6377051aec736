"""The recordings of one walkthrough, sent at once as slots come free."""

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import replace
from functools import partial

from runner.base.clock import CancelToken
from runner.base.errors import SitewalkError, StoppedError
from runner.evercam.client import LinkedRecording
from runner.ledger.events import Kind
from runner.ledger.state import RecordingState
from runner.plan.model import PlannedRecording
from runner.upload.journal import BytesMoved, Off, Retrying, StepDone
from runner.upload.recording.context import UploadListener
from runner.upload.recording.engine import RecordingUpload
from runner.upload.walkthrough.upload import WalkthroughUpload

_PART = 0.2
"""Seconds of a pause between looks at the other recordings."""

_ANOTHER_FAILED = "stopped, as another recording of the walkthrough failed"


def send_recordings(upload: WalkthroughUpload) -> list[LinkedRecording]:
    """Send what is not there yet; returns the links in the manifest's order.

    Where one recording fails, those not begun are left, and those under way note how far they are.
    Raises what the first one met.
    """
    _abandon_what_is_no_longer_listed(upload)
    together = _Together(upload.context.uploads.stop)
    work = [partial(_link, upload, together, recording) for recording in upload.planned.recordings]
    upload.unsent = sum(not _is_there(upload, one) for one in upload.planned.recordings)
    upload.is_sending = True
    futures = upload.context.slots.start(work, together.ended)
    _wait(futures)
    upload.is_sending = False
    if together.failure is not None:
        raise together.failure
    return [future.result() for future in futures]


def _abandon_what_is_no_longer_listed(upload: WalkthroughUpload) -> None:
    listed = {recording.identity for recording in upload.planned.recordings}
    for identity, state in upload.known.recordings.items():
        if identity not in listed:
            reason = "the manifest lists another file now"
            upload.record(Kind.ABANDONED, identity, name=state.name, reason=reason)


class _Together(CancelToken):
    """The wish to stop the recordings of one walkthrough: the run's, or one of them has failed."""

    def __init__(self, run: CancelToken) -> None:
        super().__init__()
        self._run = run
        self.failure: BaseException | None = None

    @property
    def requested(self) -> bool:
        """Whether anybody asked."""
        return super().requested or self._run.requested

    def check(self) -> None:
        """Raise StoppedError when somebody asked."""
        super().check()
        self._run.check()

    def pause(self, seconds: float) -> None:
        """Wait, but raise StoppedError soon after somebody asks to stop."""
        while True:
            self.check()
            self._run.pause(min(seconds, _PART))
            seconds -= _PART
            if seconds <= 0:
                return

    def why(self, error: SitewalkError) -> str:
        """Why a recording was not sent to its end, which may be another one's failure."""
        is_anothers = isinstance(error, StoppedError) and not self._run.requested
        return _ANOTHER_FAILED if is_anothers else str(error)

    def ended(self, recording: Future[LinkedRecording]) -> None:
        """Stop the others after a recording that failed; what the first one met is kept."""
        if recording.cancelled():
            return
        failure = recording.exception()
        if failure is not None:
            self.failure = self.failure or failure
            self.request()


def _wait(futures: Sequence[Future[LinkedRecording]]) -> None:
    for future in futures:
        with suppress(CancelledError):
            future.exception()


def _is_there(upload: WalkthroughUpload, planned: PlannedRecording) -> bool:
    known = upload.known.recordings.get(planned.identity)
    return known is not None and known.uploaded and known.tus_url is not None


def _link(
    upload: WalkthroughUpload, together: _Together, planned: PlannedRecording
) -> LinkedRecording:
    known = upload.known.recordings.get(planned.identity)
    if known is not None and known.tus_url and _is_there(upload, planned):
        if known.sha256 is None and upload.context.uploads.options.sha256:
            upload.unhashed[planned.identity] = known.modified, known.checkpoints
        return LinkedRecording(known.tus_url, planned.title)
    together.check()
    return LinkedRecording(_send(upload, together, planned, known), planned.title)


def _send(
    upload: WalkthroughUpload,
    together: _Together,
    planned: PlannedRecording,
    known: RecordingState | None,
) -> str:
    """Send one recording; its tus address. Raises what RecordingUpload.run does."""
    record = partial(upload.record, recording=planned.identity)
    if known is not None and known.tus_url is not None:
        # Or a run that dies now would seem not to have begun it.
        record(Kind.SENT, offset=known.offset, resumed=True)
    context, file = replace(upload.context.uploads, stop=together), upload.files[planned.name]
    with upload.context.tus.lend(together.check) as session:
        sending = RecordingUpload(session, file, context, record, _listener(upload, planned))
        try:
            sent = sending.run(known)
        except SitewalkError as error:
            kind = Kind.STOPPED if isinstance(error, StoppedError) else Kind.FAILED
            told = {"bytes": sending.bytes_sent, "retries": sending.retries}
            upload.close_with(kind, planned.identity, reason=together.why(error), **told)
            raise
    if sent.sha256 is None and context.options.sha256:
        upload.unhashed[planned.identity] = sent.modified, sent.checkpoints
    return sent.location


def _listener(upload: WalkthroughUpload, planned: PlannedRecording) -> UploadListener:
    tell, id_, name = upload.context.listener, upload.planned.id, planned.name
    return UploadListener(
        offset=partial(_moved, upload, planned),
        waiting=lambda wait, why: tell(Retrying(id_, name, wait.seconds, wait.left, why)),
        off=lambda until: tell(Off(id_, name, until)),
        note=lambda text: tell(StepDone(id_, "note", f"{name}: {text}")),
    )


def _moved(upload: WalkthroughUpload, planned: PlannedRecording, offset: int) -> None:
    if upload.claimed is not None:
        upload.claimed.moved(planned.name, offset, planned.length)
    upload.context.listener(BytesMoved(upload.planned.id, planned.name, offset, planned.length))
