"""Results of a run: what became of every walkthrough and recording, and what to do next."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from runner.base.errors import ExitStatus
from runner.evercam.addresses import Addresses
from runner.plan.model import WORK, Action, Plan, PlannedRecording, PlannedWalkthrough, Transfer
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
    """A recording: sizes in bytes; digests are of the whole file, as it was sent.

    `blake3` is None where more than one run sent it, `sha256` where it was not asked for.
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
    """A walkthrough: the outcome, why, and what a person can do about it.

    `retries` counts its own requests, create and finish; each recording counts those of its own.
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
        return sum(one.length for one in self.recordings)

    @property
    def bytes_sent(self) -> int:
        """Bytes of its recordings sent in this run."""
        return sum(one.bytes_sent for one in self.recordings)

    @property
    def all_retries(self) -> int:
        """Requests that were repeated, for it and for its recordings."""
        return self.retries + sum(one.retries for one in self.recordings)


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
        recordings=tuple(_recording_left_alone(one) for one in planned.recordings),
        next_steps=planned.ways_out,
        upload_id=planned.upload_id,
    )


def _recording_left_alone(planned: PlannedRecording) -> RecordingResult:
    is_there = planned.transfer is Transfer.NOTHING
    outcome = RecordingOutcome.KEPT if is_there else RecordingOutcome.NOT_SENT
    return RecordingResult(planned.name, planned.identity, planned.length, outcome)


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a report says. `refused` is set when Evercam refused the credentials.

    `unexpected` says that a walkthrough met a defect of the program.
    `rebuilt` results were read from the ledger or the log afterwards; `killed` ones are of a run
    that left no end there, so that `ended` is the last that is known of it. `others` are the
    walkthroughs without work of which only the number is known; there are none in a run's own.
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
        """How long the run took; 0 where the machine's clock was set back meanwhile."""
        return max(0.0, (self.ended - self.started).total_seconds())

    @property
    def bytes_sent(self) -> int:
        """Bytes of recordings sent in this run."""
        return sum(one.bytes_sent for one in self.walkthroughs)

    @property
    def retries(self) -> int:
        """Requests that were repeated."""
        return sum(one.all_retries for one in self.walkthroughs)

    def counts(self) -> dict[Outcome, int]:
        """How many walkthroughs ended in each way."""
        found = Counter(one.outcome for one in self.walkthroughs)
        return {outcome: found[outcome] + self.others.get(outcome, 0) for outcome in Outcome}

    @property
    def total(self) -> int:
        """How many walkthroughs took part."""
        return len(self.walkthroughs) + sum(self.others.values())

    @property
    def exit_status(self) -> ExitStatus:
        """The run as a whole: what a retry cannot mend goes before what it can."""
        counts = self.counts()
        if self.refused:
            return ExitStatus.REFUSED
        if self.interrupted:
            return ExitStatus.INTERRUPTED
        if self.unexpected:
            return ExitStatus.UNEXPECTED
        if counts[Outcome.HELD] or counts[Outcome.CHANGED]:
            return ExitStatus.DECISION
        if counts[Outcome.FAILED] or counts[Outcome.NOT_STARTED]:
            return ExitStatus.FAILED
        return ExitStatus.DONE


def with_all_walkthroughs(results: Results, plan: Plan) -> Results:
    """The results of a plan's run, with the walkthroughs without work, in the plan's order."""
    worked = {(one.project, one.id): one for one in results.walkthroughs}
    walkthroughs = tuple(
        worked[planned.project, planned.id] if planned.action in WORK else left_alone(planned)
        for planned in plan.walkthroughs
    )
    return replace(results, walkthroughs=walkthroughs, others={})
