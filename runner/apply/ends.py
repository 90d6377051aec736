"""Own how the work on a walkthrough ends: its result, and what a person can do then."""

import datetime as dt
from dataclasses import dataclass, field, replace

from runner.apply.intents import create_intent
from runner.errors import SitewalkError
from runner.http import RefusedError
from runner.plan.model import PlannedRecording, PlannedWalkthrough
from runner.plan.ways_out import out_of_adoption, out_of_hold
from runner.report.results import (
    Outcome,
    RecordingResult,
    WalkthroughResult,
    untouched,
    untouched_recording,
)

_AGAIN = "run the same command again; what the server has is not sent twice"
_AFTER_A_NO = "see what the server says to it; once that is settled, run the same command again"


class HeldError(SitewalkError):
    """Nobody knows whether the create request made an upload object."""


class WrongAdoptionError(SitewalkError):
    """The upload object that a person named does not exist."""


@dataclass(frozen=True, slots=True)
class JobEnd:
    """A job's result, the message when Evercam refused the credentials, and whether it broke."""

    result: WalkthroughResult
    refused: str = ""
    unexpected: bool = False


@dataclass(slots=True)
class Reached:
    """How far a job has come; what its result is made from.

    `in_doubt`: the intent to create may be written, and its outcome is not yet.
    """

    upload_id: int | None
    started: dt.datetime | None = None
    in_doubt: bool = False
    retries: int = 0
    recordings: dict[str, RecordingResult] = field(default_factory=dict)

    def result(
        self,
        planned: PlannedWalkthrough,
        outcome: Outcome,
        error: SitewalkError | None,
        ended: dt.datetime,
    ) -> WalkthroughResult:
        """The result of a job that ends here, by an error unless it is done."""
        reason = str(error) if error else f"upload {self.upload_id}"
        return replace(
            untouched(planned, outcome, reason),
            recordings=tuple(self._recording(one) for one in planned.recordings),
            next_steps=_next_steps(planned, outcome, error),
            upload_id=self.upload_id,
            started=self.started,
            ended=ended,
            retries=self.retries,
        )

    def _recording(self, planned: PlannedRecording) -> RecordingResult:
        return self.recordings.get(planned.identity, untouched_recording(planned))


def _next_steps(
    planned: PlannedWalkthrough, outcome: Outcome, error: SitewalkError | None
) -> tuple[str, ...]:
    help_ = (error.help,) if error is not None and error.help else ()
    if outcome is Outcome.HELD:
        return (*help_, *out_of_hold(planned.manifest, planned.id, create_intent(planned)))
    if isinstance(error, WrongAdoptionError):
        return (*help_, *out_of_adoption(planned.manifest, planned.id, create_intent(planned)))
    if outcome is Outcome.FAILED and error is not None:
        return (*help_, _AFTER_A_NO if isinstance(error, RefusedError) else _AGAIN)
    return help_
