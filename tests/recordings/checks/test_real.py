"""A recording from a real camera."""

from pathlib import Path

import pytest

from tests.recordings.checks.listing import judge


def test_the_small_copy_of_a_one_r_is_told_as_one(samples: Path) -> None:
    path = samples / "oner.insv"
    if not path.is_file():
        pytest.skip("no recording of a ONE R here")
    (problem,) = judge({path.name: path.read_bytes()})
    assert problem.message == "`oner.insv` is a proxy of 736 x 368; 2880 x 2880 was recorded"
