"""The protocol of one walkthrough: intent, create, each recording, finish; in this order."""

import contextlib
import datetime as dt
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from runner.base.clock import seconds_awake_or_asleep
from runner.base.errors import (
    CredentialsError,
    LedgerError,
    OvertakenError,
    SitewalkError,
    StoppedError,
    safe_traceback,
)
from runner.evercam.client import (
    Evercam,
    Link,
    LinkedRecording,
    LoginFailedError,
    NewUpload,
)
from runner.evercam.http.errors import (
    RefusedError,
    RequestFailedError,
    UnknownOutcomeError,
    UnreachableError,
)
from runner.evercam.http.session import Session
from runner.ledger.claims import Claimed, Claims, TakenError
from runner.ledger.events import Event, Kind
from runner.ledger.state import NOTHING_KNOWN, RecordingState, WalkthroughState, usable_at
from runner.plan.model import Action, PlannedRecording, PlannedWalkthrough
from runner.recordings.files import RecordingFile
from runner.upload.halt import Halt, NotBegunError
from runner.upload.journal import (
    BytesMoved,
    Crashed,
    Off,
    ProgressListener,
    Retrying,
    RunJournal,
    StepDone,
    ignore,
)
from runner.upload.recording.engine import RecordingUpload, UploadContext, UploadListener
from runner.upload.records import (
    ElsewhereError,
    HeldError,
    WrongAdoptionError,
    as_it_is_now,
    create_intent,
    finish_intent,
    next_steps,
)
from runner.upload.retry import Repeater, Result, RetryBudget, Step, Wait, decide

_ABSENT = {404, 410}
"""Refusals of the finish request that say there is no such upload object."""

_DOUBTFUL = {400, 409, 422}
"""Refusals of the finish request that may be about the recordings it names."""

_HUNG = "stopped while a read of its recordings, or the system otherwise, did not answer"
_STILL_THERE = "see whether the card or share is still there, then run the same command again"

_LONGEST_INTENT = 10.0
"""Seconds after which a create request is not sent any more; `resolve --retry` waits for longer."""

_DEFECT = "please report it with the log.jsonl of this run, which says where it happened"


@dataclass(frozen=True, slots=True)
class RunContext:
    """What the jobs of a run share."""

    run: str
    evercam: Evercam
    journal: RunJournal
    uploads: UploadContext
    uploader: str | None = None
    listener: ProgressListener = ignore
    halt: Halt = field(default_factory=Halt)
    claims: Claims | None = None
    """Those of a shared ledger; a file has one writer, who read it when it was planned."""
    uptime: Callable[[], float] = seconds_awake_or_asleep
    new_session: Callable[[], Session] = Session


@dataclass(frozen=True, slots=True)
class JobInput:
    """A planned walkthrough with its files on disk and what the ledger knows of it."""

    planned: PlannedWalkthrough
    files: Mapping[str, RecordingFile]
    known: WalkthroughState


@dataclass(frozen=True, slots=True)
class JobResult:
    """What the run has to know of a job's end; what became of it is in its events.

    `refused` is the message when Evercam refused the credentials; `is_taken` while another worker
    has the walkthrough, and nothing was done.
    """

    refused: str = ""
    unexpected: bool = False
    is_taken: bool = False


@dataclass(slots=True)
class _JobProgress:
    """How far a job has come.

    `in_doubt`: the intent to create may be written, and its outcome is not yet. `is_sending` while
    recordings are read and sent. `retries` counts requests to Evercam that were repeated.
    """

    upload_id: int | None
    in_doubt: bool = False
    is_sending: bool = False
    retries: int = 0


