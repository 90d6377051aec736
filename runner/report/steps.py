"""Steps of a run for people who watch it: what its ledger events say, as they are journaled."""

from collections.abc import Iterator, Mapping
from typing import Any

from runner.apply.progress import ProgressListener, StepDone
from runner.ledger.events import Event, Kind
from runner.units import size

_WORDS = {Kind.FAILED: "failed", Kind.HELD: "held", Kind.STOPPED: "interrupted"}
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
            case Kind.UPLOADED:
                yield "sent", self._recordings[event.walkthrough, event.recording]["name"]
            case Kind.FINISHED:
                yield "done", f"upload {self._uploads[key]}"
            case Kind.STOPPED if not data.get("begun", True):
                yield "not_started", data["reason"]
            case Kind.FAILED | Kind.HELD | Kind.STOPPED if not event.recording:
                yield _WORDS[event.kind], data["reason"]

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
