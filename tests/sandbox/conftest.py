"""A sandbox per test, and a client that knows how to speak to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.sandbox import Sandbox
from tests.sandbox.client import Client


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.start(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    speaking = Client(sandbox)
    with speaking.session:
        yield speaking
