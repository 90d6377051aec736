"""The folder in which the examples of the rules are run, once for all tests of a process."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")
