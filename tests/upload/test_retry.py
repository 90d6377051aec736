"""The policy is the one the docs print, and its budget is one of time."""

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from docsite.policy import policy_table
from runner.base.clock import CancelToken
from runner.evercam.http.errors import UnreachableError
from runner.upload.retry import (
    LONGEST_ASKED_WAIT,
    LONGEST_WAIT,
    Next,
    Repeater,
    RetryBudget,
    Wait,
)
from tests.crash.world import FastClock

DOCS = Path(__file__).parents[2] / "docs" / "uploading.md"


def test_the_docs_print_the_policy() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert "\n".join(policy_table()) in text


@given(
    st.floats(0, 10_000),
    st.floats(0, 20_000),
    st.none() | st.floats(0, 1e6),
    st.integers(0, 40),
)
def test_no_wait_is_longer_than_what_is_left(
    seconds: float, now: float, asked: float | None, attempts: int
) -> None:
    budget = RetryBudget(seconds, 0.0, attempts)
    wait = budget.next_wait(now, asked, random.Random(0))  # noqa: S311 - jitter, no secret
    if now >= seconds:
        assert wait is None
    else:
        assert wait is not None
        assert wait.left == seconds - now
        longest = LONGEST_WAIT if asked is None else LONGEST_ASKED_WAIT
        assert 0 <= wait.seconds <= min(longest, seconds - now)
        assert wait.seconds >= min(asked or 0, longest, seconds - now), "never sooner than asked"


def test_time_in_which_bytes_moved_does_not_count() -> None:
    budget = RetryBudget(1800.0, 0.0)
    budget.excuse(7200.0)
    assert budget.next_wait(7201.0, None, random.Random(0)) is not None  # noqa: S311 - as above


def test_an_attempt_during_which_the_time_ran_out_is_followed_by_one_more() -> None:
    budget = RetryBudget(1800.0, 0.0)
    budget.begin(1700.0)
    assert budget.next_wait(9000.0, None, random.Random(0)) is not None  # noqa: S311 - as above
    budget.begin(9000.0)
    assert budget.next_wait(9001.0, None, random.Random(0)) is None  # noqa: S311 - as above


class Asleep(CancelToken):
    """A pause in which the machine sleeps for ten hours."""

    def __init__(self, clock: FastClock) -> None:
        super().__init__()
        self._clock = clock

    def pause(self, seconds: float) -> None:
        self._clock.seconds += seconds + 36_000.0


def test_a_machine_that_slept_during_a_wait_has_its_whole_time_left() -> None:
    clock, waits = FastClock(), list[Wait]()
    failures = iter([UnreachableError("no network")] * 3)

    def attempt() -> str:
        for failure in failures:
            raise failure
        return "sent"

    repeater = Repeater(
        RetryBudget(1800.0, clock.monotonic()),
        clock,
        Asleep(clock),
        random.Random(0),  # noqa: S311 - as above
        lambda wait, _failure: waits.append(wait),
    )
    assert repeater.repeat(attempt, lambda _failure: Next.RETRY) == "sent"
    assert len(waits) == 3
    assert all(wait.left > 1700.0 for wait in waits)
