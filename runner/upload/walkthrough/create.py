"""The create of a walkthrough: its intent, the request that cannot be repeated, its outcome."""

import threading
from functools import partial

from runner.base.errors import (
    CredentialsError,
    LedgerError,
    OvertakenError,
    SitewalkError,
    StoppedError,
)
from runner.evercam.client import NewUpload
from runner.evercam.http.errors import (
    RequestFailedError,
    UnknownOutcomeError,
)
from runner.ledger.events import Kind
from runner.ledger.state import NOTHING_KNOWN
from runner.upload.intent import Intent
from runner.upload.records import HeldError, create_intent
from runner.upload.retry import Step
from runner.upload.walkthrough.context import RunContext
from runner.upload.walkthrough.upload import WalkthroughUpload


def create(upload: WalkthroughUpload) -> None:
    """Make the upload object; meanwhile the connection for the first recording is opened.

    Raises HeldError where nobody knows whether it exists; the errors of a request where it does
    not; NotBegunError, LedgerError, StoppedError.
    """
    upload.context.halt.check_create()
    if upload.planned.upload_id is not None:
        upload.record(Kind.RENEWED)
        upload.known, upload.upload_id = NOTHING_KNOWN, None
    if not upload.context.tus.is_ready:
        # Nobody waits for it: where it fails, the recording that comes upon it says why.
        opening = partial(_open_ahead, upload.context)
        threading.Thread(target=opening, name="connecting", daemon=True).start()
    _created(upload, upload.repeat(Step.CREATE, partial(_try_to_create, upload)))


def _open_ahead(context: RunContext) -> None:
    session = context.tus.take()
    session.check = context.uploads.stop.check
    try:
        session.open(context.uploads.tus_url)
    except (RequestFailedError, StoppedError):
        session.close()
    else:
        context.tus.give(session)


def _write_intent(upload: WalkthroughUpload) -> None:
    upload.in_doubt = True
    upload.record(Kind.CREATING, **create_intent(upload.planned))


def _try_to_create(upload: WalkthroughUpload) -> int:
    """Ask for the upload object once; what is known to have had no effect may be repeated."""
    upload.context.halt.check_create()
    try:
        intent = Intent(partial(_write_intent, upload), upload.context.uptime)
        return upload.context.evercam.create(_new_upload(upload), intent)
    except UnknownOutcomeError as error:
        upload.context.halt.consider(error)
        message = f"nobody knows whether Evercam acted on the create request: {error}"
        raise HeldError(message) from error
    except (RequestFailedError, CredentialsError) as error:
        if upload.in_doubt:
            _refused(upload, error)
        raise


def _new_upload(upload: WalkthroughUpload) -> NewUpload:
    planned = upload.planned
    return NewUpload(
        planned.project, planned.date, planned.name, planned.drawing_id, upload.uploaded_by
    )


def _created(upload: WalkthroughUpload, upload_id: int) -> None:
    upload.upload_id = upload_id
    try:
        upload.record(Kind.CREATED, upload_id=upload_id)
    except OvertakenError as error:
        claims = upload.context.claims
        if claims and claims.has_upload(upload.destination, upload.planned.id, upload_id):
            upload.in_doubt = False
            # In this run's own words: the ledger has those of the person who adopted it.
            upload.close_with(Kind.CREATED, upload_id=upload_id)
            raise
        upload.close_with(Kind.STRAY, upload_id=upload_id)
        message = f"Evercam created upload {upload_id}, but {error}"
        help_ = f"look on the dashboard whether the walk is there twice, as upload {upload_id}"
        raise HeldError(message, help_) from error
    except LedgerError as error:
        message = f"Evercam created upload {upload_id}, but {error}"
        raise HeldError(message, f"{error.help}; then adopt upload {upload_id}") from error
    upload.in_doubt = False


def _refused(upload: WalkthroughUpload, refusal: SitewalkError) -> None:
    try:
        upload.record(Kind.REFUSED, reason=str(refusal))
    except OvertakenError:
        upload.in_doubt = False
        # In this run's own words: the ledger has those of who went on.
        upload.close_with(Kind.REFUSED, reason=str(refusal))
        raise
    except LedgerError as error:
        message = f"no upload was created: {refusal}; but {error}"
        raise HeldError(message, f"{error.help}; then settle it with --retry") from error
    upload.in_doubt = False
