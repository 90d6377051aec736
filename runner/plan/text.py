"""A plan as text for people, and how long sending is expected to take."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runner.base.clock import local
from runner.base.wording import both_units, counted, printable, size, speed
from runner.ledger.events import Event, Kind
from runner.plan.model import (
    DECISIONS,
    WORK,
    Action,
    Plan,
    PlannedRecording,
    PlannedWalkthrough,
    TransferKind,
)

_TELLING = 1_000_000
"""Bytes; a run that sent less says more about round trips than about the line."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A speed in bytes a second; `measured` is the day of the run it comes from."""

    per_second: float
    measured: dt.date | None = None

    def seconds(self, count: int) -> float:
        """How long so many bytes take."""
        return count / self.per_second

    def __str__(self) -> str:
        if self.measured is None:
            return both_units(self.per_second)
        return f"{speed(self.per_second)}, the speed of the run of {self.measured}"


def last_speed(events: Iterable[Event]) -> Expectation | None:
    """What the last run that sent something measured, from the events of one destination."""
    found = None
    for event in events:
        if event.kind is Kind.RUN_ENDED:
            found = _measured(event) or found
    return found


def _measured(event: Event) -> Expectation | None:
    count, seconds = event.data.get("bytes", 0), event.data.get("seconds", 0)
    if count < _TELLING or seconds <= 0:
        return None
    return Expectation(count / seconds, local(event.at).date())


SIGNS = {
    Action.CREATE: "+",
    Action.UPLOAD: ">",
    Action.RESUME: ">",
    Action.FINISH: ">",
    Action.NOTHING: "=",
    Action.HELD: "?",
    Action.CHANGED: "?",
}
_WORDS = {
    Action.CREATE: "to create",
    Action.UPLOAD: "to upload",
    Action.RESUME: "to resume",
    Action.FINISH: "to finish",
    Action.NOTHING: "done already",
}
_TRANSFERS = {
    TransferKind.SEND: "send",
    TransferKind.RESUME: "resume",
    TransferKind.NOTHING: "keep",
}
_FEW = 3
_WAITING = {TransferKind.SEND: "wait", TransferKind.RESUME: "wait", TransferKind.NOTHING: "keep"}


def plan_text(plan: Plan) -> str:
    """The plan, in which what is done already is only counted.

    Work comes first and what needs a decision last, beside the summary: the eyes are there. What
    names hold cannot steer a terminal.
    """
    return "\n".join([*(printable(line) for line in _lines(plan)), ""])


def summary(plan: Plan) -> str:
    """The plan in one line: `3 walkthroughs: 2 to create, 1 done already; 8.4 GB to send`."""
    counts = {words: len(plan.with_action(action)) for action, words in _WORDS.items()}
    parts = ", ".join(
        f"{one} {words}" for words, one in {**counts, **_decisions(plan)}.items() if one
    )
    return f"{counted(len(plan.walkthroughs), 'walkthrough')}: {parts}; {size(plan.left)} to send"


def in_words(plan: Plan) -> str:
    """What will happen: `12 new walkthroughs, 1 resumed, 3 done already, 1 needs a decision`."""
    new = len(plan.with_action(Action.CREATE))
    counts = {
        "resumed": len(plan.with_action(Action.UPLOAD, Action.RESUME)),
        "only to be linked": len(plan.with_action(Action.FINISH)),
        "done already": len(plan.with_action(Action.NOTHING)),
        **_decisions(plan),
    }
    parts = [counted(new, "new walkthrough")] if new else []
    for words, count in counts.items():
        if count:
            parts.append(
                f"{count:,} {words}" if parts else f"{counted(count, 'walkthrough')} {words}"
            )
    return ", ".join(parts) or "no walkthroughs"


def _decisions(plan: Plan) -> dict[str, int]:
    """How many wait for a person, held or changed, by the words for that."""
    count = len(plan.with_action(*DECISIONS))
    return {"needs a decision" if count == 1 else "need a decision": count}


def _lines(plan: Plan) -> Iterator[str]:
    for manifest in plan.manifests:
        yield f"plan: {manifest.path} → project {manifest.project} at {plan.addresses.ingest}"
    yield ""
    yield from _done_already(plan.with_action(Action.NOTHING))
    for walkthrough in (*plan.with_action(*WORK), *plan.with_action(*DECISIONS)):
        yield from _walkthrough(walkthrough)
        yield ""
    yield summary(plan)
    if not plan.is_pending and not plan.needs_decision:
        yield "Nothing is left to do."


def _done_already(walkthroughs: tuple[PlannedWalkthrough, ...]) -> Iterator[str]:
    """A line each while they are few, one for all when they would hide what is not done."""
    if len(walkthroughs) > _FEW:
        sign = SIGNS[Action.NOTHING]
        yield f"{sign} {counted(len(walkthroughs), 'walkthrough')} done already"
        yield ""
        return
    for walkthrough in walkthroughs:
        yield from _walkthrough(walkthrough)
        yield ""


def _walkthrough(walkthrough: PlannedWalkthrough) -> Iterator[str]:
    doing = "decide" if walkthrough.action in DECISIONS else walkthrough.action
    yield f"{SIGNS[walkthrough.action]} {doing} {walkthrough.id}: {walkthrough.reason}"
    if walkthrough.action is Action.NOTHING:
        return
    uploader = walkthrough.uploaded_by or "the user who logs in"
    yield f"    {walkthrough.name} · walked {walkthrough.date} · uploaded by {uploader}"
    yield (
        f"    drawing {walkthrough.drawing} ({walkthrough.drawing_id}) · from"
        f" {walkthrough.start_position} to {walkthrough.end_position}"
        f" · {counted(walkthrough.target_points_count, 'target point')}"
    )
    yield from (f"    {change}" for change in walkthrough.changes)
    words = _WAITING if walkthrough.action in DECISIONS else _TRANSFERS
    yield from (
        _recording(words[recording.transfer], recording) for recording in walkthrough.recordings
    )
    yield from (f"    → {step}" for step in walkthrough.next_steps)


def _recording(doing: str, recording: PlannedRecording) -> str:
    return f"    {doing:<6} {recording.name}  {size(recording.length)}  ({recording.reason})"
