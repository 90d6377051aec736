"""The policy is the one the docs print, and its budget is one of time."""

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runner.upload.policy import LONGEST_ASKED_WAIT, LONGEST_WAIT, RetryBudget, policy_table

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
