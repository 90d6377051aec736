"""Progress of a run as JSON lines, for programs that watch it. Pure; versioned."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from runner.apply.progress import Retrying, StepDone
from runner.tally import Key, Progress

VERSION = "1.0"
"""Minor versions add keys and kinds, major versions break."""


_KINDS = {StepDone: "happened", Retrying: "waiting"}


def step_json(at: dt.datetime, step: StepDone | Retrying) -> str:
    """A step that was taken, or a wait before another attempt."""
    return _line(at, _KINDS[type(step)], asdict(step))


def said_json(at: dt.datetime, text: str) -> str:
    """A sentence for a person."""
    return _line(at, "said", {"text": text})


def moved_json(at: dt.datetime, total: Progress, under_way: Mapping[Key, Progress]) -> str:
    """How far all of it has come, and each recording under way."""
    recordings = [
        {"walkthrough": walkthrough, "recording": recording, **_measures(progress)}
        for (walkthrough, recording), progress in under_way.items()
    ]
    return _line(at, "moved", {**_measures(total), "recordings": recordings})


def _measures(progress: Progress) -> dict[str, Any]:
    left = progress.seconds_left
    return {
        "done": progress.done,
        "length": progress.length,
        "speed": round(progress.speed),
        "seconds_left": None if left is None else round(left, 1),
    }


def _line(at: dt.datetime, kind: str, told: Mapping[str, Any]) -> str:
    head = {"sitewalk_progress": VERSION, "at": at.isoformat(), "kind": kind}
    return json.dumps({**head, **told}, ensure_ascii=False)
