"""The short form of `make soak-crash`."""

from pathlib import Path

import pytest

from tests.crash.campaign import run_campaign


@pytest.mark.slow
def test_kills_at_random_leave_everything_there_once(tmp_path: Path) -> None:
    outcome = run_campaign(tmp_path, seed=1, walkthroughs=6, size=3_000_000, most_kills=12)
    assert outcome.ratio < 1.10, "of so few bytes, those on their way at a kill are many"
