from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.sandbox.faults import (
    KINDS,
    KINDS_WITH_BYTES,
    KINDS_WITH_STATUS,
    STEPS,
    STEPS_OF_KIND,
    Fault,
    FaultQueue,
)

ANY_TIMES = st.integers(0)


@st.composite
def faults(draw: st.DrawFn, times: st.SearchStrategy[int] = ANY_TIMES) -> Fault:
    kind = draw(st.sampled_from(KINDS))
    step = draw(st.sampled_from(STEPS_OF_KIND.get(kind, STEPS)))
    statuses = st.none() | st.integers(200, 599) if kind in KINDS_WITH_STATUS else st.none()
    counts = st.none() | st.integers(0) if kind in KINDS_WITH_BYTES else st.none()
    matches = st.none() | st.text(min_size=1) if step != "login" else st.none()
    return Fault(
        step,
        kind,
        times=draw(times),
        after_bytes=draw(counts),
        status=draw(statuses),
        seconds=draw(st.none() | st.floats(0, allow_infinity=False, allow_nan=False)),
        match=draw(matches),
    )


@settings(deadline=None)
@given(faults())
def test_notation_round_trips(fault: Fault) -> None:
    assert Fault.parse(str(fault)) == fault


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[a-z_]+:[a-z-]+(=\d+)?(@\d+)?(\+\d+)?(x\d+)?", fullmatch=True))
def test_any_text_is_a_fault_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        Fault.parse(text)


def test_notation_of_the_command_line() -> None:
    assert Fault.parse("create:drop-after") == Fault("create", "drop-after")
    assert Fault.parse("login:status=500") == Fault("login", "status", status=500)
    assert Fault.parse("patch:cut@1048576x3") == Fault("patch", "cut", 3, after_bytes=1048576)
    assert Fault.parse("finish:status=503+5x0~Level 2") == Fault(
        "finish", "status", times=0, status=503, seconds=5, match="Level 2"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("create", "is not of the form STEP:KIND"),
        ("erase:drop-after", "no such step of a fault: 'erase'; there are login, create"),
        ("create:explode", "no such kind of a fault: 'explode'; there are status"),
        ("create:cut@5", "cut happens only at patch"),
        ("create:delay=500", "a status goes only with status"),
        ("create:status=99", "a status is a number from 200 to 599"),
        ("create:status@5", "a number of bytes goes only with cut"),
        ("login:status~you", "a login has no name"),
    ],
)
def test_what_is_no_fault_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Fault.parse(text)


@settings(deadline=None)
@given(st.lists(faults(st.integers(1, 4)), max_size=5))
def test_each_fault_happens_as_often_as_it_says(planned: list[Fault]) -> None:
    queue = FaultQueue(planned)
    for fault in planned:
        assert [queue.take(fault.step, fault.match or "") for _ in range(fault.times)] == [
            fault
        ] * fault.times
    everything = "".join(fault.match or "" for fault in planned)
    assert all(queue.take(step, everything) is None for step in STEPS)


def test_faults_of_a_step_happen_in_order_and_leave_others_alone() -> None:
    first, second = Fault("create", "drop-after"), Fault("create", "garbage", times=0)
    queue = FaultQueue([first, second])
    assert queue.take("finish", "") is None
    assert [queue.take("create", "") for _ in range(4)] == [first, second, second, second]
    queue.clear()
    assert queue.take("create", "") is None


def test_a_fault_happens_only_to_the_name_it_matches() -> None:
    fault = Fault("patch", "cut", match="_10_")
    queue = FaultQueue([fault])
    assert queue.take("patch", "VID_20260120_101500_00_001.insv") is None
    assert queue.take("patch", "VID_20260120_101500_10_001.insv") == fault
