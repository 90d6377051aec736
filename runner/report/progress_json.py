"""Own the progress of a run as JSON lines, for programs that watch it. Pure; versioned."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from runner.apply.news import Happened, Waiting
from runner.tally import Key, Standing

VERSION = "1.0"
"""Minor versions add keys and kinds, major versions break."""


def news_json(at: dt.datetime, news: Happened | Waiting) -> str:
    """A step that was taken, or a wait before another attempt."""
    return _line(at, type(news).__name__.lower(), asdict(news))


def said_json(at: dt.datetime, text: str) -> str:
    """A sentence for a person."""
    return _line(at, "said", {"text": text})


def moved_json(at: dt.datetime, total: Standing, under_way: Mapping[Key, Standing]) -> str:
    """How far all of it has come, and each recording under way."""
    recordings = [
        {"walkthrough": walkthrough, "recording": recording, **_standing(standing)}
        for (walkthrough, recording), standing in under_way.items()
    ]
    return _line(at, "moved", {**_standing(total), "recordings": recordings})


def _standing(standing: Standing) -> dict[str, Any]:
    left = standing.seconds_left
    return {
        "done": standing.done,
        "length": standing.length,
        "speed": round(standing.speed),
        "seconds_left": None if left is None else round(left, 1),
    }


def _line(at: dt.datetime, kind: str, told: Mapping[str, Any]) -> str:
    head = {"sitewalk_progress": VERSION, "at": at.isoformat(), "kind": kind}
    return json.dumps({**head, **told}, ensure_ascii=False)
