"""Own the way to real recordings, which are too large and too private to live in the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def samples() -> Path:
    """The folder of real recordings, or a skip that says how to give one."""
    beside = REPOSITORY.parent / "shared" / "samples"
    folder = Path(os.environ.get("SITEWALK_SAMPLES", beside))
    if not folder.is_dir():
        pytest.skip("no real recordings here: SITEWALK_SAMPLES may name a folder of them")
    return folder
