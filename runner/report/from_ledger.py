"""Own the results of a run as the ledger tells them, for a run whose report is gone. Pure.

What the run wrote at its end is taken as it is. Of a run that was killed, the events of each
walkthrough say what became of it, and its beginning which walkthroughs were still to come.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.evercam.addresses import Addresses
from runner.ledger.events import Event, Kind
from runner.ledger.state import NOTHING_KNOWN, Phase, RecordingState, WalkthroughState, fold
from runner.plan.model import Action
from runner.plan.ways_out import out_of_hold
from runner.recordings.identity import Identity
from runner.report.as_json import walkthrough_from_json, walkthrough_json
from runner.report.results import Fate, Outcome, RecordingResult, Results, WalkthroughResult
from runner.report.spread import spread_evenly

_KILLED = "the run ended before it was done"
_AGAIN = "run the same command again; what the server has is not sent twice"


def opening_data(expected: Iterable[WalkthroughResult], project: str) -> dict[str, object]:
    """What the first event of a run keeps: the results it has if nothing comes of it."""
    return {"walkthroughs": [_kept(one) for one in expected if one.project == project]}


def closing_data(results: Results, project: str) -> dict[str, object]:
    """What the last event of a run keeps of its results.

    Of a walkthrough that was done before the run, only that it took part: the ledger knows it.
    """
    return {
        "exit_status": int(results.exit_status),
        "started": results.started.isoformat(),
        "ended": results.ended.isoformat(),
        "bytes": results.bytes_sent,
        "seconds": results.seconds,
        "refused": results.refused,
        "interrupted": results.interrupted,
        **opening_data(results.walkthroughs, project),
    }


def _kept(walkthrough: WalkthroughResult) -> dict[str, Any]:
    if walkthrough.outcome is Outcome.NOTHING:
        return {"id": walkthrough.id, "outcome": str(walkthrough.outcome)}
    return walkthrough_json(walkthrough)


def results_of_run(events: Sequence[Event], run: str, manifest: str = "") -> Results:
    """The results of a run that the ledger has events of; `manifest` is named in next steps."""
    own = [event for event in events if event.run == run]
    ends = [event for event in own if event.kind is Kind.RUN_ENDED]
    last = ends[-1].data if ends else {}
    places = dict.fromkeys(event.destination for event in own)
    walks = (one for place in places for one in _walkthroughs(events, run, place, manifest))
    results = Results(
        run,
        _moment(last, "started", own[0]),
        _moment(last, "ended", own[-1]),
        _addresses(own[0]),
        tuple(walks),
        interrupted=bool(last.get("interrupted", not ends)),
        refused=last.get("refused", ""),
        rebuilt=True,
        killed=not ends,
    )
    return replace(results, timeline=spread_evenly(results))


def _moment(end: Mapping[str, Any], key: str, otherwise: Event) -> dt.datetime:
    told = end.get(key)
    return dt.datetime.fromisoformat(told) if told else otherwise.at


def project_of(destination: str) -> str:
    """The project in a destination."""
    return destination.rpartition("/360/")[2]


def ingest_of(destination: str) -> str:
    """The ingest address in a destination."""
    return destination.rpartition("/360/")[0]


def _addresses(start: Event) -> Addresses:
    told = start.data.get("addresses")
    if told:
        return Addresses(told["media"], told["ingest"], told["tus"])
    return Addresses("", ingest_of(start.destination), "")


def _walkthroughs(
    events: Sequence[Event], run: str, destination: str, manifest: str
) -> Iterator[WalkthroughResult]:
    """The walkthroughs that took part, in the plan's order or that of their events."""
    here = [event for event in events if event.destination == destination]
    first = next(number for number, event in enumerate(here) if event.run == run)
    own = [event for event in here[first:] if event.run == run]
    expected, told = _kept_by(Kind.RUN_STARTED, own), _kept_by(Kind.RUN_ENDED, own)
    before, after = fold(here[:first]), fold([*here[:first], *own])
    moves: dict[str, list[Event]] = {id_: [] for id_ in (*told, *expected)}
    for event in own:
        if event.walkthrough:
            moves.setdefault(event.walkthrough, []).append(event)
    for id_, events_of_it in moves.items():
        kept = told.get(id_) or (expected.get(id_, {}) if not events_of_it else {})
        if "name" in kept:
            yield walkthrough_from_json(kept)
        elif id_ in after:
            known = before.get(id_, NOTHING_KNOWN)
            plan = expected.get(id_, {})
            yield _Story(destination, id_, known, after[id_], events_of_it, plan, manifest).result()


def _kept_by(kind: Kind, own: Sequence[Event]) -> dict[str, Mapping[str, Any]]:
    """The walkthroughs that the run's first or last event tells of, by id."""
    frames = [event.data for event in own if event.kind is kind]
    return {one["id"]: one for data in frames for one in data.get("walkthroughs", ())}


@dataclass(frozen=True, slots=True)
class _Story:
    """One walkthrough in one run: its state before and after, and its events in between.

    `plan` is what the run's first event tells of it; an older program told nothing there.
    """

    destination: str
    id: str
    before: WalkthroughState
    after: WalkthroughState
    events: Sequence[Event]
    plan: Mapping[str, Any]
    manifest: str

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(event.kind for event in self.events)

    def result(self) -> WalkthroughResult:
        intent = self.after.intent or self.before.intent
        outcome = self._outcome()
        drawing_id = int(intent.get("drawing_id", 0))
        return WalkthroughResult(
            project=project_of(self.destination),
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
            return out_of_hold(self.manifest, self.id)
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
