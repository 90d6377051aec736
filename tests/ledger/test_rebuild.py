"""What a lost ledger is worth again once it is rebuilt from results."""

import datetime as dt

import pytest

from runner.destination import Destination
from runner.evercam.addresses import Addresses
from runner.ledger.rebuild import events_of_results
from runner.ledger.state import Phase, WalkthroughState, fold
from runner.plan.model import Action
from runner.report.results import (
    Outcome,
    RecordingOutcome,
    RecordingResult,
    Results,
    WalkthroughResult,
)

ADDRESSES = Addresses(media="https://m", ingest="https://i", tus="https://t/")
AT = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)


def _results(outcome: str, upload_id: int | None = 7) -> Results:
    walkthrough = WalkthroughResult(
        project="evercam",
        id="one",
        name="One",
        date=dt.date(2026, 1, 20),
        drawing="level-2",
        drawing_id=6143,
        planned=Action.CREATE,
        outcome=Outcome(outcome),
        reason="changed since it was uploaded",
        recordings=(RecordingResult("a.insv", "3-abc", 3, RecordingOutcome.SENT),),
        next_steps=(),
        upload_id=upload_id,
    )
    return Results("r1", AT, AT, ADDRESSES, (walkthrough,))


def _rebuilt(*results: Results) -> WalkthroughState | None:
    events = [event for told in results for event in events_of_results(told)]
    assert {event.destination for event in events} <= {Destination("https://i", "evercam")}
    return fold(events).get("one")


@pytest.mark.parametrize("later", ["done", "nothing"])
def test_what_was_finished_stays_finished(later: str) -> None:
    state = _rebuilt(_results("done"), _results(later))
    assert state is not None
    assert (state.phase, state.upload_id) == (Phase.FINISHED, 7)
    assert state.link["recordings"] == {"3-abc": "a.insv"}


@pytest.mark.parametrize("outcome", ["failed", "interrupted", "not_started"])
def test_an_upload_object_is_kept_and_never_created_again(outcome: str) -> None:
    state = _rebuilt(_results(outcome))
    assert state is not None
    assert (state.phase, state.upload_id) == (Phase.CREATED, 7)


@pytest.mark.parametrize(("outcome", "upload_id"), [("held", None), ("held", 7), ("changed", 7)])
def test_what_only_a_person_can_settle_is_held(outcome: str, upload_id: int | None) -> None:
    state = _rebuilt(_results("done"), _results(outcome, upload_id))
    assert state is not None
    assert state.phase is Phase.HELD
    assert state.held_reason


def test_what_was_never_created_is_new() -> None:
    assert _rebuilt(_results("failed", None)) is None
