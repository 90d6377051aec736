import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import UsageError
from runner.ledger.events import Event, Kind
from runner.ledger.lines import from_lines, to_lines

TEXT = st.text(max_size=20)
EVENTS = st.builds(
    Event,
    at=st.datetimes(timezones=st.just(dt.UTC)),
    run=TEXT,
    destination=TEXT,
    walkthrough=TEXT,
    kind=st.sampled_from(Kind),
    recording=TEXT,
    data=st.dictionaries(TEXT, TEXT | st.integers() | st.none(), max_size=3),
)


@given(st.lists(EVENTS, max_size=5))
def test_what_is_exported_is_imported(events: list[Event]) -> None:
    lines = list(to_lines(events))
    assert list(from_lines("\n".join(lines))) == events


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"at": 1}', "null", '"text"'])
def test_a_line_that_is_no_event_is_named(line: str) -> None:
    with pytest.raises(UsageError, match="line 2, is no event"):
        list(from_lines(f"\n{line}"))
