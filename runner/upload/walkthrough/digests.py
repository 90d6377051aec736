"""The sha256 of recordings that several runs sent: taken after the finish, compared on the way."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from runner.base.clock import CancelToken
from runner.base.errors import (
    LedgerError,
    OvertakenError,
    RecordingChangedError,
    SitewalkError,
    StoppedError,
)
from runner.base.wording import size
from runner.ledger.events import Kind
from runner.ledger.next_steps import out_of_mixing
from runner.plan.model import PlannedRecording
from runner.recordings.stored import Location
from runner.upload.journal import StepDone
from runner.upload.recording.chunking import last_modified, open_recording
from runner.upload.recording.same_file import OtherContentError, whole_sha256
from runner.upload.walkthrough.context import RunContext
from runner.upload.walkthrough.upload import WalkthroughUpload

_EVERY = 10.0
"""Seconds after which it is told how far a recording is read."""


def take_digests(upload: WalkthroughUpload, context: RunContext) -> None:
    """Take what a finished walkthrough lacks, one recording after the other.

    A wish to stop costs the digests that are not taken yet and nothing else, and so does another
    run that has written of the walkthrough since.
    """
    wanted = [one for one in upload.planned.recordings if one.identity in upload.unhashed]
    try:
        with _claimed(upload, context) as stop:
            for recording in wanted:
                stop.check()
                _take(upload, recording, stop)
    except StoppedError:
        return
    except SitewalkError as error:
        context.listener(StepDone(upload.planned.id, "note", f"no sha256: {error}"))


@contextlib.contextmanager
def _claimed(upload: WalkthroughUpload, context: RunContext) -> Iterator[CancelToken]:
    """The wish to stop while this is entered; on a shared ledger, the walkthrough is ours again."""
    stop, claims, id_ = context.uploads.stop, context.claims, upload.planned.id
    stop.check()
    if claims is None:
        yield stop
        return
    with claims.claim(upload.destination, id_, (), wait=False, stop=stop) as claimed:
        if claimed.state.run != context.run:
            raise OvertakenError(f"run {claimed.state.run} wrote of `{id_}` meanwhile")
        yield claimed.stop


def _take(upload: WalkthroughUpload, recording: PlannedRecording, stop: CancelToken) -> None:
    """Read one recording; what comes of it is an event. Raises StoppedError, LedgerError."""
    place, identity = upload.files[recording.name].location, recording.identity
    (modified, checkpoints), told = upload.unhashed[identity], _telling(upload, recording)
    try:
        sha256 = whole_sha256(place, recording.length, checkpoints, stop.check, told)
    except StoppedError:
        raise
    except OtherContentError:
        if _modified(place) == modified:
            _tell_of_mixed(upload, recording)
        else:
            upload.close_with(Kind.HASHED, identity, reason=_CHANGED)
    except RecordingChangedError:
        upload.close_with(Kind.HASHED, identity, reason=_CHANGED)
    except SitewalkError as error:
        upload.close_with(Kind.HASHED, identity, reason=f"no sha256: {error}")
    else:
        upload.close_with(Kind.HASHED, identity, sha256=sha256)


_CHANGED = "no sha256: the file was changed after it was sent"


def _modified(place: Location) -> int | str:
    with open_recording(place) as file:
        return last_modified(file)


def _tell_of_mixed(upload: WalkthroughUpload, recording: PlannedRecording) -> None:
    """Have a person decide: the file was changed between runs, and its time of change put back."""
    planned, name, linked = upload.planned, recording.name, upload.upload_id
    reason = f"`{name}` is not what was sent of it: upload {linked} may hold bytes of two versions"
    steps = out_of_mixing(planned.manifest, planned.id, linked)
    told: dict[str, Any] = {"next_steps": steps, "retries": upload.retries, "outcome": "changed"}
    try:
        upload.record(Kind.HASHED, recording.identity, mixed=True)  # written with the next one
        upload.record(Kind.FAILED, reason=reason, **told)
    except LedgerError as error:
        reason += f"; the ledger could not keep that: {error}"
        upload.close_with(Kind.FAILED, reason=reason, **told)


def _telling(upload: WalkthroughUpload, recording: PlannedRecording) -> Callable[[int], None]:
    """Tells at once that a recording is read, and from time to time how far that is."""
    clock, length = upload.context.uploads.clock, recording.length
    last = clock.monotonic()

    def tell(words: str) -> None:
        detail = f"{recording.name}, {words}; a Ctrl-C now costs only its sha256"
        upload.context.listener(StepDone(upload.planned.id, "hashing", detail))

    def moved(reached: int) -> None:
        nonlocal last
        if clock.monotonic() - last >= _EVERY:
            last = clock.monotonic()
            tell(f"{100 * reached // length} % of {size(length)}")

    tell(size(length))
    return moved
