import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.destination import Destination
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold, fold_entries, step
from runner.ledger.state import (
    NOTHING_KNOWN,
    Checkpoint,
    Phase,
    RecordingState,
    WalkthroughState,
    usable_at,
)
from runner.ledger.table import entry_of, event_of, row_of

Told = tuple[Kind, Mapping[str, Any]] | Kind
HERE = Destination("https://here", "evercam")
START = dt.datetime(2026, 1, 20, tzinfo=dt.UTC)
CREATING = (Kind.CREATING, {"name": "Level 2"})
CREATED = (Kind.CREATED, {"upload_id": 7})
BEGUN = (Kind.TUS_CREATING, {"name": "a.insv", "length": 10, "modified": 1})
OPENED = (Kind.TUS_CREATED, {"url": "https://tus.test/1"})
LINK = (Kind.FINISHING, {"start_position": "0,0"})
DATA: Mapping[Kind, dict[str, Any]] = {
    Kind.CREATED: {"upload_id": 7},
    Kind.ADOPTED: {"upload_id": 8},
    Kind.HELD: {"reason": "a read timeout"},
    Kind.FAILED: {"reason": "the disk is gone"},
    Kind.TUS_CREATING: {"name": "a.insv"},
    Kind.TUS_CREATED: {"url": "https://tus.test/1"},
    Kind.SENT: {"offset": 4},
    Kind.FINISHING: {"start_position": "0,0"},
    Kind.STRAY: {"upload_id": 9},
    Kind.KEPT: {"create": {"name": "Level 2"}, "link": {"start_position": "0.1,0.1"}},
}


def event(
    kind: Kind, data: Mapping[str, Any] | None = None, *, walkthrough: str = "one", at: int = 0
) -> Event:
    moment = START + dt.timedelta(seconds=at)
    told = DATA.get(kind, {}) if data is None else data
    return Event(moment, "run", HERE, walkthrough, kind, "recording", told)


def after(*told: Told) -> WalkthroughState:
    pairs = [one if isinstance(one, tuple) else (one, None) for one in told]
    return fold(event(kind, data) for kind, data in pairs)["one"]


EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(Kind),
        walkthrough=st.sampled_from(["one", "two"]),
        at=st.integers(0, 99),
    ),
    max_size=12,
)


@given(EVENTS)
def test_a_walkthrough_is_what_its_own_events_say(events: list[Event]) -> None:
    alone = [fold(one for one in events if one.walkthrough == id_) for id_ in ("one", "two")]
    assert fold(events) == alone[0] | alone[1]


@given(EVENTS)
def test_it_can_be_gone_on_with_from_any_event_and_leaves_what_it_went_on_from(
    events: list[Event],
) -> None:
    states = [NOTHING_KNOWN]
    own = [one for one in events if one.walkthrough == "one"]
    for one in own:
        states.append(step(states[-1], one))
    assert [fold(own[:count]).get("one", NOTHING_KNOWN) for count in range(len(states))] == states


def test_an_event_that_says_nothing_of_the_state_leaves_every_value() -> None:
    values: dict[str, Any] = {field.name: field.name for field in fields(RecordingState)}
    recordings = {"recording": RecordingState(**values)}
    values = {field.name: field.name for field in fields(WalkthroughState)}
    known = WalkthroughState(**{**values, "recordings": recordings, "run": "run", "version": 4})
    assert step(known, event(Kind.STOPPED)) == replace(known, version=5)


@given(EVENTS)
def test_rows_of_a_ledger_say_what_their_events_say(events: list[Event]) -> None:
    rows = [(number, *row_of(one)[:-1]) for number, one in enumerate(events)]
    assert fold_entries(map(entry_of, rows)) == fold(map(event_of, rows)) == fold(events)


@given(EVENTS)
def test_it_is_held_exactly_while_nobody_knows_what_a_create_came_to(events: list[Event]) -> None:
    unknown = {Kind.CREATING, Kind.HELD}
    known = {Kind.CREATED, Kind.ADOPTED, Kind.REFUSED, Kind.RELEASED, Kind.RENEWED}
    known |= {Kind.FINISHING, Kind.FINISHED}
    state, is_unknown = NOTHING_KNOWN, False
    for one in events:
        state = step(state, one)
        if one.kind is Kind.FINISHED and not state.link:
            continue  # nobody asked for it
        is_unknown = one.kind in unknown or (is_unknown and one.kind not in known)
        assert (state.phase is Phase.HELD) is is_unknown


