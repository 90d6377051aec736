"""The fold: what a walkthrough's events, read in order, say about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, TypeVar

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

Key = TypeVar("Key")


def fold(events: Iterable[Event]) -> dict[str, WalkthroughState]:
    """The state of every walkthrough in one destination's events, by walkthrough id."""
    return _states(events, attrgetter("walkthrough"))


def fold_all(events: Iterable[Event]) -> dict[tuple[Destination, str], WalkthroughState]:
    """The state of every walkthrough, by destination and id, in one pass over the events."""
    return _states(events, attrgetter("destination", "walkthrough"))


def _states(events: Iterable[Event], key_of: Callable[[Event], Key]) -> dict[Key, WalkthroughState]:
    folds: dict[Key, _Fold] = {}
    for event in events:
        if event.walkthrough:
            key = key_of(event)
            found = folds.get(key)
            if found is None:
                found = folds[key] = _Fold(NOTHING_KNOWN)
            found.add(event)
    return {key: found.state() for key, found in folds.items()}


def step(state: WalkthroughState, event: Event) -> WalkthroughState:
    """The state after one more event."""
    found = _Fold(state)
    found.add(event)
    return found.state()


class _Fold:
    """A state that is under way, and changes in place: of finished walks there are very many."""

    def __init__(self, state: WalkthroughState) -> None:
        self.go_on_from(state)

    def go_on_from(self, state: WalkthroughState) -> None:
        """Be like this state."""
        self.phase, self.upload_id, self.is_adopted = state.phase, state.upload_id, state.is_adopted
        self.intent, self.link = state.intent, state.link
        self.recordings = {key: _Recording(known) for key, known in state.recordings.items()}
        self.held_reason, self.since = state.held_reason, state.since
        self.failure, self.failed_at = state.failure, state.failed_at
        self.run, self.version, self.strays = state.run, state.version, state.strays

    def add(self, event: Event) -> None:
        """Add one more event."""
        if event.kind not in UNVERSIONED:
            self.run = event.run
            self.version = self.version + 1 if event.version is None else event.version
        change = _CHANGES.get(event.kind)
        if change:
            change(self, event)

    def state(self) -> WalkthroughState:
        """The state after all of them."""
        return WalkthroughState(
            phase=self.phase,
            upload_id=self.upload_id,
            is_adopted=self.is_adopted,
            intent=self.intent,
            link=self.link,
            recordings={key: known.state() for key, known in self.recordings.items()},
            held_reason=self.held_reason,
            failure=self.failure,
            failed_at=self.failed_at,
            since=self.since,
            run=self.run,
            version=self.version,
            strays=self.strays,
        )


class _Recording:
    """A recording's state that is under way."""

    def __init__(self, state: RecordingState) -> None:
        self.name, self.modified, self.tus_url = state.name, state.modified, state.tus_url
        self.offset, self.uploaded, self.unaskable = state.offset, state.uploaded, state.unaskable
        self.checkpoints, self.sha256, self.blake3 = state.checkpoints, state.sha256, state.blake3

    def state(self) -> RecordingState:
        """The state after all events."""
        return RecordingState(
            name=self.name,
            tus_url=self.tus_url,
            offset=self.offset,
            uploaded=self.uploaded,
            sha256=self.sha256,
            modified=self.modified,
            checkpoints=self.checkpoints,
            unaskable=self.unaskable,
            blake3=self.blake3,
        )


def _creating(state: _Fold, event: Event) -> None:
    state.phase, state.intent, state.since = Phase.HELD, event.data, event.at
    state.held_reason = "the run ended before Evercam's answer to the create request was recorded"


def _created(state: _Fold, event: Event) -> None:
    state.phase, state.upload_id = Phase.CREATED, int(event.data["upload_id"])
    state.held_reason, state.since = "", event.at


