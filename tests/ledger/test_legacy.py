"""What a lost ledger is worth again once it is rebuilt from results."""

import datetime as dt
import json
from typing import Any

import pytest

from runner.base.destination import Destination
from runner.evercam.addresses import Addresses
from runner.ledger.fold import fold_all
from runner.ledger.legacy import events_of_results, require_results
from runner.ledger.state import Phase, WalkthroughState
from runner.plan.model import Action
from runner.report.forms.as_json import results_json
from runner.report.results import (
    Outcome,
    RecordingOutcome,
    RecordingResult,
    Results,
    WalkthroughResult,
)

ADDRESSES = Addresses(media="https://m", ingest="https://i", tus="https://t/")
AT = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)
KEY = Destination("https://i", "evercam"), "one"


def _results(outcome: str, upload_id: int | None = 7, *, day: int = 0, **more: Any) -> Any:
    walkthrough = WalkthroughResult(
        project="evercam",
        id="one",
        name=more.get("name", "One"),
        date=dt.date(2026, 1, 20),
        drawing="level-2",
        drawing_id=6143,
        planned=Action.CREATE,
        outcome=Outcome(outcome),
        reason="changed since it was uploaded",
        recordings=(
            RecordingResult(
                more.get("file", "a.insv"),
                "3-abc",
                3,
                RecordingOutcome.SENT,
                sha256=more.get("sha256"),
            ),
        ),
        next_steps=(),
        upload_id=upload_id,
    )
    at = AT + dt.timedelta(days=day)
    told = results_json(Results(f"r{day}", at, at, ADDRESSES, (walkthrough,)))
    return json.loads(json.dumps(told))


def _rebuilt(*results: Any, **more: Any) -> WalkthroughState | None:
    for told in results:
        require_results(told)
    events = [event for one in events_of_results(results, **more) for event in one]
    return fold_all(events).get(KEY)


@pytest.mark.parametrize(
    "later", ["done", "nothing", "changed", "failed", "interrupted", "not_started"]
)
@pytest.mark.parametrize("is_first", [True, False])
def test_what_was_finished_stays_finished_with_its_files(later: str, *, is_first: bool) -> None:
    done = _results("done", sha256="ab")
    after = _results(later, day=1, name="Other" if later == "changed" else "One")
    state = _rebuilt(done, after) if is_first else _rebuilt(after, done)
    assert state is not None
    assert (state.phase, state.upload_id) == (Phase.FINISHED, 7)
    assert state.link["recordings"] == {"3-abc": "a.insv"}
    assert state.intent["name"] == "One"
    assert state.recordings["3-abc"].uploaded
    assert state.recordings["3-abc"].sha256 == "ab"


def test_the_link_values_of_the_run_that_finished_count() -> None:
    done, changed = _results("done"), _results("changed", day=1)
    done["walkthroughs"][0]["end_position"] = "0.9,0.15"
    changed["walkthroughs"][0]["end_position"] = "0.8,0.15"
    state = _rebuilt(done, changed)
    assert state is not None
    assert state.link["end_position"] == "0.9,0.15"


def test_of_two_uploads_on_purpose_the_last_finished_counts() -> None:
    state = _rebuilt(_results("done", 9, day=1), _results("done", 7))
    assert state is not None
    assert state.upload_id == 9


@pytest.mark.parametrize("outcome", ["failed", "interrupted", "not_started"])
def test_an_upload_object_is_kept_and_never_created_again(outcome: str) -> None:
    state = _rebuilt(_results(outcome))
    assert state is not None
    assert (state.phase, state.upload_id) == (Phase.CREATED, 7)


@pytest.mark.parametrize(("outcome", "upload_id"), [("held", None), ("held", 7), ("changed", 7)])
def test_what_only_a_person_can_settle_is_held(outcome: str, upload_id: int | None) -> None:
    state = _rebuilt(_results("failed"), _results(outcome, upload_id, day=1))
    assert state is not None
    assert state.phase is Phase.HELD
    assert state.held_reason


def test_what_an_export_has_as_finished_is_not_opened_again() -> None:
    assert _rebuilt(_results("changed"), done=[KEY]) is None
    assert _rebuilt(_results("changed")) is not None


def test_what_was_never_created_is_new() -> None:
    assert _rebuilt(_results("failed", None)) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"run": None}, "run: None is not of type 'string'"),
        ({"walkthroughs": [{}]}, "walkthroughs: 0: `project` is missing"),
        ({"sitewalk_results": "2.0"}, "sitewalk_results: '2.0' does not match"),
        ({"ended": "yesterday"}, "Invalid isoformat string"),
    ],
)
def test_what_is_no_results_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        require_results({**_results("done"), **change})


def test_results_of_an_older_minor_version_are_read() -> None:
    told = _results("done")
    for key in ("timeline", "rebuilt", "killed"):
        del told[key]
    del told["walkthroughs"][0]["retries"]
    require_results({**told, "sitewalk_results": "1.0"})