def test_a_create_without_an_answer_keeps_what_to_look_for() -> None:
    held = after(CREATING)
    assert (held.phase, held.intent["name"], held.since) == (Phase.HELD, "Level 2", START)
    assert "before Evercam's answer" in held.held_reason


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.RELEASED])
def test_where_nothing_was_created_a_create_is_free_again(kind: Kind) -> None:
    free = after(CREATING, kind)
    assert (free.phase, free.upload_id, free.held_reason) == (Phase.NEW, None, "")


def test_another_object_inherits_neither_failure_nor_link() -> None:
    adopted = after(CREATING, CREATED, LINK, Kind.FAILED, Kind.ADOPTED)
    assert (adopted.phase, adopted.upload_id, adopted.is_adopted) == (Phase.CREATED, 8, True)
    assert (adopted.failure, adopted.failed_at, adopted.link) == ("", None, {})


def test_only_the_answer_to_a_finish_makes_it_finished_and_an_adoption_proven() -> None:
    asked = after(Kind.ADOPTED, LINK)
    assert (asked.phase, asked.is_adopted) == (Phase.CREATED, True)
    done = after(Kind.ADOPTED, LINK, Kind.FAILED, Kind.FINISHED)
    assert (done.phase, done.is_adopted, done.failure) == (Phase.FINISHED, False, "")
    assert after(LINK, Kind.FINISHED, LINK).phase is Phase.CREATED


def test_a_finish_that_nobody_asked_for_is_none() -> None:
    assert after(CREATING, CREATED, Kind.FINISHED).phase is Phase.CREATED
    assert after(CREATING, Kind.FINISHED).phase is Phase.HELD


def test_a_stray_upload_object_is_remembered_and_changes_nothing_else() -> None:
    alone = after(CREATING, CREATED)
    assert after(CREATING, CREATED, Kind.STRAY) == replace(alone, strays=(9,))
    assert after(Kind.STRAY, Kind.RENEWED).strays == (9,)


def test_a_stray_that_a_person_adopts_is_none_any_more() -> None:
    adopted = (Kind.ADOPTED, {"upload_id": 9})
    assert after(CREATING, Kind.STRAY, adopted).strays == ()
    assert after(CREATING, adopted, Kind.STRAY).strays == ()
    assert after(CREATING, Kind.STRAY, Kind.ADOPTED).strays == (9,)


@pytest.mark.parametrize(
    ("url", "is_usable"),
    [
        ("https://tus.test/files/1", True),
        ("http://tus.test:1080/files/1", True),  # as a server behind a proxy calls itself
        ("https://elsewhere.test/files/1", False),
        ("http://[", False),
    ],
)
def test_an_upload_at_another_server_is_not_gone_on_with(url: str, *, is_usable: bool) -> None:
    state = after(CREATED, BEGUN, (Kind.TUS_CREATED, {"url": url}), Kind.UPLOADED)
    usable = usable_at(state, "https://tus.test/files/")
    assert bool(usable.recordings) is is_usable
    finished = after(CREATED, BEGUN, (Kind.TUS_CREATED, {"url": url}), LINK, Kind.FINISHED)
    assert usable_at(finished, "https://tus.test/files/") == finished


def test_a_whole_recording_without_an_address_is_sent_again() -> None:
    told = after(CREATED, BEGUN, (Kind.TUS_CREATED, {}), Kind.UPLOADED)
    assert usable_at(told, "https://tus.test/files/").recordings == {}


def test_a_new_object_on_purpose_knows_nothing_of_the_old_one() -> None:
    renewed = after(CREATING, CREATED, BEGUN, OPENED, LINK, Kind.FINISHED, Kind.RENEWED)
    assert renewed == WalkthroughState(since=START, run="run", version=7)


def test_a_recording_goes_on_from_its_latest_offset_even_if_that_went_back() -> None:
    sent = (Kind.SENT, {"offset": 8, "modified": 1, "checked": 6, "blake3": "ab"})
    back = (Kind.SENT, {"offset": 3})
    assert after(CREATED, BEGUN, OPENED, sent, back).recordings["recording"] == RecordingState(
        "a.insv", "https://tus.test/1", 3, modified=1, checkpoints=(Checkpoint(6, "ab"),)
    )


