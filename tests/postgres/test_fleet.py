"""The short form of `make soak-machines`."""

from pathlib import Path

from tests.postgres.fleet import run_fleet
from tests.postgres.server import Server


def test_whatever_breaks_everything_is_there_once(tmp_path: Path, server: Server) -> None:
    outcome = run_fleet(tmp_path, server, 1, walkthroughs=8, size=1_000_000, troubles=5)
    assert outcome.ratio < 1.10, "of so few bytes, those sent in vain are many"
