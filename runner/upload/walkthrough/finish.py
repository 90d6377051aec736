"""The finish of a walkthrough: its recordings are linked to its upload object, in order."""

from functools import partial

from runner.base.errors import LedgerError
from runner.evercam.client import Link, LinkedRecording
from runner.evercam.http.errors import RefusedError
from runner.ledger.events import Kind
from runner.upload.records import WrongAdoptionError, finish_intent
from runner.upload.retry import Step
from runner.upload.walkthrough.upload import WalkthroughUpload

_ABSENT = {404, 410}
"""Refusals of the finish request that say there is no such upload object."""

_DOUBTFUL = {400, 409, 422}
"""Refusals of the finish request that may be about the recordings it names."""


def finish(upload: WalkthroughUpload, links: list[LinkedRecording]) -> None:
    """Link the recordings. Raises the errors of a request, WrongAdoptionError, LedgerError."""
    planned, upload_id = upload.planned, upload.upload_id
    if upload_id is None:
        raise LedgerError(f"the ledger has no upload id for {planned.id}")
    link = Link(
        upload.uploaded_by,
        links,
        planned.start_position,
        planned.end_position,
        planned.target_points_count,
    )
    upload.record(Kind.FINISHING, **finish_intent(planned))
    status = upload.repeat(Step.FINISH, partial(_try_to_finish, upload, upload_id, link))
    upload.record(Kind.FINISHED, status=status, retries=upload.retries)


def _try_to_finish(upload: WalkthroughUpload, upload_id: int, link: Link) -> int:
    try:
        return upload.context.evercam.finish(upload_id, link)
    except RefusedError as error:
        _learn_from(upload, error)
        raise


def _learn_from(upload: WalkthroughUpload, refusal: RefusedError) -> None:
    """Take from a refused finish what is wrong with the upload object or its recordings."""
    if refusal.status in _DOUBTFUL:
        # The next run asks the tus server again: it may have lost what it had confirmed.
        for planned in upload.planned.recordings:
            upload.record(Kind.SENT, planned.identity, offset=0)
    if refusal.status in _ABSENT and upload.known.is_adopted:
        raise WrongAdoptionError(str(refusal), refusal.help) from refusal
