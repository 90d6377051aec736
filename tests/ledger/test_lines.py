import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.destination import Destination
from runner.base.errors import UsageError
from runner.ledger.events import Event, Kind
from runner.ledger.lines import from_lines, to_lines

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SAID = {"upload_id": 7, "reason": "", "name": "", "url": "", "offset": 0}
"""What events of one kind or another must say for a ledger to be read."""

EVENTS = st.builds(
    Event,
    at=st.datetimes(timezones=st.just(dt.UTC)),
    run=TEXT,
    destination=st.builds(Destination, TEXT, TEXT.filter(lambda text: "/" not in text)),
    walkthrough=TEXT,
    kind=st.sampled_from(Kind),
    recording=TEXT,
    version=st.none() | st.integers(1, 9),
    id=st.just("") | st.uuids().map(lambda one: one.hex),
    data=st.dictionaries(TEXT, TEXT | st.integers() | st.none(), max_size=3).map(
        lambda more: {**more, **SAID}
    ),
)


@given(st.lists(EVENTS, max_size=5))
def test_what_is_exported_is_imported(events: list[Event]) -> None:
    lines = list(to_lines(events))
    assert list(from_lines("\n".join(lines))) == events


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"at": 1}', "null", '"text"', "[" * 99_999])
def test_a_line_that_is_no_event_is_named(line: str) -> None:
    with pytest.raises(UsageError, match="line 2, is no event"):
        list(from_lines(f"\n{line}"))


SOUND = {
    "at": "2026-01-20T08:00:00+00:00",
    "run": "r1",
    "destination": "https://i/360/evercam",
    "walkthrough": "one",
    "kind": "created",
    "recording": "",
    "data": {"upload_id": 7},
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"data": {}}, "`upload_id` is missing"),
        ({"data": {"upload_id": "x"}}, "`upload_id` is no number"),
        ({"data": "text"}, "line 1, is no event"),
        ({"at": "2026-01-20T08:00:00"}, "its time has no time zone"),
        ({"destination": []}, r"\[\] is not text"),
        ({"run": "\ud800"}, "surrogates not allowed"),
        ({"id": "7"}, "'7' is no id of an event"),
        ({"id": 7}, "7 is no id of an event"),
        ({"version": 0}, "0 is no version"),
        ({"destination": "elsewhere"}, "`elsewhere` is no destination"),
    ],
)
def test_a_ledger_takes_in_nothing_that_it_could_not_read_back(
    wrong: dict[str, Any], said: str
) -> None:
    assert list(from_lines(json.dumps(SOUND)))
    with pytest.raises(UsageError, match=said):
        list(from_lines(json.dumps({**SOUND, **wrong})))
