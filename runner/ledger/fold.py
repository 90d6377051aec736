"""The fold: what a walkthrough's events, read in order, say about it."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from runner.base.destination import Destination
from runner.ledger.events import UNVERSIONED, Data, Entry, Event, Kind
from runner.ledger.mutable_state import MutableRecording, MutableWalkthrough
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
    return {id_: state for (_, id_), state in fold_all(events).items()}


def fold_all(events: Iterable[Event]) -> dict[tuple[Destination, str], WalkthroughState]:
    """The state of every walkthrough, by destination and id, in one pass over the events."""
    return fold_entries(
        ((event.destination, event.walkthrough), _entry(event))
        for event in events
        if event.walkthrough
    )


def fold_entries(entries: Iterable[tuple[Key, Entry]]) -> dict[Key, WalkthroughState]:
    """The state of every walkthrough, by the keys that its entries come with."""
    folds: dict[Key, MutableWalkthrough] = {}
    for key, entry in entries:
        found = folds.get(key)
        if found is None:
            found = folds[key] = MutableWalkthrough(NOTHING_KNOWN)
        _add(found, entry)
    return {key: found.state() for key, found in folds.items()}


def step(state: WalkthroughState, event: Event) -> WalkthroughState:
    """The state after one more event."""
    found = MutableWalkthrough(state)
    _add(found, _entry(event))
    return found.state()


def _entry(event: Event) -> Entry:
    return event.kind, event.run, event.version, event.recording, event.data, event.at


def _add(state: MutableWalkthrough, entry: Entry) -> None:
    kind, run, version, recording, data, at = entry
    if kind not in UNVERSIONED:
        state.run = run
        state.version = state.version + 1 if version is None else version
    if kind in _OF_A_WALKTHROUGH:
        _OF_A_WALKTHROUGH[kind](state, data, at)
    elif kind in _OF_A_RECORDING:
        _OF_A_RECORDING[kind](state, recording, data)


def _creating(state: MutableWalkthrough, data: Data, at: dt.datetime) -> None:
    state.phase, state.intent, state.since = Phase.HELD, data, at
    state.held_reason = "the run ended before Evercam's answer to the create request was recorded"


def _created(state: MutableWalkthrough, data: Data, at: dt.datetime) -> None:
    state.phase, state.upload_id = Phase.CREATED, int(data["upload_id"])
    state.held_reason, state.since = "", at


def _adopted(state: MutableWalkthrough, data: Data, at: dt.datetime) -> None:
    # A failure with another upload object, or a link to it, says nothing of this one.
    state.is_adopted, state.link, state.failure, state.failed_at = True, {}, "", None
    _created(state, data, at)
    state.strays = _without(state.upload_id, state.strays)


def _stray(state: MutableWalkthrough, data: Data, _at: dt.datetime) -> None:
    state.strays = _without(state.upload_id, (*state.strays, int(data["upload_id"])))


def _without(upload_id: int | None, strays: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(number for number in strays if number != upload_id)


def _nothing_created(state: MutableWalkthrough, _data: Data, at: dt.datetime) -> None:
    state.upload_id, state.is_adopted, state.held_reason, state.link = None, False, "", {}
    state.phase, state.since = Phase.NEW, at


def _held(state: MutableWalkthrough, data: Data, at: dt.datetime) -> None:
    state.phase, state.held_reason, state.since = Phase.HELD, data["reason"], at


def _renewed(state: MutableWalkthrough, _data: Data, at: dt.datetime) -> None:
    fresh = WalkthroughState(since=at)
    state.go_on_from(replace(fresh, run=state.run, version=state.version, strays=state.strays))


def _finishing(state: MutableWalkthrough, data: Data, _at: dt.datetime) -> None:
    # A walkthrough that is finished again is unfinished until the answer is there.
    state.phase, state.link = Phase.CREATED, data


def _finished(state: MutableWalkthrough, _data: Data, at: dt.datetime) -> None:
    if state.link:  # else nobody asked for it: no run of ours writes that
        state.phase, state.since = Phase.FINISHED, at
        state.is_adopted, state.failure, state.failed_at = False, "", None


def _kept(state: MutableWalkthrough, data: Data, _at: dt.datetime) -> None:
    state.intent = {**state.intent, **data["create"]}
    if state.phase is Phase.FINISHED:
        state.link = {**state.link, **data["link"]}
        state.failure, state.failed_at = "", None


def _failed(state: MutableWalkthrough, data: Data, at: dt.datetime) -> None:
    state.failure, state.failed_at = str(data["reason"]), at


def _tus_creating(state: MutableWalkthrough, recording: str, data: Data) -> None:
    begun = RecordingState(str(data["name"]), modified=data.get("modified"))
    state.recordings[recording] = MutableRecording(begun)
    _check(state.recordings[recording], data)


def _tus_created(state: MutableWalkthrough, recording: str, data: Data) -> None:
    _recording(state, recording).tus_url = data.get("url")


def _sent(state: MutableWalkthrough, recording: str, data: Data) -> None:
    known = _recording(state, recording)
    # After `uploaded` this revokes it: the server turned out not to have all bytes.
    known.offset, known.uploaded = int(data["offset"]), False
    known.unaskable = data.get("unaskable") is True
    known.modified = data.get("modified", known.modified)
    _check(known, data)


def _check(known: MutableRecording, data: Data) -> None:
    """Add an event's checkpoint, if it has one; older programs took the sha256."""
    if "checked" in data:
        algorithm = "blake3" if "blake3" in data else "sha256"
        start = data.get("checked_from", 0)
        latest = Checkpoint(data["checked"], data[algorithm], start, algorithm)
        known.checkpoints = with_checkpoint(known.checkpoints, latest)


