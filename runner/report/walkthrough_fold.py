"""The result of one walkthrough in one run, as a fold of its events. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.ledger.events import Event, Kind
from runner.ledger.fold import step
from runner.ledger.next_steps import out_of_hold
from runner.ledger.state import Phase, RecordingState, WalkthroughState
from runner.plan.model import Action, TransferKind
from runner.recordings.identity import Identity
from runner.report.results import Outcome, RecordingOutcome, RecordingResult, WalkthroughResult

_KILLED = "the run ended before it was done"
_CUT_SHORT = "stopped before its end"
_AGAIN = "run the same command again; what the server has is not sent twice"

_ENDS = frozenset({Kind.FINISHED, Kind.HELD, Kind.FAILED, Kind.STOPPED, Kind.ELSEWHERE})
"""The kinds that end the work on a walkthrough."""

_RECORDING_ENDS = frozenset({Kind.UPLOADED, Kind.FAILED, Kind.STOPPED})
"""The kinds that end the sending of a recording."""


@dataclass(frozen=True, slots=True)
class WalkthroughRun:
    """One walkthrough in one run: what the run set out to do with it, and its events.

    `plan` is its entry in the run's first event. Runs of an older program have none; for them
    `known` is its state in the ledger before the run. `not_started` is the reason to give where it
    has no events.
    """

    project: str
    id: str
    plan: Mapping[str, Any]
    known: WalkthroughState
    events: Sequence[Event]
    manifest: str
    not_started: str

    @property
    def before(self) -> WalkthroughState:
        """Its state when the run began."""
        recordings = self.plan.get("recordings", ())
        if not any("transfer" in recording for recording in recordings):
            return self.known
        upload_id = self.plan["upload_id"]
        for event in self.events:
            if event.kind is Kind.CLAIMED:  # others may have created it since it was planned
                upload_id = event.data.get("upload_id")
        phase = Phase.NEW if upload_id is None else Phase.CREATED
        sent = {
            recording["identity"]: _sent_before(recording)
            for recording in recordings
            if recording["transfer"] != TransferKind.SEND
        }
        return WalkthroughState(phase, upload_id, recordings=sent)

    @property
    def after(self) -> WalkthroughState:
        """Its state at the end of the run."""
        return _after(self.before, self.events)

    @property
    def end(self) -> Event | None:
        """The event that ended the work on it; None when the run was killed before that."""
        ends = [event for event in self.events if event.kind in _ENDS and not event.recording]
        return ends[-1] if ends else None

    def result(self) -> WalkthroughResult:
        """The result of the walkthrough."""
        after = self.after
        outcome = self._outcome(after)
        about = {**(after.intent or self.before.intent), **self.plan}
        drawing_id = int(about.get("drawing_id", 0))
        return WalkthroughResult(
            project=self.project,
            id=self.id,
            name=str(about.get("name", self.id)),
            date=self._date(about),
            drawing=str(about.get("drawing") or f"drawing {drawing_id}"),
            drawing_id=drawing_id,
            planned=self._planned(),
            outcome=outcome,
            reason=self._reason(outcome, after),
            recordings=tuple(self._recordings(outcome, after)),
            next_steps=self._next_steps(outcome, after.intent or about),
            upload_id=self._end_value("upload_id") if after.upload_id is None else after.upload_id,
            started=self.events[0].at if self.events else None,
            ended=max((e.at for e in self.events if e.kind is not Kind.HASHED), default=None),
            retries=self._retries(),
        )

    def _end_value(self, key: str, otherwise: Any = None) -> Any:
        """A value of the event that ended it."""
        return self.end.data.get(key, otherwise) if self.end else otherwise

    def _date(self, about: Mapping[str, Any]) -> dt.date:
        text = about.get("date")
        return dt.date.fromisoformat(str(text)) if text else self.events[0].at.date()

    def _planned(self) -> Action:
        action = self.plan.get("action") or self.plan.get("planned")
        if action:
            return Action(action)
        kinds = {event.kind for event in self.events}
        if not self.events:
            return Action.NOTHING
        if Kind.CREATING in kinds:
            return Action.CREATE
        recordings = self.before.recordings.values()
        if not recordings:
            return Action.UPLOAD
        is_whole = (
            all(recording.uploaded for recording in recordings) and Kind.TUS_CREATING not in kinds
        )
        return Action.FINISH if is_whole else Action.RESUME

    def _outcome(self, after: WalkthroughState) -> Outcome:
        if told := self._end_value("outcome"):
            return Outcome(told)
        if after.phase is Phase.HELD:
            return Outcome.HELD
        is_planned = not self.events and "action" in self.plan
        if is_planned or not self._end_value("begun", otherwise=True):
            return Outcome.NOT_STARTED
        if after.phase is Phase.FINISHED:
            is_own = any(event.kind is Kind.FINISHED for event in self.events)
            return Outcome.DONE if is_own else Outcome.NOTHING
        is_failed = self.end is not None and self.end.kind is Kind.FAILED
        return Outcome.FAILED if is_failed else Outcome.INTERRUPTED

    def _reason(self, outcome: Outcome, after: WalkthroughState) -> str:
        match outcome:
            case _ if self._end_value("outcome"):
                return str(self._end_value("reason"))
            case Outcome.HELD:
                return after.held_reason
            case Outcome.DONE:
                return f"upload {after.upload_id}"
            case Outcome.NOTHING:
                return f"done as upload {after.upload_id}"
            case Outcome.NOT_STARTED:
                return str(self._end_value("reason", self.not_started))
        return str(self._end_value("reason", _KILLED))

    def _next_steps(self, outcome: Outcome, intent: Mapping[str, Any]) -> tuple[str, ...]:
        match outcome:
            case Outcome.HELD:
                manifest = self.manifest or self.plan.get("manifest", "")
                help_ = self._end_value("next_steps", ())
                if any(event.kind is Kind.STRAY for event in self.events):
                    return tuple(help_)
                return (*help_, *out_of_hold(manifest, self.id, intent))
            case Outcome.FAILED | Outcome.INTERRUPTED:
                return tuple(self._end_value("next_steps", (_AGAIN,)))
        return tuple(self._end_value("next_steps", ()))

    def _retries(self) -> int:
        created = sum(event.kind is Kind.CREATING for event in self.events)
        return int(self._end_value("retries", max(0, created - 1)))

    def _recordings(self, outcome: Outcome, at_end: WalkthroughState) -> Iterator[RecordingResult]:
        """The recordings as they were when the link was requested, even if it was refused."""
        finishing = [n for n, event in enumerate(self.events) if event.kind is Kind.FINISHING]
        events = self.events[: finishing[0]] if finishing else self.events
        then = _after(self.before, events) if finishing else at_end
        linked = at_end.link.get("recordings") or {}
        is_linked = bool(finishing) or at_end.phase is Phase.FINISHED
        is_there = outcome is Outcome.NOTHING
        for identity, name in self._names(linked, at_end).items():
            state = then.recordings.get(identity, RecordingState(name))
            if is_there or (is_linked and identity in linked):
                state = replace(state, uploaded=True)
            is_done = at_end.phase is Phase.FINISHED  # and digests may have been taken since
            now = at_end.recordings.get(identity, state) if is_done else replace(state, unhashed="")
            state = replace(now, uploaded=state.uploaded)
            recording_events = [event for event in events if event.recording == identity]
            yield self._recording(identity, name, state, recording_events)

    def _names(self, linked: Mapping[str, str], at_end: WalkthroughState) -> dict[str, str]:
        """The names of its recordings by identity, in the plan's order where there is a plan."""
        planned = {
            recording["identity"]: recording["name"]
            for recording in self.plan.get("recordings", ())
        }
        if planned:
            return planned
        listed = linked or at_end.intent.get("recordings") or {}
        begun = {key: state.name for key, state in at_end.recordings.items()}
        return {**begun, **listed}

    def _recording(
        self, identity: str, name: str, state: RecordingState, events: Sequence[Event]
    ) -> RecordingResult:
        ends = [event for event in events if event.kind in _RECORDING_ENDS]
        end = ends[-1].data if ends else {}
        return RecordingResult(
            name,
            identity,
            Identity.parse(identity).length,
            _recording_outcome(state, events, is_ended=bool(ends)),
            state.unhashed if state.uploaded else str(end.get("reason", self._unfinished(events))),
            state.sha256,
            end.get("bytes", self._bytes_sent(identity, state, events)),
            end.get("retries", _repeats(events)),
            events[0].at if events else None,
            events[-1].at if events else None,
            state.blake3,
        )

    def _unfinished(self, events: Sequence[Event]) -> str:
        """Why a recording was not sent to its end, where no end event says so."""
        errors = [event.data["error"] for event in events if event.data.get("error")]
        if errors:
            return str(errors[-1])
        return _CUT_SHORT if events and self.end else ""

    def _bytes_sent(self, identity: str, state: RecordingState, events: Sequence[Event]) -> int:
        """The least number of bytes sent, where no event holds the number."""
        if not events:
            return 0
        known = self.before.recordings.get(identity)
        is_new = known is None or any(event.kind is Kind.TUS_CREATED for event in events)
        there = 0 if is_new or known is None else known.offset
        return max(0, (Identity.parse(identity).length if state.uploaded else state.offset) - there)


