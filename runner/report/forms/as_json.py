"""The results as JSON, as schemas/results.schema.json describes it, and back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from runner.base.errors import ExitStatus, UsageError
from runner.evercam.addresses import Addresses
from runner.plan.model import Action
from runner.report.results import (
    Outcome,
    RecordingOutcome,
    RecordingResult,
    Results,
    WalkthroughResult,
)
from runner.report.summary import count_files, missing_files
from runner.report.timeline.timeline import NO_TIMELINE, timeline_from_json, timeline_json

RESULTS_VERSION = "1.3"
"""Minor versions add keys, major versions break."""

_OVERALL = {
    ExitStatus.DONE: "done",
    ExitStatus.UNEXPECTED: "unexpected",
    ExitStatus.FAILED: "failed",
    ExitStatus.DECISION: "decision",
    ExitStatus.INTERRUPTED: "interrupted",
    ExitStatus.REFUSED: "refused",
}


def results_json(results: Results) -> dict[str, Any]:
    """The results as schemas/results.schema.json describes them."""
    return {
        "sitewalk_results": RESULTS_VERSION,
        "run": results.run,
        "started": results.started.isoformat(),
        "ended": results.ended.isoformat(),
        "seconds": results.seconds,
        "addresses": asdict(results.addresses),
        "outcome": _OVERALL[results.exit_status],
        "exit_status": int(results.exit_status),
        "refused": results.refused,
        "totals": _totals_json(results),
        "walkthroughs": [walkthrough_json(walkthrough) for walkthrough in results.walkthroughs],
        "timeline": timeline_json(results.timeline),
        "rebuilt": results.rebuilt,
        "killed": results.killed,
        "others": {str(outcome): count for outcome, count in results.others.items()},
    }


def _totals_json(results: Results) -> dict[str, int]:
    return {
        "walkthroughs": results.total,
        **{str(outcome): count for outcome, count in results.counts().items()},
        "files": count_files(results),
        "files_missing": len(missing_files(results)),
        "bytes_sent": results.bytes_sent,
        "retries": results.retries,
    }


def walkthrough_json(walkthrough: WalkthroughResult) -> dict[str, Any]:
    """A walkthrough as the results have it."""
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
        "started": _text_of(walkthrough.started),
        "ended": _text_of(walkthrough.ended),
        "retries": walkthrough.retries,
        "recordings": _recordings_json(walkthrough.recordings),
    }


def _recordings_json(recordings: Sequence[RecordingResult]) -> list[dict[str, Any]]:
    return [
        {
            "name": recording.name,
            "identity": recording.identity,
            "length": recording.length,
            "outcome": str(recording.outcome),
            "reason": recording.reason,
            "sha256": recording.sha256,
            "bytes_sent": recording.bytes_sent,
            "retries": recording.retries,
            "started": _text_of(recording.started),
            "ended": _text_of(recording.ended),
            "blake3": recording.blake3,
        }
        for recording in recordings
    ]


def _text_of(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def results_from_json(data: Mapping[str, Any]) -> Results:
    """Read results back from what `results_json` made.

    Keys that a newer minor version added are left aside, those that an older one lacks get their
    defaults. Raises UsageError for another major version, KeyError, TypeError or ValueError for
    what is no results at all.
    """
    _check_version(str(data["sitewalk_results"]))
    timeline = data.get("timeline")
    return Results(
        run=data["run"],
        started=_moment(data["started"]),
        ended=_moment(data["ended"]),
        addresses=Addresses(*(data["addresses"][key] for key in ("media", "ingest", "tus"))),
        walkthroughs=tuple(
            walkthrough_from_json(walkthrough) for walkthrough in data["walkthroughs"]
        ),
        interrupted=data["outcome"] == _OVERALL[ExitStatus.INTERRUPTED],
        refused=data["refused"],
        timeline=timeline_from_json(timeline) if timeline else NO_TIMELINE,
        rebuilt=data.get("rebuilt", False),
        killed=data.get("killed", False),
        unexpected=data["outcome"] == _OVERALL[ExitStatus.UNEXPECTED],
        others=_others_from_json(data.get("others", {})),
    )


def _others_from_json(data: Mapping[str, int]) -> dict[Outcome, int]:
    return {outcome: data[outcome] for outcome in Outcome if outcome in data}


def _check_version(version: str) -> None:
    if version.partition(".")[0] != RESULTS_VERSION.partition(".")[0]:
        message = f"these results are of format {version}, this program reads {RESULTS_VERSION}"
        raise UsageError(message, "read them with the version of sitewalk that wrote them")


def walkthrough_from_json(data: Mapping[str, Any]) -> WalkthroughResult:
    """Read a walkthrough back."""
    return WalkthroughResult(
        project=data["project"],
        id=data["id"],
        name=data["name"],
        date=dt.date.fromisoformat(data["date"]),
        drawing=data["drawing"],
        drawing_id=data["drawing_id"],
        planned=Action(data["planned"]),
        outcome=Outcome(data["outcome"]),
        reason=data["reason"],
        recordings=tuple(_recording_from_json(recording) for recording in data["recordings"]),
        next_steps=tuple(data["next_steps"]),
        upload_id=data["upload_id"],
        started=_moment_or_none(data["started"]),
        ended=_moment_or_none(data["ended"]),
        retries=data.get("retries", 0),
    )


def _recording_from_json(data: Mapping[str, Any]) -> RecordingResult:
    return RecordingResult(
        name=data["name"],
        identity=data["identity"],
        length=data["length"],
        outcome=RecordingOutcome(data["outcome"]),
        reason=data["reason"],
        sha256=data["sha256"],
        bytes_sent=data["bytes_sent"],
        retries=data["retries"],
        started=_moment_or_none(data.get("started")),
        ended=_moment_or_none(data.get("ended")),
        blake3=data.get("blake3"),
    )


def _moment_or_none(text: str | None) -> dt.datetime | None:
    return _moment(text) if text else None


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:  # it could not be compared with the others
        raise ValueError(f"the time `{text}` has no time zone")
    return moment