def _uploaded(state: MutableWalkthrough, recording: str, data: Data) -> None:
    length, known = data.get("offset"), _recording(state, recording)
    known.uploaded = True
    known.sha256, known.blake3 = data.get("sha256"), data.get("blake3")
    for algorithm, digest in (("sha256", known.sha256), ("blake3", known.blake3)):
        if length is not None and digest is not None:
            whole = Checkpoint(length, digest, 0, algorithm)
            known.checkpoints = with_checkpoint(known.checkpoints, whole)
    known.unhashed = _UNHASHED if data.get("unhashed") is True else ""


_UNHASHED = "no sha256: it was not taken before the run ended"
_MIXED = "no sha256: it is not what was sent of it"


def _hashed(state: MutableWalkthrough, recording: str, data: Data) -> None:
    known = _recording(state, recording)
    if data.get("mixed") is True:
        _mixed(state, recording, RecordingState(known.name, unhashed=_MIXED))
    else:
        known.sha256, known.unhashed = data.get("sha256"), data.get("reason", "")


def _mixed(state: MutableWalkthrough, recording: str, known: RecordingState) -> None:
    """Nothing of the file counts as sent, and what is linked is no file that anybody has."""
    names = {
        f"{identity}-mixed" if identity == recording else identity: name
        for identity, name in state.link.get("recordings", {}).items()
    }
    state.link = {**state.link, "recordings": names}
    state.recordings[recording] = MutableRecording(known)


def _abandoned(state: MutableWalkthrough, recording: str, _data: Data) -> None:
    state.recordings.pop(recording, None)


def _recording(state: MutableWalkthrough, recording: str) -> MutableRecording:
    if recording not in state.recordings:
        state.recordings[recording] = MutableRecording(RecordingState(recording))
    return state.recordings[recording]


_OF_A_WALKTHROUGH: Mapping[Kind, Callable[[MutableWalkthrough, Data, dt.datetime], None]] = {
    Kind.CREATING: _creating,
    Kind.CREATED: _created,
    Kind.ADOPTED: _adopted,
    Kind.REFUSED: _nothing_created,
    Kind.RELEASED: _nothing_created,
    Kind.HELD: _held,
    Kind.KEPT: _kept,
    Kind.RENEWED: _renewed,
    Kind.FINISHING: _finishing,
    Kind.FINISHED: _finished,
    Kind.FAILED: _failed,
    Kind.STRAY: _stray,
}
_OF_A_RECORDING: Mapping[Kind, Callable[[MutableWalkthrough, str, Data], None]] = {
    Kind.TUS_CREATING: _tus_creating,
    Kind.TUS_CREATED: _tus_created,
    Kind.SENT: _sent,
    Kind.UPLOADED: _uploaded,
    Kind.ABANDONED: _abandoned,
    Kind.HASHED: _hashed,
}