def test_what_the_server_turns_out_to_lack_is_not_uploaded_any_more() -> None:
    whole = (Kind.UPLOADED, {"offset": 10, "blake3": "cd"})
    recording = after(BEGUN, OPENED, whole).recordings["recording"]
    assert (recording.uploaded, recording.checkpoints) == (True, (Checkpoint(10, "cd"),))
    assert not after(BEGUN, OPENED, whole, Kind.SENT).recordings["recording"].uploaded


def test_each_run_leaves_the_checkpoint_of_what_it_sent() -> None:
    first = (Kind.SENT, {"offset": 4, "checked": 6, "blake3": "ab"})
    older = (Kind.SENT, {"offset": 4, "checked": 5, "sha256": "cd"})
    second = (Kind.SENT, {"offset": 4, "checked_from": 4, "checked": 8, "blake3": "ef"})
    further = (Kind.SENT, {"offset": 8, "checked_from": 4, "checked": 9, "blake3": "01"})
    assert _checkpoints(first, second, further) == (
        Checkpoint(6, "ab"),
        Checkpoint(9, "01", start=4),
    )
    assert _checkpoints(older, second) == (
        Checkpoint(5, "cd", algorithm="sha256"),
        Checkpoint(8, "ef", start=4),
    )
    assert _checkpoints(second, first) == (Checkpoint(6, "ab"),)


def _checkpoints(*sent: tuple[Kind, dict[str, object]]) -> tuple[Checkpoint, ...]:
    return after(BEGUN, OPENED, *sent).recordings["recording"].checkpoints


def test_an_abandoned_upload_is_forgotten_with_its_address() -> None:
    assert after(CREATED, BEGUN, OPENED, Kind.ABANDONED).recordings == {}


def test_a_plan_grows_stale_by_what_it_was_made_from_and_by_nothing_else() -> None:
    made = after(CREATED, BEGUN, OPENED)
    assert after(CREATED, BEGUN, OPENED, Kind.FAILED).digest() == made.digest()
    ends = (Kind.UPLOADED, Kind.ABANDONED, Kind.HELD, Kind.ADOPTED, Kind.RENEWED)
    later: tuple[Told, ...] = (LINK, Kind.SENT, *ends)
    for further in later:
        assert after(CREATED, BEGUN, OPENED, further).digest() != made.digest()


SENT = (Kind.UPLOADED, {"offset": 10, "unhashed": True})
LINKED = (Kind.FINISHING, {"recordings": {"recording": "a.insv", "other": "b.insv"}})


def test_a_sha256_that_is_taken_later_is_there_then_or_the_reason_why_not() -> None:
    done = CREATED, BEGUN, OPENED, SENT, LINKED, Kind.FINISHED
    assert "not taken before the run ended" in after(*done).recordings["recording"].unhashed
    hashed = after(*done, (Kind.HASHED, {"sha256": "ab"}))
    assert hashed.phase is Phase.FINISHED
    recording = hashed.recordings["recording"]
    assert (recording.sha256, recording.unhashed, recording.uploaded) == ("ab", "", True)
    unread = after(*done, (Kind.HASHED, {"reason": "the card is gone"})).recordings["recording"]
    assert (unread.sha256, unread.unhashed, unread.uploaded) == (None, "the card is gone", True)


def test_a_file_that_is_not_what_was_linked_is_sent_anew_and_its_link_is_of_something_else() -> (
    None
):
    done = CREATED, BEGUN, OPENED, SENT, LINKED, Kind.FINISHED
    mixed = after(*done, (Kind.HASHED, {"mixed": True}), Kind.FAILED)
    assert (mixed.phase, mixed.failure) == (Phase.FINISHED, "the disk is gone")
    recording = mixed.recordings["recording"]
    assert (recording.name, recording.uploaded, recording.tus_url) == ("a.insv", False, None)
    assert "recording" not in mixed.link["recordings"]
    assert list(mixed.link["recordings"].values()) == ["a.insv", "b.insv"]
    kept = step(mixed, event(Kind.KEPT, {"create": {}, "link": LINKED[1]}))
    assert (kept.failure, kept.failed_at, kept.link) == ("", None, LINKED[1])
