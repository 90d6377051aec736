"""The protocol of one new drawing: its picture, intent, create; in this order.

As with a walkthrough, the intent is in the ledger before the request leaves, and an intent without
an outcome is a hold. What was sent of the picture is not sent again.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from runner.base.clock import seconds_awake_or_asleep
from runner.base.errors import (
    CredentialsError,
    DecisionError,
    LedgerError,
    OvertakenError,
    SitewalkError,
    StoppedError,
)
from runner.base.wording import size
from runner.evercam.client import Evercam, LoginFailedError, NewFloor
from runner.evercam.http.errors import (
    RefusedError,
    RequestFailedError,
    UnknownOutcomeError,
)
from runner.evercam.http.session import Session
from runner.ledger.drawings import drawing_stream
from runner.ledger.events import Event, Kind
from runner.ledger.lock import Holder
from runner.ledger.state import WalkthroughState
from runner.recordings.files import RecordingFile
from runner.upload.intent import Intent
from runner.upload.journal import RunJournal
from runner.upload.recording.context import UploadContext, UploadListener
from runner.upload.recording.engine import RecordingUpload
from runner.upload.retry import Next, Repeater, RetryBudget, Step, Wait, decide

_DOUBTFUL = {400, 404, 409, 422}
"""Refusals that may be about the picture."""


@dataclass(frozen=True, slots=True)
class DrawingWork:
    """A drawing that is to be made: `body` gives the request's, from the picture's tus address.

    `sha256` is the picture's, `known` what the ledger has of it, `next_steps` lead out of a hold.
    """

    name: str
    floor: NewFloor
    picture: RecordingFile
    sha256: str
    body: Callable[[str], Mapping[str, Any]]
    known: WalkthroughState
    next_steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawingContext:
    """What making a drawing needs from outside; `say` is told what happens, in words."""

    run: str
    holder: Holder
    evercam: Evercam
    journal: RunJournal
    uploads: UploadContext
    new_session: Callable[[], Session]
    say: Callable[[str], None]
    uptime: Callable[[], float] = seconds_awake_or_asleep


def make_drawing(work: DrawingWork, context: DrawingContext) -> int:
    """Send the picture as far as it is not there, and make the drawing; returns its id.

    Raises DecisionError when nobody knows whether it was made, and whatever else ended it, which
    the ledger has then.
    """
    making = _Making(work, context)
    try:
        return making.create(making.send())
    except DecisionError as error:
        making.close(Kind.HELD, error)
        raise
    except StoppedError as error:
        making.close(Kind.STOPPED, error)
        raise
    except SitewalkError as error:
        making.close(Kind.FAILED, error)
        raise


class _Making:
    def __init__(self, work: DrawingWork, context: DrawingContext) -> None:
        self._work = work
        self._context = context
        self._clock = context.uploads.clock

    def send(self) -> str:
        """Send the picture; returns its tus address as the server gave it."""
        picture = self._work.picture
        known = self._work.known.recordings.get(str(picture.identity))
        if known is not None and known.sha256 not in {None, self._work.sha256}:
            self._record(Kind.ABANDONED, str(picture.identity), reason="the picture was changed")
            known = None
        if known is not None and known.uploaded and known.tus_url:
            return known.tus_url
        self._context.say(f"sending {picture.name} ({size(picture.length)})")
        listener = UploadListener(waiting=self._waiting, note=self._context.say)
        record = partial(self._record, recording=str(picture.identity))
        with self._context.new_session() as session:
            upload = RecordingUpload(session, picture, self._context.uploads, record, listener)
            # A picture is small: what was sent of it is compared, whatever its time of change says.
            return upload.run(replace(known, modified=None) if known else None).location

    def create(self, location: str) -> int:
        """Make the drawing from a picture that is there; returns its id.

        What is known not to have been done is repeated as the retry policy says.
        """
        self._context.evercam.secrets.add(location.rstrip("/").rpartition("/")[2])
        body = self._work.body(location)
        uploads = self._context.uploads
        budget = RetryBudget(uploads.options.retry_for, self._clock.monotonic())
        repeater = Repeater(
            budget,
            self._clock,
            uploads.stop,
            uploads.rng,
            lambda wait, error: self._waiting(wait, str(error)),
        )
        return repeater.repeat(partial(self._try_to_create, body), _what_follows)

    def _try_to_create(self, body: Mapping[str, Any]) -> int:
        work, evercam = self._work, self._context.evercam
        evercam.log_in()  # now, for it could take the seconds that an intent has
        write = partial(self._record, Kind.CREATING, **self._intent())
        intent = Intent(write, self._context.uptime)
        try:
            intent()
            id_ = evercam.create_drawing(work.floor, body, intent)
        except UnknownOutcomeError as error:
            message = f"nobody knows whether drawing `{work.name}` was created: {error}"
            raise DecisionError(message, "; ".join(work.next_steps)) from error
        except (RequestFailedError, CredentialsError) as error:
            self._refused(error)
            raise
        self._created(id_)
        return id_

    def _intent(self) -> dict[str, Any]:
        work = self._work
        return {
            "name": work.name,
            "created_by": work.floor.created_by,
            "recordings": {str(work.picture.identity): work.picture.name},
            "sha256": work.sha256,
            **asdict(self._context.holder),
        }

    def _created(self, id_: int) -> None:
        try:
            self._record(Kind.CREATED, upload_id=id_)
        except LedgerError as error:
            if isinstance(error, OvertakenError):
                self._context.journal.close_with(self._event(Kind.STRAY, "", {"upload_id": id_}))
            message = f"Evercam created drawing {id_}, but {error}"
            help_ = f"{error.help}; then adopt {id_}: {'; '.join(self._work.next_steps)}"
            raise DecisionError(message, help_) from error

    def _refused(self, refusal: SitewalkError) -> None:
        try:
            self._record(Kind.REFUSED, reason=str(refusal))
            if isinstance(refusal, RefusedError) and refusal.status in _DOUBTFUL:
                # The next run asks the tus server again: it may have lost what it had confirmed.
                self._record(Kind.SENT, str(self._work.picture.identity), offset=0)
        except LedgerError as error:
            message = f"no drawing was created: {refusal}; but {error}"
            raise DecisionError(message, f"{error.help}; then settle it with --retry") from error

    def _waiting(self, wait: Wait, reason: str) -> None:
        self._context.say(f"trying again in {wait.seconds:.0f} s: {reason}")

    def close(self, kind: Kind, error: SitewalkError) -> None:
        """Say in the ledger how it ended, where that can still be kept."""
        help_ = [error.help] if error.help else []
        data = {"reason": str(error), "next_steps": help_}
        self._context.journal.close_with(self._event(kind, "", data))

    def _record(self, kind: Kind, recording: str = "", **data: Any) -> None:
        self._context.journal.append(self._event(kind, recording, data))

    def _event(self, kind: Kind, recording: str, data: Mapping[str, Any]) -> Event:
        floor = self._work.floor
        destination = self._context.evercam.addresses.destination(floor.project)
        stream, run = drawing_stream(self._work.name), self._context.run
        return Event(self._clock.now(), run, destination, stream, kind, recording, data)


def _what_follows(error: RequestFailedError) -> Next:
    """What the policy says; of the login, where the request waits for one."""
    if isinstance(error, LoginFailedError):
        return decide(Step.LOGIN, error.cause)
    return decide(Step.CREATE, error)
