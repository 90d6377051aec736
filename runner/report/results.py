"""Own the results of a run: what became of every walkthrough and recording, and what to do next."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from runner.evercam.addresses import Addresses
from runner.exit_status import ExitStatus
from runner.plan.model import Action, PlannedWalkthrough

RESULTS_VERSION = "1.0"


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


@dataclass(frozen=True, slots=True)
class WalkthroughResult:
    """A walkthrough: the outcome, why, and what a person can do about it."""

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


def untouched(
    planned: PlannedWalkthrough, outcome: Outcome, reason: str, fate: Fate
) -> WalkthroughResult:
    """The result of a planned walkthrough of which nothing was sent."""
    recordings = (
        RecordingResult(one.name, one.identity, one.length, fate) for one in planned.recordings
    )
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
        recordings=tuple(recordings),
        next_steps=planned.ways_out,
        upload_id=planned.upload_id,
    )


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a report says. `refused` is set when Evercam refused the credentials."""

    run: str
    started: dt.datetime
    ended: dt.datetime
    addresses: Addresses
    walkthroughs: tuple[WalkthroughResult, ...]
    interrupted: bool = False
    refused: str = ""

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.ended - self.started).total_seconds()

    @property
    def bytes_sent(self) -> int:
        """Bytes of recordings sent in this run."""
        return sum(one.bytes_sent for walk in self.walkthroughs for one in walk.recordings)

    @property
    def retries(self) -> int:
        """Requests that were repeated."""
        return sum(one.retries for walk in self.walkthroughs for one in walk.recordings)

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
        if counts[Outcome.HELD] or counts[Outcome.CHANGED]:
            return ExitStatus.DECISION
        if counts[Outcome.FAILED] or counts[Outcome.NOT_STARTED]:
            return ExitStatus.FAILED
        return ExitStatus.DONE


_OVERALL = {
    ExitStatus.DONE: "done",
    ExitStatus.FAILED: "failed",
    ExitStatus.DECISION: "decision",
    ExitStatus.INTERRUPTED: "interrupted",
    ExitStatus.REFUSED: "refused",
}


def results_json(results: Results) -> dict[str, Any]:
    """The results as schemas/results.schema.json describes them."""
    addresses = results.addresses
    return {
        "sitewalk_results": RESULTS_VERSION,
        "run": results.run,
        "started": results.started.isoformat(),
        "ended": results.ended.isoformat(),
        "seconds": results.seconds,
        "addresses": {
            "media": addresses.media,
            "ingest": addresses.ingest,
            "tus": addresses.tus,
        },
        "outcome": _OVERALL[results.exit_status],
        "exit_status": int(results.exit_status),
        "refused": results.refused,
        "totals": {
            "walkthroughs": len(results.walkthroughs),
            **{str(outcome): count for outcome, count in results.counts().items()},
            "bytes_sent": results.bytes_sent,
            "retries": results.retries,
        },
        "walkthroughs": [_walkthrough_json(one) for one in results.walkthroughs],
    }


def _walkthrough_json(walkthrough: WalkthroughResult) -> dict[str, Any]:
    return {
        "project": walkthrough.project,
        "id": walkthrough.id,
        "name": walkthrough.name,
        "date": walkthrough.date.isoformat(),
        "drawing": walkthrough.drawing,
        "drawing_id": walkthrough.drawing_id,
        "planned": str(walkthrough.planned),
        "outcome": str(walkthrough.outcome),
        "reason": walkthrough.reason,
        "next_steps": list(walkthrough.next_steps),
        "upload_id": walkthrough.upload_id,
        "started": _moment(walkthrough.started),
        "ended": _moment(walkthrough.ended),
        "recordings": _recordings_json(walkthrough.recordings),
    }


def _recordings_json(recordings: Sequence[RecordingResult]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "identity": one.identity,
            "length": one.length,
            "outcome": str(one.outcome),
            "reason": one.reason,
            "sha256": one.sha256,
            "bytes_sent": one.bytes_sent,
            "retries": one.retries,
        }
        for one in recordings
    ]


def _moment(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def results_from_json(told: Mapping[str, Any]) -> Results:
    """Read results back from what `results_json` made."""
    return Results(
        run=told["run"],
        started=dt.datetime.fromisoformat(told["started"]),
        ended=dt.datetime.fromisoformat(told["ended"]),
        addresses=Addresses(**told["addresses"]),
        walkthroughs=tuple(_walkthrough_from_json(one) for one in told["walkthroughs"]),
        interrupted=told["outcome"] == _OVERALL[ExitStatus.INTERRUPTED],
        refused=told["refused"],
    )


def _walkthrough_from_json(told: Mapping[str, Any]) -> WalkthroughResult:
    return WalkthroughResult(
        project=told["project"],
        id=told["id"],
        name=told["name"],
        date=dt.date.fromisoformat(told["date"]),
        drawing=told["drawing"],
        drawing_id=told["drawing_id"],
        planned=Action(told["planned"]),
        outcome=Outcome(told["outcome"]),
        reason=told["reason"],
        recordings=tuple(_recording_from_json(one) for one in told["recordings"]),
        next_steps=tuple(told["next_steps"]),
        upload_id=told["upload_id"],
        started=_moment_from_json(told["started"]),
        ended=_moment_from_json(told["ended"]),
    )


def _recording_from_json(told: Mapping[str, Any]) -> RecordingResult:
    return RecordingResult(**{**told, "outcome": Fate(told["outcome"])})


def _moment_from_json(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