def _sent_before(recording: Mapping[str, Any]) -> RecordingState:
    is_whole = recording["transfer"] == TransferKind.NOTHING
    return RecordingState(
        recording["name"],
        offset=recording["offset"],
        uploaded=is_whole,
        sha256=recording["sha256"] if is_whole else None,
        blake3=recording.get("blake3") if is_whole else None,
        unhashed=recording.get("unhashed", ""),
    )


def _after(state: WalkthroughState, events: Sequence[Event]) -> WalkthroughState:
    for event in events:
        state = step(state, event)
    return state


def _recording_outcome(
    state: RecordingState, events: Sequence[Event], *, is_ended: bool
) -> RecordingOutcome:
    if state.uploaded:
        is_own = any(event.kind is Kind.UPLOADED for event in events)
        return RecordingOutcome.SENT if is_own else RecordingOutcome.KEPT
    # Of a run that was killed nobody knows how much the server has.
    is_open = bool(events) and not is_ended and events[-1].kind in {Kind.TUS_CREATED, Kind.SENT}
    is_partial = state.offset > 0 or is_open
    return RecordingOutcome.PARTIAL if is_partial else RecordingOutcome.NOT_SENT


def _repeats(events: Sequence[Event]) -> int:
    broken = sum(bool(event.kind is Kind.SENT and event.data.get("error")) for event in events)
    return broken + max(0, sum(event.kind is Kind.TUS_CREATING for event in events) - 1)
