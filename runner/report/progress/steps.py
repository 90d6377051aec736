"""The steps of a run as it goes on, from its events, as text and as JSON lines."""

import datetime as dt
import json
import math
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from runner.base.clock import local
from runner.base.wording import duration, rough_duration, size, speed
from runner.ledger.events import Event, Kind
from runner.report.progress.tally import Key, Progress, cause_of
from runner.upload.journal import Off, ProgressListener, Retrying, StepDone

_WORDS = {
    Kind.UPLOADED: "sent",
    Kind.HASHED: "hashed",
    Kind.FAILED: "failed",
    Kind.HELD: "held",
    Kind.STOPPED: "interrupted",
}
_Key = tuple[str, str]


class Steps:
    """Listens to a run's journal and tells the steps in it; called from several threads."""

    def __init__(self, listener: ProgressListener) -> None:
        self._listener = listener
        self._uploads: dict[_Key, int] = {}
        self._recordings: dict[_Key, Mapping[str, Any]] = {}
        self._begun: set[_Key] = set()

    def __call__(self, event: Event) -> None:
        """Tell what the event means, if that is a step."""
        for step, detail in self._steps(event):
            self._listener(StepDone(event.walkthrough, step, detail))

    def _steps(self, event: Event) -> Iterator[tuple[str, str]]:
        key, data = (event.destination.project, event.walkthrough), event.data
        match event.kind:
            case Kind.RUN_STARTED:
                self._remember(event)
            case Kind.CREATED:
                self._uploads[key] = data["upload_id"]
                yield "created", f"upload {data['upload_id']}"
            case Kind.ABANDONED if "name" in data:  # of a recording that is listed a note tells
                yield "abandoned", f"{data['name']}: {data['reason']}"
            case Kind.TUS_CREATING:
                yield from self._begin("sending", event)
            case Kind.SENT if data.get("resumed"):
                yield from self._begin("resuming", event)
            case Kind.UPLOADED | Kind.HASHED if "mixed" not in data:
                name = self._recordings[event.walkthrough, event.recording]["name"]
                yield _WORDS[event.kind], data.get("reason", name)
            case Kind.FINISHED:
                yield "done", f"upload {self._uploads[key]}"
            case Kind.STOPPED if not data.get("begun", True):
                yield "not_started", data["reason"]
            case Kind.FAILED | Kind.HELD | Kind.STOPPED if not event.recording:
                yield data.get("outcome", _WORDS[event.kind]), data["reason"]

    def _remember(self, event: Event) -> None:
        for walkthrough in event.data["walkthroughs"]:
            id_ = walkthrough["id"]
            self._uploads[event.destination.project, id_] = walkthrough["upload_id"]
            for recording in walkthrough["recordings"]:
                self._recordings[id_, recording["identity"]] = recording

    def _begin(self, step: str, event: Event) -> Iterator[tuple[str, str]]:
        """The first time only: a recording may be begun again when its upload is gone."""
        key = event.walkthrough, event.recording
        if key not in self._begun:
            self._begun.add(key)
            recording = self._recordings[key]
            yield step, f"{recording['name']}, {size(recording['length'])}"


VERSION = "1.1"
"""Minor versions add keys and kinds, major versions break."""


_KINDS = {StepDone: "happened", Retrying: "waiting", Off: "off"}


def step_json(at: dt.datetime, step: StepDone | Retrying | Off) -> str:
    """A step that was taken, or a wait before another attempt, or for the timetable."""
    told = asdict(step)
    if isinstance(step, Off):
        told["until"] = step.until.isoformat()
    return _line(at, _KINDS[type(step)], told)


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
        "off_until": progress.off_until.isoformat() if progress.off_until else None,
    }


def _line(at: dt.datetime, kind: str, fields: Mapping[str, Any]) -> str:
    head = {"sitewalk_progress": VERSION, "at": at.isoformat(), "kind": kind}
    return json.dumps({**head, **fields}, ensure_ascii=False)


Step = StepDone | Retrying | Off
StepListener = Callable[[Step], None]
"""Told the steps; what moves is in the tally."""


def step_line(step: Step) -> str:
    """A step as one line."""
    match step:
        case StepDone():
            detail = f": {step.detail}" if step.detail else ""
            return f"{step.walkthrough}  {step.step}{detail}"
        case Retrying():
            wait, left = duration(step.seconds), rough_duration(step.left)
            again = f"trying again in {wait}, for {left} more"
            return f"{step.walkthrough}  {step.what}: {step.reason}; {again}"
        case Off():
            return f"{off_words(step.until)}, as --limit-rate says"


def off_words(until: dt.datetime) -> str:
    """Until when nothing is sent, as clocks show it here: `off until 22:00`."""
    return f"off until {local(until):%H:%M}"


def total_line(total: Progress) -> str:
    """How far all of it has come, as one line."""
    part = f"{total.done / total.wanted:.0%}" if total.wanted else "100%"
    return f"{part}  {size(total.done)} of {size(total.wanted)}, {pace_words(total)}"


def pace_words(progress: Progress) -> str:
    """Speed and time left, or what is waited for: `4.2 MB/s, 3 min 20 s left`."""
    if progress.given_up and progress.done == progress.length:
        return f"{size(progress.given_up)} not sent"
    if progress.off_until:
        return off_words(progress.off_until)
    if progress.cause:
        seconds = math.ceil(progress.wait)
        wait = f"waiting {duration(seconds)}" if seconds else "trying again, waiting"
        return f"{wait} for {progress.cause}"
    left = progress.seconds_left
    if left is None:
        return "nothing moves" if progress.is_begun else "starting"
    return f"{speed(progress.speed)}, {duration(left)} left"


_SAME_OUTAGE = 60.0
"""Seconds after the end of a wait; a failure within them belongs to the outage before it."""


class Outages:
    """Tells which waits are news: the first of an outage, whichever job meets it.

    A network that is away is one outage for all jobs and attempts; what a server answers is one for
    each answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}
        self._off_until: dt.datetime | None = None

    def begins(self, step: Retrying | Off, now: float) -> bool:
        """Whether this wait is the first of an outage, or of a time that is off."""
        if isinstance(step, Off):
            with self._lock:
                before, self._off_until = self._off_until, step.until
            return before != step.until
        cause = cause_of(step.reason)
        outage = cause if cause == "the network" else step.reason
        with self._lock:
            is_new = now > self._ends.get(outage, -math.inf)
            self._ends[outage] = now + step.seconds + _SAME_OUTAGE
        return is_new
