"""Own the results of a run: what became of every walkthrough and recording, and what to do next."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from runner.evercam.addresses import Addresses
from runner.exit_status import ExitStatus
from runner.plan.model import Action, PlannedRecording, PlannedWalkthrough, Transfer
from runner.report.timeline import NO_TIMELINE, Timeline


class Outcome(StrEnum):
    """What became of a walkthrough."""

    DONE = "done"
    NOTHING = "nothing"
    FAILED = "failed"
    HELD = "held"
    CHANGED = "changed"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not_started"


class Fate(StrEnum):
    """What became of a recording's bytes."""

    SENT = "sent"
    KEPT = "kept"
    PARTIAL = "partial"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class RecordingResult:
    """A recording: sizes in bytes; `sha256` is of the whole file, taken while it was sent."""

    name: str
    identity: str
    length: int
    outcome: Fate
    reason: str = ""
    sha256: str | None = None
    bytes_sent: int = 0
    retries: int = 0
    started: dt.datetime | None = None
    ended: dt.datetime | None = None


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


def untouched(planned: PlannedWalkthrough, outcome: Outcome, reason: str) -> WalkthroughResult:
    """The result of a planned walkthrough of which nothing was sent in this run."""
    return WalkthroughResult(
        project=planned.project,
        id=planned.id,
        name=planned.name,
        date=planned.date,
        drawing=planned.drawing,
        drawing_id=planned.drawing_id,
        planned=planned.action,
        outcome=outcome,
        reason=reason,
        recordings=tuple(untouched_recording(one) for one in planned.recordings),
        next_steps=planned.ways_out,
        upload_id=planned.upload_id,
    )


def untouched_recording(planned: PlannedRecording) -> RecordingResult:
    """The result of a recording that was not come to: it is where earlier runs left it."""
    fate = Fate.KEPT if planned.transfer is Transfer.NOTHING else Fate.NOT_SENT
    return RecordingResult(planned.name, planned.identity, planned.length, fate)


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a report says. `refused` is set when Evercam refused the credentials.

    `unexpected` says that a walkthrough met a defect of the program.
    `rebuilt` results were read from the ledger afterwards; `killed` ones are of a run that left no
    end there, so that `ended` is the last that is known of it.
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
        return {outcome: found[outcome] for outcome in Outcome}

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
