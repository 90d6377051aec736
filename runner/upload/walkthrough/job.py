"""The work on one walkthrough: claimed, carried out in order, and ended by an event in any case."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from runner.base.errors import CredentialsError, SitewalkError, StoppedError, safe_traceback
from runner.ledger.claim import OwnedError, TakenError
from runner.ledger.events import Kind
from runner.ledger.state import usable_at
from runner.plan.model import Action
from runner.upload.halt import NotBegunError
from runner.upload.journal import Crashed, StepDone
from runner.upload.records import (
    ElsewhereError,
    HeldError,
    as_it_is_now,
    next_steps,
    owned_elsewhere,
)
from runner.upload.walkthrough.context import JobInput, JobResult, RunContext
from runner.upload.walkthrough.create import create
from runner.upload.walkthrough.digests import take_digests
from runner.upload.walkthrough.finish import finish
from runner.upload.walkthrough.recordings import send_recordings
from runner.upload.walkthrough.upload import WalkthroughUpload

_HUNG = "stopped while a read of its recordings, or the system otherwise, did not answer"
_STILL_THERE = "see whether the card or share is still there, then run the same command again"
_DEFECT = "please report it with the log.jsonl of this run, which says where it happened"


class Job:
    """The work on one planned walkthrough."""

    def __init__(self, work: JobInput, context: RunContext) -> None:
        self._work = work
        self._context = context
        self._upload = WalkthroughUpload(work, context)
        self._is_finished = False

    @property
    def is_sending(self) -> bool:
        """Whether its recordings are being read and sent."""
        return self._upload.is_sending

    def run(self, *, wait: bool = False) -> JobResult:
        """Do it; every expected failure becomes the event that ends it.

        What another worker has, or takes over, is left to it, or with `wait` waited for.
        """
        self._upload = WalkthroughUpload(self._work, self._context)
        with contextlib.ExitStack() as held:
            try:
                self._context.uploads.stop.check()
                self._context.halt.check()
                self._claim(held, wait=wait)
            except TakenError as taken:
                if not wait:
                    note = StepDone(self._upload.planned.id, "note", f"for later: {taken}")
                    self._context.listener(note)
                    return JobResult(is_taken=True)
                error = ElsewhereError("not_started", str(taken), taken.help)
                return self._run(partial(_raise, error))
            except OwnedError as owned:
                error = owned_elsewhere(self._upload.planned, owned)
                return self._run(partial(_raise, error))
            except SitewalkError as error:
                return self._run(partial(_raise, error))
            result = self._run(self._do)
        is_again = wait and result.is_taken and not self._upload.is_left
        return self.run(wait=True) if is_again else result

    def _claim(self, held: contextlib.ExitStack, *, wait: bool) -> None:
        """Have it alone, as long as `held` lasts, and see what others have made of it meanwhile."""
        upload, claims = self._upload, self._context.claims
        if claims is None:
            return
        identities = [recording.identity for recording in upload.planned.recordings]
        stop = self._context.uploads.stop
        claim = claims.claim(
            upload.destination, upload.planned.id, identities, wait=wait, stop=stop
        )
        upload.claimed = held.enter_context(claim)
        before = upload.known
        now = usable_at(upload.claimed.state, self._context.uploads.tus_url)
        upload.planned = as_it_is_now(upload.planned, before, now)
        upload.known, upload.upload_id = now, upload.planned.upload_id
        uploads = replace(self._context.uploads, stop=upload.claimed.stop)
        upload.context = replace(self._context, uploads=uploads)
        who = claims.holder
        about: dict[str, Any] = {"host": who.host, "pid": who.pid, "upload_id": upload.upload_id}
        upload.record(Kind.CLAIMED, **about)  # from here on, whoever had it before may not write

    def _do(self) -> None:
        if self._upload.planned.action is Action.CREATE:
            create(self._upload)
        finish(self._upload, send_recordings(self._upload))
        self._is_finished = True

    def _run(self, work: Callable[[], None]) -> JobResult:
        try:
            work()
        except ElsewhereError as error:
            self._elsewhere(error)
        except StoppedError as error:
            if self._upload.claimed is not None and self._upload.claimed.is_lost:
                return JobResult(is_taken=True)
            self._end(Kind.STOPPED, error)
        except NotBegunError as error:
            self._end(Kind.STOPPED, error, begun=False)
        except HeldError as error:
            self._hold(error)
        except SitewalkError as error:
            self._context.halt.consider(error)
            self._end(Kind.FAILED, error, next_steps=next_steps(self._upload.planned, error))
            return JobResult(str(error) if isinstance(error, CredentialsError) else "")
        return JobResult()

    def take_digests(self) -> JobResult:
        """Once it is finished, take what is left of its digests; costs nothing where that fails."""
        if self._is_finished and self._upload.unhashed:
            take_digests(self._upload, self._context)
        return JobResult()

    def broken_by(self, defect: Exception) -> JobResult:
        """End a job whose `run` raised: it went no further than its events say."""
        planned, kind, where = self._upload.planned, type(defect).__name__, safe_traceback(defect)
        self._context.listener(Crashed(planned.id, kind, where))
        error = SitewalkError(f"unexpected error: {kind}", _DEFECT)
        if self._upload.in_doubt:
            self._hold(error, where=where)
        else:
            self._end(Kind.FAILED, error, next_steps=next_steps(planned, error), where=where)
        return JobResult(unexpected=True)

    def leave_behind(self) -> JobResult:
        """End a job whose `run` does not return though the run was asked to stop: a read may hang.

        Should it return later, it writes nothing more.
        """
        error = SitewalkError(_HUNG, _STILL_THERE)
        with self._upload.writing:
            if self._upload.in_doubt:
                self._hold(error)
            else:
                self._end(Kind.STOPPED, error)
            self._upload.leave()
        return JobResult()

    def _elsewhere(self, error: ElsewhereError) -> None:
        now = self._upload.claimed.state if self._upload.claimed else self._upload.known
        if error.outcome == "nothing" and now.run == self._context.run:
            return  # a worker of this run finished it, and died before it could say so
        about = {"outcome": error.outcome, "upload_id": now.upload_id}
        self._end(Kind.ELSEWHERE, error, **about, next_steps=error.next_steps)

    def _hold(self, error: SitewalkError, **data: Any) -> None:
        """End it as held; without this event the intent would hold it all the same."""
        if self._upload.upload_id is not None:
            data["upload_id"] = self._upload.upload_id
        self._end(Kind.HELD, error, **data)

    def _end(self, kind: Kind, error: SitewalkError, **data: Any) -> None:
        about = {
            "reason": str(error),
            "retries": self._upload.retries,
            "next_steps": [error.help] if error.help else [],
        }
        self._upload.close_with(kind, **{**about, **data})


def _raise(error: SitewalkError) -> None:
    raise error
