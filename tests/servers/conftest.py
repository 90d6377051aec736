"""Fixtures that run each test against every kind of real server in turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import SERVERS, TusServer
from tests.servers.client import PlainClient


@pytest.fixture(params=list(SERVERS))
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def server(kind: str, tmp_path: Path) -> Iterator[TusServer]:
    with SERVERS[kind](tmp_path) as running:
        yield running


@pytest.fixture
def client(server: TusServer) -> PlainClient:
    return PlainClient(server)