def _adopted(state: _Fold, event: Event) -> None:
    # A failure with another upload object, or a link to it, says nothing of this one.
    state.is_adopted, state.link, state.failure, state.failed_at = True, {}, "", None
    _created(state, event)
    state.strays = _without(state.upload_id, state.strays)


def _stray(state: _Fold, event: Event) -> None:
    state.strays = _without(state.upload_id, (*state.strays, int(event.data["upload_id"])))


def _without(upload_id: int | None, strays: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(number for number in strays if number != upload_id)


def _nothing_created(state: _Fold, event: Event) -> None:
    state.upload_id, state.is_adopted, state.held_reason, state.link = None, False, "", {}
    state.phase, state.since = Phase.NEW, event.at


def _held(state: _Fold, event: Event) -> None:
    state.phase, state.held_reason, state.since = Phase.HELD, event.data["reason"], event.at


def _renewed(state: _Fold, event: Event) -> None:
    fresh = WalkthroughState(since=event.at)
    state.go_on_from(replace(fresh, run=state.run, version=state.version, strays=state.strays))


def _finishing(state: _Fold, event: Event) -> None:
    # A walkthrough that is finished again is unfinished until the answer is there.
    state.phase, state.link = Phase.CREATED, event.data


def _finished(state: _Fold, event: Event) -> None:
    if state.link:  # else nobody asked for it: no run of ours writes that
        state.phase, state.since = Phase.FINISHED, event.at
        state.is_adopted, state.failure, state.failed_at = False, "", None


def _kept(state: _Fold, event: Event) -> None:
    state.intent = {**state.intent, **event.data["create"]}
    if state.phase is Phase.FINISHED:
        state.link = {**state.link, **event.data["link"]}


def _failed(state: _Fold, event: Event) -> None:
    state.failure, state.failed_at = str(event.data["reason"]), event.at


def _tus_creating(state: _Fold, event: Event) -> None:
    begun = RecordingState(str(event.data["name"]), modified=event.data.get("modified"))
    state.recordings[event.recording] = _Recording(begun)
    _check(state.recordings[event.recording], event.data)


def _tus_created(state: _Fold, event: Event) -> None:
    _recording(state, event).tus_url = event.data.get("url")


def _sent(state: _Fold, event: Event) -> None:
    known, data = _recording(state, event), event.data
    # After `uploaded` this revokes it: the server turned out not to have all bytes.
    known.offset, known.uploaded = int(data["offset"]), False
    known.unaskable = data.get("unaskable") is True
    known.modified = data.get("modified", known.modified)
    _check(known, data)


def _check(known: _Recording, data: Mapping[str, Any]) -> None:
    """Add an event's checkpoint, if it has one; older programs took the sha256."""
    if "checked" in data:
        algorithm = "blake3" if "blake3" in data else "sha256"
        start = data.get("checked_from", 0)
        latest = Checkpoint(data["checked"], data[algorithm], start, algorithm)
        known.checkpoints = with_checkpoint(known.checkpoints, latest)


def _uploaded(state: _Fold, event: Event) -> None:
    length, known = event.data.get("offset"), _recording(state, event)
    known.uploaded = True
    known.sha256, known.blake3 = event.data.get("sha256"), event.data.get("blake3")
    for algorithm, digest in (("sha256", known.sha256), ("blake3", known.blake3)):
        if length is not None and digest is not None:
            whole = Checkpoint(length, digest, 0, algorithm)
            known.checkpoints = with_checkpoint(known.checkpoints, whole)


def _abandoned(state: _Fold, event: Event) -> None:
    state.recordings.pop(event.recording, None)


def _recording(state: _Fold, event: Event) -> _Recording:
    if event.recording not in state.recordings:
        state.recordings[event.recording] = _Recording(RecordingState(event.recording))
    return state.recordings[event.recording]


_CHANGES: Mapping[Kind, Callable[[_Fold, Event], None]] = {
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
    Kind.FAILED: _failed,
    Kind.STRAY: _stray,
}
