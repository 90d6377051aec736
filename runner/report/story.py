"""Own the story of a walkthrough in one run, as its events tell it where the run did not. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.destination import Destination
from runner.ledger.events import Event, Kind
from runner.ledger.state import Phase, RecordingState, WalkthroughState
from runner.plan.model import Action
from runner.plan.ways_out import out_of_hold
from runner.recordings.identity import Identity
from runner.report.results import Fate, Outcome, RecordingResult, WalkthroughResult

_KILLED = "the run ended before it was done"
_AGAIN = "run the same command again; what the server has is not sent twice"


@dataclass(frozen=True, slots=True)
class Story:
    """One walkthrough in one run: its state before and after, and its events in between.

    `plan` is what the run's first event tells of it; an older program told nothing there.
    """

    destination: Destination
    id: str
    before: WalkthroughState
    after: WalkthroughState
    events: Sequence[Event]
    plan: Mapping[str, Any]
    manifest: str

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of its events."""
        return frozenset(event.kind for event in self.events)

    def result(self) -> WalkthroughResult:
        """What became of the walkthrough, as far as its events tell."""
        intent = self.after.intent or self.before.intent
        outcome = self._outcome()
        drawing_id = int(intent.get("drawing_id", 0))
        return WalkthroughResult(
            project=self.destination.project,
            id=self.id,
            name=str(intent.get("name", self.id)),
            date=_date(intent, self.events),
            drawing=str(intent.get("drawing") or f"drawing {drawing_id}"),
            drawing_id=drawing_id,
            planned=self._planned(),
            outcome=outcome,
            reason=self._reason(outcome),
            recordings=tuple(self._recordings()),
            next_steps=self._next_steps(outcome),
            upload_id=self.after.upload_id,
            started=self.events[0].at if self.events else None,
            ended=self.events[-1].at if self.events else None,
            retries=max(0, sum(one.kind is Kind.CREATING for one in self.events) - 1),
        )

    def _planned(self) -> Action:
        if "planned" in self.plan:
            return Action(self.plan["planned"])
        if not self.events:
            return Action.NOTHING
        if Kind.CREATING in self.kinds:
            return Action.CREATE
        recordings = self.before.recordings.values()
        if not recordings:
            return Action.UPLOAD
        whole = all(one.uploaded for one in recordings) and Kind.TUS_CREATING not in self.kinds
        return Action.FINISH if whole else Action.RESUME

    def _outcome(self) -> Outcome:
        if self.after.phase is Phase.HELD:
            return Outcome.HELD
        if self.after.phase is Phase.FINISHED:
            return Outcome.DONE if Kind.FINISHED in self.kinds else Outcome.NOTHING
        return Outcome.FAILED if Kind.FAILED in self.kinds else Outcome.INTERRUPTED

    def _reason(self, outcome: Outcome) -> str:
        match outcome:
            case Outcome.HELD:
                return self.after.held_reason
            case Outcome.DONE:
                return f"upload {self.after.upload_id}"
            case Outcome.NOTHING:
                return f"done as upload {self.after.upload_id}"
            case Outcome.FAILED:
                return self._last(Kind.FAILED, "reason")
        return _KILLED

    def _last(self, kind: Kind, key: str, recording: str = "") -> str:
        found = [one for one in self.events if one.kind is kind and one.recording == recording]
        return str(found[-1].data.get(key, "")) if found else ""

    def _next_steps(self, outcome: Outcome) -> tuple[str, ...]:
        if outcome is Outcome.HELD:
            return out_of_hold(self.manifest, self.id, self.after.intent)
        return (_AGAIN,) if outcome in {Outcome.FAILED, Outcome.INTERRUPTED} else ()

    def _recordings(self) -> Iterator[RecordingResult]:
        planned = {one["identity"]: one["name"] for one in self.plan.get("recordings", ())}
        known = self.after.link.get("recordings") or self.after.intent.get("recordings") or {}
        listed = planned or known  # the ledger keeps the latter without their order
        begun = {key: state.name for key, state in self.after.recordings.items()}
        for identity, name in {**planned, **begun, **listed}.items():
            state = self.after.recordings.get(identity, RecordingState(name))
            if self.after.phase is Phase.FINISHED and identity in listed:
                state = replace(state, uploaded=True)
            yield self._recording(identity, name, state)

    def _recording(self, identity: str, name: str, state: RecordingState) -> RecordingResult:
        own = [event for event in self.events if event.recording == identity]
        length = Identity.parse(identity).length
        return RecordingResult(
            name,
            identity,
            length,
            _fate(state, own),
            "" if state.uploaded else self._last(Kind.SENT, "error", identity),
            state.sha256,
            self._bytes_sent(identity, length, state) if own else 0,
            _repeated(own),
            own[0].at if own else None,
            own[-1].at if own else None,
        )

    def _bytes_sent(self, identity: str, length: int, state: RecordingState) -> int:
        known = self.before.recordings.get(identity)
        there = known.offset if known is not None and known.tus_url == state.tus_url else 0
        return max(0, (length if state.uploaded else state.offset) - there)


def _fate(state: RecordingState, own: Sequence[Event]) -> Fate:
    if state.uploaded:
        return Fate.SENT if any(one.kind is Kind.UPLOADED for one in own) else Fate.KEPT
    return Fate.PARTIAL if state.tus_url else Fate.NOT_SENT


def _repeated(own: Sequence[Event]) -> int:
    broken = sum(bool(one.kind is Kind.SENT and one.data.get("error")) for one in own)
    return broken + max(0, sum(one.kind is Kind.TUS_CREATING for one in own) - 1)


def _date(intent: Mapping[str, Any], events: Sequence[Event]) -> dt.date:
    told = intent.get("date")
    return dt.date.fromisoformat(str(told)) if told else events[0].at.date()