class Job:
    """The work of one planned walkthrough."""

    def __init__(self, work: JobInput, context: RunContext) -> None:
        planned = work.planned
        self.planned = planned
        self.files = work.files
        self.context = context
        self.clock = context.uploads.clock
        self.stop = context.uploads.stop
        self.known = work.known
        self.destination = context.evercam.addresses.destination(planned.project)
        self.uploaded_by = planned.uploaded_by or context.uploader or ""
        self.progress = _JobProgress(planned.upload_id)
        self._writing = threading.RLock()
        self._is_left = False
        self.claimed: Claimed | None = None

    def run(self, *, wait: bool = False) -> JobResult:
        """Do it; every expected failure becomes the event that ends it.

        What another worker has is left to it, or with `wait` waited for.
        """
        with contextlib.ExitStack() as held:
            try:
                self.stop.check()
                self.context.halt.check()
                self._claim(held, wait=wait)
            except TakenError as taken:
                if not wait:
                    return JobResult(is_taken=True)
                error = ElsewhereError("not_started", str(taken), taken.help)
                return self._run(partial(_raise, error))
            except SitewalkError as error:
                return self._run(partial(_raise, error))
            return self._run(self._do)

    def _claim(self, held: contextlib.ExitStack, *, wait: bool) -> None:
        """Have it alone, as long as `held` lasts, and see what others have made of it meanwhile."""
        if self.context.claims is None:
            return
        identities = [recording.identity for recording in self.planned.recordings]
        claim = self.context.claims.claim(self.destination, self.planned.id, identities, wait=wait)
        self.claimed = held.enter_context(claim)
        before, now = self.known, usable_at(self.claimed.state, self.context.uploads.tus_url)
        self.planned = as_it_is_now(self.planned, before, now)
        self.known = now
        self.progress.upload_id = self.planned.upload_id
        who = self.context.claims.holder
        about: dict[str, Any] = {
            "host": who.host,
            "pid": who.pid,
            "upload_id": self.planned.upload_id,
        }
        self._record(Kind.CLAIMED, **about)  # from here on, whoever had it before may not write

    def _run(self, work: Callable[[], None]) -> JobResult:
        try:
            work()
        except ElsewhereError as error:
            self._elsewhere(error)
        except StoppedError as error:
            self._end(Kind.STOPPED, error, next_steps=_help(error))
        except NotBegunError as error:
            self._end(Kind.STOPPED, error, next_steps=_help(error), begun=False)
        except HeldError as error:
            self._hold(error)
        except SitewalkError as error:
            self.context.halt.consider(error)
            self._end(Kind.FAILED, error, next_steps=next_steps(self.planned, error))
            return JobResult(str(error) if isinstance(error, CredentialsError) else "")
        return JobResult()

    def broken_by(self, defect: Exception) -> JobResult:
        """End a job whose `run` raised: it went no further than its events say."""
        kind, where = type(defect).__name__, safe_traceback(defect)
        self.context.listener(Crashed(self.planned.id, kind, where))
        error = SitewalkError(f"unexpected error: {kind}", _DEFECT)
        if self.progress.in_doubt:
            self._hold(error, where=where)
        else:
            steps = next_steps(self.planned, error)
            self._end(Kind.FAILED, error, next_steps=steps, where=where)
        return JobResult(unexpected=True)

    def leave_behind(self) -> JobResult:
        """End a job whose `run` does not return though the run was asked to stop: a read may hang.

        Should it return later, it writes nothing more.
        """
        error = SitewalkError(_HUNG, _STILL_THERE)
        with self._writing:
            if self.progress.in_doubt:
                self._hold(error)
            else:
                self._end(Kind.STOPPED, error, next_steps=_help(error))
            self._is_left = True
        return JobResult()

    def _elsewhere(self, error: ElsewhereError) -> None:
        now = self.claimed.state if self.claimed else self.known
        upload_id = now.upload_id
        about = {"outcome": error.outcome, "upload_id": upload_id, "next_steps": _help(error)}
        self._end(Kind.ELSEWHERE, error, **about)

    def _hold(self, error: SitewalkError, **data: Any) -> None:
        """End it as held; without this event the intent would hold it all the same."""
        if self.progress.upload_id is not None:
            data["upload_id"] = self.progress.upload_id
        self._end(Kind.HELD, error, next_steps=_help(error), **data)

    def _end(self, kind: Kind, error: SitewalkError, **data: Any) -> None:
        data = {"reason": str(error), "retries": self.progress.retries, **data}
        self._close_with(self._event(kind, "", data))

    def _do(self) -> None:
        if self.planned.action is Action.CREATE:
            self._create()
        with self.context.new_session() as session:
            self._abandon_what_is_no_longer_listed()
            self.progress.is_sending = True
            links = [self._recording(session, one) for one in self.planned.recordings]
            self.progress.is_sending = False
        self._finish(links)

    def _create(self) -> None:
        self.context.halt.check_create()
        if self.planned.upload_id is not None:
            self._record(Kind.RENEWED)
            self.known, self.progress.upload_id = NOTHING_KNOWN, None
        self._created(self._repeat(Step.CREATE, self._try_to_create))

    def _try_to_create(self) -> int:
        """Ask for the upload object once; what is known not to have been obeyed may be repeated."""
        self.context.halt.check_create()
        self.context.evercam.log_in()  # now, for it could take the seconds that an intent has
        begun = self.context.uptime()
        self.progress.in_doubt = True
        self._record(Kind.CREATING, **create_intent(self.planned))
        try:
            check = partial(self._refuse_an_old_intent, begun)
            return self.context.evercam.create(self._new_upload(), check)
        except UnknownOutcomeError as error:
            self.context.halt.consider(error)
            message = f"nobody knows whether the create request was obeyed: {error}"
            raise HeldError(message) from error
        except (RequestFailedError, CredentialsError) as error:
            self._refused(error)
            raise

    def _refuse_an_old_intent(self, begun: float) -> None:
        """Raise UnreachableError once a person may have said that the request never left."""
        age = self.context.uptime() - begun
        if age > _LONGEST_INTENT:
            message = f"the create request was {age:.0f} s late, and did not leave"
            raise UnreachableError(message)

    def _new_upload(self) -> NewUpload:
        planned = self.planned
        return NewUpload(
            planned.project, planned.date, planned.name, planned.drawing_id, self.uploaded_by
        )

    def _created(self, upload_id: int) -> None:
        self.progress.upload_id = upload_id
        try:
            self._record(Kind.CREATED, upload_id=upload_id)
        except OvertakenError as error:
            self.context.journal.close_with(self._event(Kind.STRAY, "", {"upload_id": upload_id}))
            message = f"Evercam created upload {upload_id}, but {error}"
            help_ = f"look on the dashboard whether the walk is there twice, as upload {upload_id}"
            raise HeldError(message, help_) from error
        except LedgerError as error:
            message = f"Evercam created upload {upload_id}, but {error}"
            raise HeldError(message, f"{error.help}; then adopt upload {upload_id}") from error
        self.progress.in_doubt = False

    def _refused(self, refusal: SitewalkError) -> None:
        try:
            self._record(Kind.REFUSED, reason=str(refusal))
        except OvertakenError:
            self.progress.in_doubt = False
            # In this run's own words: the ledger has those of who went on.
            self.context.journal.close_with(self._event(Kind.REFUSED, "", {"reason": str(refusal)}))
            raise
        except LedgerError as error:
            message = f"no upload was created: {refusal}; but {error}"
            raise HeldError(message, f"{error.help}; then settle it with --retry") from error
        self.progress.in_doubt = False

    def _abandon_what_is_no_longer_listed(self) -> None:
        listed = {one.identity for one in self.planned.recordings}
        for identity, state in self.known.recordings.items():
            if identity not in listed:
                reason = "the manifest lists another file now"
                self._record(Kind.ABANDONED, identity, name=state.name, reason=reason)

    def _recording(self, session: Session, planned: PlannedRecording) -> LinkedRecording:
        known = self.known.recordings.get(planned.identity)
        if known is not None and known.uploaded and known.tus_url:
            return LinkedRecording(known.tus_url, planned.title)
        return self._send(session, planned, known)

    def _send(
        self, session: Session, planned: PlannedRecording, known: RecordingState | None
    ) -> LinkedRecording:
        if known is not None and known.tus_url is not None:
            # Or a run that dies now would seem not to have begun it.
            self._record(Kind.SENT, planned.identity, offset=known.offset, resumed=True)
        upload = self._upload(session, planned)
        try:
            sent = upload.run(known)
        except SitewalkError as error:
            self._end_recording(planned, upload, error)
            raise
        return LinkedRecording(sent.location, planned.title)

    def _end_recording(
        self, planned: PlannedRecording, upload: RecordingUpload, error: SitewalkError
    ) -> None:
        """Say why a recording is not sent to its end, and what sending it took so far."""
        kind = Kind.STOPPED if isinstance(error, StoppedError) else Kind.FAILED
        data = {"reason": str(error), "bytes": upload.bytes_sent, "retries": upload.retries}
        self._close_with(self._event(kind, planned.identity, data))

    def _upload(self, session: Session, planned: PlannedRecording) -> RecordingUpload:
        record = partial(self._record, recording=planned.identity)
        file = self.files[planned.name]
        return RecordingUpload(session, file, self.context.uploads, record, self._watch(planned))

    def _watch(self, planned: PlannedRecording) -> UploadListener:
        listener, id_ = self.context.listener, self.planned.id
        return UploadListener(
            offset=partial(self._moved, planned),
            waiting=lambda wait, why: listener(
                Retrying(id_, planned.name, wait.seconds, wait.left, why)
            ),
            off=lambda until: listener(Off(id_, planned.name, until)),
            note=lambda text: listener(StepDone(id_, "note", f"{planned.name}: {text}")),
        )

    def _moved(self, planned: PlannedRecording, offset: int) -> None:
        if self.claimed is not None:
            self.claimed.moved(planned.name, offset, planned.length)
        moved = BytesMoved(self.planned.id, planned.name, offset, planned.length)
        self.context.listener(moved)

    def _finish(self, links: list[LinkedRecording]) -> None:
        planned, upload_id = self.planned, self.progress.upload_id
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
        self._record(Kind.FINISHED, status=status, retries=self.progress.retries)

    def _try_to_finish(self, upload_id: int, link: Link) -> int:
        try:
            return self.context.evercam.finish(upload_id, link)
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
        uploads = self.context.uploads
        budget = RetryBudget(uploads.options.retry_for, self.clock.monotonic())
        tell = partial(self._waiting, step)
        repeater = Repeater(budget, self.clock, self.stop, uploads.rng, tell)

        def attempt_when_allowed() -> Result:
            budget.excuse(uploads.pace.wait_while_off(self.stop.pause, partial(self._off, step)))
            return attempt()

        return repeater.repeat(
            attempt_when_allowed, lambda error: decide(*_failed_step(step, error))
        )

    def _off(self, step: Step, until: dt.datetime) -> None:
        self.context.listener(Off(self.planned.id, step.name.lower(), until))

    def _waiting(self, step: Step, wait: Wait, error: RequestFailedError) -> None:
        self.progress.retries += 1
        what = _failed_step(step, error)[0].name.lower()
        self.context.listener(Retrying(self.planned.id, what, wait.seconds, wait.left, str(error)))

    def _record(self, kind: Kind, recording: str = "", **data: Any) -> None:
        with self._writing:
            if self._is_left:
                raise StoppedError
            self.context.journal.append(self._event(kind, recording, data))

    def _close_with(self, event: Event) -> None:
        with self._writing:
            if not self._is_left:
                self.context.journal.close_with(event)

    def _event(self, kind: Kind, recording: str, data: Mapping[str, Any]) -> Event:
        now, run = self.clock.now(), self.context.run
        return Event(now, run, self.destination, self.planned.id, kind, recording, data)


def _raise(error: SitewalkError) -> None:
    raise error


def _help(error: SitewalkError) -> list[str]:
    return [error.help] if error.help else []


def _failed_step(step: Step, error: RequestFailedError) -> tuple[Step, RequestFailedError]:
    """The step that failed, and how: the login, where the request waits for one."""
    return (Step.LOGIN, error.cause) if isinstance(error, LoginFailedError) else (step, error)
