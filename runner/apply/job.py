"""Own the protocol of one walkthrough: intent, create, each recording, finish; in this order."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NoReturn

from runner.apply.ends import HeldError, JobEnd, Reached, WrongAdoptionError
from runner.apply.halt import Halt, NotBegunError
from runner.apply.intents import create_intent, finish_intent
from runner.apply.news import Broke, Happened, Listener, Sending, Waiting, nobody
from runner.defects import whereabouts
from runner.errors import CredentialsError, LedgerError, SitewalkError, StoppedError
from runner.evercam.client import (
    Evercam,
    Link,
    LinkedRecording,
    LoginFailedError,
    NewUpload,
)
from runner.http import (
    RefusedError,
    RequestFailedError,
    Session,
    UnknownOutcomeError,
)
from runner.ledger.events import Event, Kind
from runner.ledger.state import NOTHING_KNOWN, RecordingState, WalkthroughState
from runner.ledger.store import Journal
from runner.plan.model import Action, PlannedRecording, PlannedWalkthrough
from runner.recordings.files import RecordingFile
from runner.report.results import (
    Fate,
    Outcome,
    RecordingResult,
    WalkthroughResult,
    untouched_recording,
)
from runner.units import size
from runner.upload.engine import RecordingUpload, UploadContext, UploadListener
from runner.upload.policy import Step, decide
from runner.upload.retry import Repeater, Result, RetryBudget, Wait

_ABSENT = {404, 410}
"""Refusals of the finish request that say there is no such upload object."""

_DOUBTFUL = {400, 409, 422}
"""Refusals of the finish request that may be about the recordings it names."""

_DEFECT = "please report it with the log.jsonl of this run, which says where it happened"


@dataclass(frozen=True, slots=True)
class RunTools:
    """What the jobs of a run share."""

    run: str
    evercam: Evercam
    journal: Journal
    uploads: UploadContext
    uploader: str | None = None
    listener: Listener = nobody
    halt: Halt = field(default_factory=Halt)
    new_session: Callable[[], Session] = Session


@dataclass(frozen=True, slots=True)
class Work:
    """A planned walkthrough with its files on disk and what the ledger knows of it."""

    planned: PlannedWalkthrough
    files: Mapping[str, RecordingFile]
    known: WalkthroughState


class Job:
    """The work of one planned walkthrough."""

    def __init__(self, work: Work, tools: RunTools) -> None:
        planned = work.planned
        self.planned = planned
        self.files = work.files
        self.tools = tools
        self.clock = tools.uploads.clock
        self.stop = tools.uploads.stop
        self.known = work.known
        self.destination = tools.evercam.addresses.destination(planned.project)
        self.uploaded_by = planned.uploaded_by or tools.uploader or ""
        self.reached = Reached(planned.upload_id)

    def run(self) -> JobEnd:
        """Do it; every expected failure becomes its result."""
        self.reached.started = self.clock.now()
        outcome, error = self._outcome()
        result = self._end(outcome, error)
        return JobEnd(result, str(error) if isinstance(error, CredentialsError) else "")

    def broken_by(self, defect: Exception) -> JobEnd:
        """The end of a job whose `run` raised: what it had reached, and that it went no further."""
        kind = type(defect).__name__
        self.tools.listener(Broke(self.planned.id, kind, whereabouts(defect)))
        error = SitewalkError(f"unexpected error: {kind}", _DEFECT)
        self._note_failure(error)
        outcome = Outcome.HELD if self.reached.in_doubt else Outcome.FAILED
        return JobEnd(self._end(outcome, error), unexpected=True)

    def _end(self, outcome: Outcome, error: SitewalkError | None) -> WalkthroughResult:
        result = self.reached.result(self.planned, outcome, error, self.clock.now())
        self._tell(str(outcome), result.reason)
        return result

    def _outcome(self) -> tuple[Outcome, SitewalkError | None]:
        try:
            self._do()
        except StoppedError as error:
            return Outcome.INTERRUPTED, error
        except NotBegunError as error:
            return Outcome.NOT_STARTED, error
        except HeldError as error:
            return Outcome.HELD, error
        except SitewalkError as error:
            self.tools.halt.consider(error)
            self._note_failure(error)
            return Outcome.FAILED, error
        return Outcome.DONE, None

    def _do(self) -> None:
        self.stop.check()
        self.tools.halt.check()
        if self.planned.action is Action.CREATE:
            self._create()
        with self.tools.new_session() as session:
            self._abandon_what_is_no_longer_listed()
            links = [self._recording(session, one) for one in self.planned.recordings]
        self._finish(links)

    def _create(self) -> None:
        self.tools.halt.check_create()
        if self.planned.upload_id is not None:
            self._record(Kind.RENEWED)
            self.known, self.reached.upload_id = NOTHING_KNOWN, None
        self._created(self._repeat(Step.CREATE, self._try_to_create))

    def _try_to_create(self) -> int:
        """Ask for the upload object once; what is known not to have been obeyed may be repeated."""
        self.tools.halt.check_create()
        self.reached.in_doubt = True
        self._record(Kind.CREATING, **create_intent(self.planned))
        try:
            return self.tools.evercam.create(self._new_upload())
        except UnknownOutcomeError as error:
            self.tools.halt.consider(error)
            self._hold(error)
        except (RequestFailedError, CredentialsError) as error:
            self._refused(error)
            raise

    def _new_upload(self) -> NewUpload:
        planned = self.planned
        return NewUpload(
            planned.project, planned.date, planned.name, planned.drawing_id, self.uploaded_by
        )

    def _created(self, upload_id: int) -> None:
        self.reached.upload_id = upload_id
        try:
            self._record(Kind.CREATED, upload_id=upload_id)
        except LedgerError as error:
            message = f"Evercam created upload {upload_id}, but {error}"
            raise HeldError(message, f"{error.help}; then adopt upload {upload_id}") from error
        self.reached.in_doubt = False
        self._tell("created", f"upload {upload_id}")

    def _refused(self, refusal: SitewalkError) -> None:
        try:
            self._record(Kind.REFUSED, reason=str(refusal))
        except LedgerError as error:
            message = f"no upload was created: {refusal}; but {error}"
            raise HeldError(message, f"{error.help}; then settle it with --retry") from error
        self.reached.in_doubt = False

    def _hold(self, error: UnknownOutcomeError) -> NoReturn:
        reason = f"nobody knows whether the create request was obeyed: {error}"
        with contextlib.suppress(LedgerError):  # the intent is its last event: held all the same
            self._record(Kind.HELD, reason=reason)
        raise HeldError(reason) from error

    def _abandon_what_is_no_longer_listed(self) -> None:
        listed = {one.identity for one in self.planned.recordings}
        for identity, state in self.known.recordings.items():
            if identity not in listed:
                reason = "the manifest lists another file now"
                self._record(Kind.ABANDONED, identity, reason=reason)
                self._tell("abandoned", f"{state.name}: {reason}")

    def _recording(self, session: Session, planned: PlannedRecording) -> LinkedRecording:
        known = self.known.recordings.get(planned.identity)
        if known is not None and known.uploaded and known.tus_url:
            self._keep(planned, known.sha256)
            return LinkedRecording(known.tus_url, planned.title)
        return self._send(session, planned, known)

    def _keep(self, planned: PlannedRecording, sha256: str | None) -> None:
        kept = replace(untouched_recording(planned), outcome=Fate.KEPT, sha256=sha256)
        self.reached.recordings[planned.identity] = kept

    def _send(
        self, session: Session, planned: PlannedRecording, known: RecordingState | None
    ) -> LinkedRecording:
        self._say_begun(planned, known)
        upload = self._upload(session, planned)
        unsent = replace(untouched_recording(planned), outcome=Fate.NOT_SENT)
        result = replace(unsent, reason="stopped before its end", started=self.clock.now())
        try:
            sent = upload.run(known)
            result = replace(result, outcome=Fate.SENT, reason="", sha256=sent.sha256)
        except SitewalkError as error:
            result = replace(result, reason=str(error))
            raise
        finally:
            self.reached.recordings[planned.identity] = self._ended(result, upload)
        self._tell("sent", planned.name)
        return LinkedRecording(sent.location, planned.title)

    def _ended(self, result: RecordingResult, upload: RecordingUpload) -> RecordingResult:
        is_partial = result.outcome is Fate.NOT_SENT and upload.has_begun
        return replace(
            result,
            outcome=Fate.PARTIAL if is_partial else result.outcome,
            bytes_sent=upload.bytes_sent,
            retries=upload.retries,
            ended=self.clock.now(),
        )

    def _say_begun(self, planned: PlannedRecording, known: RecordingState | None) -> None:
        begun = known is not None and known.tus_url is not None
        if known is not None and begun:  # or a run that dies now would seem not to have begun it
            self._record(Kind.SENT, planned.identity, offset=known.offset)
        self._tell("resuming" if begun else "sending", f"{planned.name}, {size(planned.length)}")

    def _upload(self, session: Session, planned: PlannedRecording) -> RecordingUpload:
        record = partial(self._record, recording=planned.identity)
        file = self.files[planned.name]
        return RecordingUpload(session, file, self.tools.uploads, record, self._watch(planned))

    def _watch(self, planned: PlannedRecording) -> UploadListener:
        listener, id_ = self.tools.listener, self.planned.id
        return UploadListener(
            offset=lambda offset: listener(Sending(id_, planned.name, offset, planned.length)),
            waiting=lambda wait, why: listener(
                Waiting(id_, planned.name, wait.seconds, wait.left, why)
            ),
            note=lambda text: self._tell("note", f"{planned.name}: {text}"),
        )

    def _finish(self, links: list[LinkedRecording]) -> None:
        planned, upload_id = self.planned, self.reached.upload_id
        if upload_id is None:
            raise LedgerError(f"the ledger has no upload id for {planned.id}")
        link = Link(
            self.uploaded_by,
            links,
            planned.start_position,
            planned.end_position,
            planned.target_points_count,
        )
        self._record(Kind.FINISHING, **finish_intent(planned))
        status = self._repeat(Step.FINISH, partial(self._try_to_finish, upload_id, link))
        self._record(Kind.FINISHED, status=status)

    def _try_to_finish(self, upload_id: int, link: Link) -> int:
        try:
            return self.tools.evercam.finish(upload_id, link)
        except RequestFailedError as error:
            self._learn_from(error)
            raise

    def _learn_from(self, error: RequestFailedError) -> None:
        """Take from a refused finish what is wrong with the upload object or its recordings."""
        if not isinstance(error, RefusedError):
            return
        if error.status in _DOUBTFUL:
            self._doubt_what_was_sent()
        if error.status in _ABSENT and self.known.is_adopted:
            raise WrongAdoptionError(str(error), error.help) from error

    def _doubt_what_was_sent(self) -> None:
        """Have the next run ask the tus server again: it may have lost what it had confirmed."""
        for planned in self.planned.recordings:
            self._record(Kind.SENT, planned.identity, offset=0)

    def _repeat(self, step: Step, attempt: Callable[[], Result]) -> Result:
        """Repeat a request of Evercam's, and the login it may take, as the policy says."""
        uploads = self.tools.uploads
        budget = RetryBudget(uploads.options.retry_for, self.clock.monotonic())
        tell = partial(self._waiting, step)
        repeater = Repeater(budget, self.clock, self.stop, uploads.rng, tell)
        return repeater.repeat(attempt, lambda error: decide(*_failed_step(step, error)))

    def _waiting(self, step: Step, wait: Wait, error: RequestFailedError) -> None:
        self.reached.retries += 1
        what = _failed_step(step, error)[0].name.lower()
        self.tools.listener(Waiting(self.planned.id, what, wait.seconds, wait.left, str(error)))

    def _note_failure(self, error: SitewalkError) -> None:
        with contextlib.suppress(LedgerError):  # the report tells it as well
            self._record(Kind.FAILED, reason=str(error))

    def _record(self, kind: Kind, recording: str = "", **data: Any) -> None:
        event = Event(
            self.clock.now(),
            self.tools.run,
            self.destination,
            self.planned.id,
            kind,
            recording,
            data,
        )
        self.tools.journal.append(event)

    def _tell(self, step: str, detail: str = "") -> None:
        self.tools.listener(Happened(self.planned.id, step, detail))


def _failed_step(step: Step, error: RequestFailedError) -> tuple[Step, RequestFailedError]:
    """The step that failed, and how: the login, where the request waits for one."""
    return (Step.LOGIN, error.cause) if isinstance(error, LoginFailedError) else (step, error)
