"""The fold: what a walkthrough's events, read in order, say about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from runner.base.destination import Destination
from runner.ledger.events import UNVERSIONED, Event, Kind
from runner.ledger.state import (
    NOTHING_KNOWN,
    Checkpoint,
    Phase,
    RecordingState,
    WalkthroughState,
    with_checkpoint,
)


def fold(events: Iterable[Event]) -> dict[str, WalkthroughState]:
    """The state of every walkthrough in one destination's events, by walkthrough id."""
    return {id_: state for (_, id_), state in fold_all(events).items()}


def fold_all(events: Iterable[Event]) -> dict[tuple[Destination, str], WalkthroughState]:
    """The state of every walkthrough, by destination and id, in one pass over the events."""
    folds: dict[tuple[Destination, str], _Fold] = {}
    for event in events:
        if event.walkthrough:
            key = event.destination, event.walkthrough
            if key not in folds:
                folds[key] = _Fold(NOTHING_KNOWN)
            folds[key].add(event)
    return {key: found.state() for key, found in folds.items()}


def step(state: WalkthroughState, event: Event) -> WalkthroughState:
    """The state after one more event."""
    found = _Fold(state)
    found.add(event)
    return found.state()


class _Fold:
    """A fold under way. What each event changes is kept beside the state: there are very many."""

    __slots__ = ("_run", "_state", "_strays", "_version")

    def __init__(self, state: WalkthroughState) -> None:
        self._state = state
        self._run, self._version, self._strays = state.run, state.version, state.strays

    def add(self, event: Event) -> None:
        """Add one more event."""
        if event.kind is Kind.STRAY:
            self._strays = self._without_own((*self._strays, int(event.data["upload_id"])))
        elif event.kind not in UNVERSIONED:
            change = _CHANGES.get(event.kind)
            self._state = change(self._state, event) if change else self._state
            self._run = event.run
            self._version = self._version + 1 if event.version is None else event.version
            if event.kind is Kind.ADOPTED:
                self._strays = self._without_own(self._strays)

    def _without_own(self, strays: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(number for number in strays if number != self._state.upload_id)

    def state(self) -> WalkthroughState:
        """The state after all of them."""
        return replace(self._state, run=self._run, version=self._version, strays=self._strays)


def _creating(state: WalkthroughState, event: Event) -> WalkthroughState:
    reason = "the run ended before Evercam's answer to the create request was recorded"
    return replace(state, phase=Phase.HELD, intent=event.data, held_reason=reason, since=event.at)


def _created(state: WalkthroughState, event: Event) -> WalkthroughState:
    upload_id = int(event.data["upload_id"])
    return replace(state, phase=Phase.CREATED, upload_id=upload_id, held_reason="", since=event.at)


def _adopted(state: WalkthroughState, event: Event) -> WalkthroughState:
    # A failure with another upload object, or a link to it, says nothing of this one.
    fresh = replace(state, is_adopted=True, link={}, failure="", failed_at=None)
    return _created(fresh, event)


def _nothing_created(state: WalkthroughState, event: Event) -> WalkthroughState:
    forgotten = replace(state, upload_id=None, is_adopted=False, held_reason="", link={})
    return replace(forgotten, phase=Phase.NEW, since=event.at)


def _held(state: WalkthroughState, event: Event) -> WalkthroughState:
    return replace(state, phase=Phase.HELD, held_reason=event.data["reason"], since=event.at)


def _renewed(_state: WalkthroughState, event: Event) -> WalkthroughState:
    return WalkthroughState(since=event.at)


def _finishing(state: WalkthroughState, event: Event) -> WalkthroughState:
    # A walkthrough that is finished again is unfinished until the answer is there.
    return replace(state, phase=Phase.CREATED, link=event.data)


def _finished(state: WalkthroughState, event: Event) -> WalkthroughState:
    if not state.link:  # nobody asked for it: no run of ours writes that
        return state
    proven = replace(state, is_adopted=False, failure="", failed_at=None)
    return replace(proven, phase=Phase.FINISHED, since=event.at)


def _kept(state: WalkthroughState, event: Event) -> WalkthroughState:
    intent = {**state.intent, **event.data["create"]}
    link = {**state.link, **event.data["link"]} if state.phase is Phase.FINISHED else state.link
    kept = replace(state, intent=intent, link=link)
    return replace(kept, failure="", failed_at=None) if state.phase is Phase.FINISHED else kept


def _failed(state: WalkthroughState, event: Event) -> WalkthroughState:
    return replace(state, failure=str(event.data["reason"]), failed_at=event.at)


def _tus_creating(state: WalkthroughState, event: Event) -> WalkthroughState:
    begun = RecordingState(str(event.data["name"]), modified=event.data.get("modified"))
    return _with_recording(state, event, _checked(begun, event.data))


def _tus_created(state: WalkthroughState, event: Event) -> WalkthroughState:
    created = replace(_recording(state, event), tus_url=event.data.get("url"))
    return _with_recording(state, event, created)


def _sent(state: WalkthroughState, event: Event) -> WalkthroughState:
    known, data = _recording(state, event), event.data
    # After `uploaded` this revokes it: the server turned out not to have all bytes.
    unaskable = data.get("unaskable") is True
    known = replace(known, offset=int(data["offset"]), uploaded=False, unaskable=unaskable)
    if "modified" in data:
        known = replace(known, modified=data["modified"])
    return _with_recording(state, event, _checked(known, data))


def _checked(known: RecordingState, data: Mapping[str, Any]) -> RecordingState:
    """The recording with an event's checkpoint, if any; older programs took the sha256."""
    if "checked" not in data:
        return known
    algorithm = "blake3" if "blake3" in data else "sha256"
    start = data.get("checked_from", 0)
    latest = Checkpoint(data["checked"], data[algorithm], start, algorithm)
    return replace(known, checkpoints=with_checkpoint(known.checkpoints, latest))


def _uploaded(state: WalkthroughState, event: Event) -> WalkthroughState:
    length, known = event.data.get("offset"), _recording(state, event)
    sha256, blake3 = event.data.get("sha256"), event.data.get("blake3")
    checkpoints = known.checkpoints
    for algorithm, digest in (("sha256", sha256), ("blake3", blake3)):
        if length is not None and digest is not None:
            whole = Checkpoint(length, digest, 0, algorithm)
            checkpoints = with_checkpoint(checkpoints, whole)
    done = replace(known, uploaded=True, checkpoints=checkpoints, sha256=sha256, blake3=blake3)
    unhashed = _UNHASHED if event.data.get("unhashed") is True else ""
    return _with_recording(state, event, replace(done, unhashed=unhashed))


_UNHASHED = "no sha256: the run ended before it was taken"
_MIXED = "no sha256: it is not what was sent of it"


def _hashed(state: WalkthroughState, event: Event) -> WalkthroughState:
    known, data = _recording(state, event), event.data
    if data.get("mixed") is True:
        return _mixed(state, event, RecordingState(known.name, unhashed=_MIXED))
    hashed = replace(known, sha256=data.get("sha256"), unhashed=data.get("reason", ""))
    return _with_recording(state, event, hashed)


def _mixed(state: WalkthroughState, event: Event, recording: RecordingState) -> WalkthroughState:
    """Nothing of the file counts as sent, and what is linked is no file that anybody has."""
    names = {
        f"{identity}-mixed" if identity == event.recording else identity: name
        for identity, name in state.link.get("recordings", {}).items()
    }
    relinked = replace(state, link={**state.link, "recordings": names})
    return _with_recording(relinked, event, recording)


def _abandoned(state: WalkthroughState, event: Event) -> WalkthroughState:
    left = {key: value for key, value in state.recordings.items() if key != event.recording}
    return replace(state, recordings=left)


def _recording(state: WalkthroughState, event: Event) -> RecordingState:
    return state.recordings.get(event.recording, RecordingState(event.recording))


def _with_recording(
    state: WalkthroughState, event: Event, recording: RecordingState
) -> WalkthroughState:
    return replace(state, recordings={**state.recordings, event.recording: recording})


_CHANGES: Mapping[Kind, Callable[[WalkthroughState, Event], WalkthroughState]] = {
    Kind.CREATING: _creating,
    Kind.CREATED: _created,
    Kind.ADOPTED: _adopted,
    Kind.REFUSED: _nothing_created,
    Kind.RELEASED: _nothing_created,
    Kind.HELD: _held,
    Kind.KEPT: _kept,
    Kind.RENEWED: _renewed,
    Kind.TUS_CREATING: _tus_creating,
    Kind.TUS_CREATED: _tus_created,
    Kind.SENT: _sent,
    Kind.UPLOADED: _uploaded,
    Kind.ABANDONED: _abandoned,
    Kind.FINISHING: _finishing,
    Kind.FINISHED: _finished,
    Kind.HASHED: _hashed,
    Kind.FAILED: _failed,
}
