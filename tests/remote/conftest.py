"""A bucket whose recordings a manifest names, and commands that are led to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Sitewalk, site, sitewalk  # fixtures
from tests.remote.bucket import Bucket

__all__ = ["Sitewalk", "site", "sitewalk"]


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket that a bare environment leads to."""
    folder = tmp_path / "bucket"
    folder.mkdir()
    bucket = Bucket(folder)
    bucket.start()
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    yield bucket
    bucket.stop()
