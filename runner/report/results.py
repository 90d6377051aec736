"""Results of a run: the outcome of every walkthrough and recording, and what to do next."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from runner.base.errors import ExitStatus
from runner.evercam.addresses import Addresses
from runner.plan.model import WORK, Action, Plan, PlannedRecording, PlannedWalkthrough, TransferKind
from runner.report.timeline.timeline import NO_TIMELINE, Timeline


class Outcome(StrEnum):
    """What became of a walkthrough."""

    DONE = "done"
    NOTHING = "nothing"
    FAILED = "failed"
    HELD = "held"
    CHANGED = "changed"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not_started"


class RecordingOutcome(StrEnum):
    """What became of a recording's bytes."""

    SENT = "sent"
    KEPT = "kept"
    PARTIAL = "partial"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class RecordingResult:
    """What became of a recording: sizes in bytes; digests of the whole file, if computed.

    `blake3` is None where more than one run sent it, `sha256` where it was not asked for, or could
    not be taken, which `reason` says then.
    """

    name: str
    identity: str
    length: int
    outcome: RecordingOutcome
    reason: str = ""
    sha256: str | None = None
    bytes_sent: int = 0
    retries: int = 0
    started: dt.datetime | None = None
    ended: dt.datetime | None = None
    blake3: str | None = None


@dataclass(frozen=True, slots=True)
class WalkthroughResult:
    """What became of a walkthrough: the outcome, why, and what a person can do about it.

    `retries` counts repeated create and finish requests; each recording counts its own.
    """

    project: str
    id: str
    name: str
    date: dt.date
    drawing: str
    drawing_id: int
    planned: Action
    outcome: Outcome
    reason: str
    recordings: tuple[RecordingResult, ...]
    next_steps: tuple[str, ...] = ()
    upload_id: int | None = None
    started: dt.datetime | None = None
    ended: dt.datetime | None = None
    retries: int = 0

    @property
    def length(self) -> int:
        """Bytes of all its recordings."""
        return sum(recording.length for recording in self.recordings)

    @property
    def bytes_sent(self) -> int:
        """Bytes of its recordings sent in this run."""
        return sum(recording.bytes_sent for recording in self.recordings)

    @property
    def all_retries(self) -> int:
        """Repeated requests, its own and those of its recordings."""
        return self.retries + sum(recording.retries for recording in self.recordings)


_UNDONE = (Outcome.FAILED, Outcome.INTERRUPTED, Outcome.NOT_STARTED)
"""What the same command does later; a worker may have been interrupted where the run was not."""

_LEFT_ALONE = {
    Action.NOTHING: Outcome.NOTHING,
    Action.HELD: Outcome.HELD,
    Action.CHANGED: Outcome.CHANGED,
}


def left_alone(planned: PlannedWalkthrough) -> WalkthroughResult:
    """The result of a walkthrough that is done already, or waits for a person."""
    changes = "; ".join(str(change) for change in planned.changes)
    reason = f"{planned.reason} ({changes})" if changes else planned.reason
    return WalkthroughResult(
        project=planned.project,
        id=planned.id,
        name=planned.name,
        date=planned.date,
        drawing=planned.drawing,
        drawing_id=planned.drawing_id,
        planned=planned.action,
        outcome=_LEFT_ALONE[planned.action],
        reason=reason,
        recordings=tuple(_recording_left_alone(recording) for recording in planned.recordings),
        next_steps=planned.next_steps,
        upload_id=planned.upload_id,
    )


def _recording_left_alone(planned: PlannedRecording) -> RecordingResult:
    is_there = planned.transfer is TransferKind.NOTHING
    outcome = RecordingOutcome.KEPT if is_there else RecordingOutcome.NOT_SENT
    return RecordingResult(planned.name, planned.identity, planned.length, outcome)


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a report says. `refused` is the reason when Evercam refused the credentials.

    `unexpected`: a walkthrough met a defect of the program. `rebuilt`: read from the ledger or the
    log afterwards. `killed`: the run left no end event, so that `ended` is the time of its last
    event. `others` counts walkthroughs without work that nothing else is known about, by outcome.
    """

    run: str
    started: dt.datetime
    ended: dt.datetime
    addresses: Addresses
    walkthroughs: tuple[WalkthroughResult, ...]
    interrupted: bool = False
    refused: str = ""
    timeline: Timeline = NO_TIMELINE
    rebuilt: bool = False
    killed: bool = False
    unexpected: bool = False
    others: Mapping[Outcome, int] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """The duration of the run; 0 where the machine's clock was set back meanwhile."""
        return max(0.0, (self.ended - self.started).total_seconds())

    @property
    def bytes_sent(self) -> int:
        """Bytes of recordings sent in this run."""
        return sum(walkthrough.bytes_sent for walkthrough in self.walkthroughs)

    @property
    def retries(self) -> int:
        """All repeated requests."""
        return sum(walkthrough.all_retries for walkthrough in self.walkthroughs)

    def counts(self) -> dict[Outcome, int]:
        """The number of walkthroughs by outcome."""
        found = Counter(walkthrough.outcome for walkthrough in self.walkthroughs)
        return {outcome: found[outcome] + self.others.get(outcome, 0) for outcome in Outcome}

    @property
    def total(self) -> int:
        """How many walkthroughs took part."""
        return len(self.walkthroughs) + sum(self.others.values())

    @property
    def exit_status(self) -> ExitStatus:
        """The exit status of the run; what a retry cannot mend outranks what it can."""
        counts = self.counts()
        if self.refused:
            return ExitStatus.REFUSED
        if self.interrupted:
            return ExitStatus.INTERRUPTED
        if self.unexpected:
            return ExitStatus.UNEXPECTED
        if counts[Outcome.HELD] or counts[Outcome.CHANGED]:
            return ExitStatus.DECISION
        if any(counts[outcome] for outcome in _UNDONE):
            return ExitStatus.FAILED
        return ExitStatus.DONE


def with_all_walkthroughs(results: Results, plan: Plan) -> Results:
    """The results of a plan's run with the walkthroughs without work added, in the plan's order."""
    worked = {
        (walkthrough.project, walkthrough.id): walkthrough for walkthrough in results.walkthroughs
    }
    walkthroughs = tuple(
        worked[planned.project, planned.id] if planned.action in WORK else left_alone(planned)
        for planned in plan.walkthroughs
    )
    return replace(results, walkthroughs=walkthroughs, others={})
