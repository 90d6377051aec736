"""Replaying of cassettes/, and their recording against the sandbox (`make cassettes`)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from vcr import VCR
from vcr.cassette import Cassette
from vcr.stubs.urllib3_stubs import VCRRequestsHTTPConnection, VCRRequestsHTTPSConnection

from runner.evercam.addresses import Addresses, Credentials
from runner.evercam.http.pools import WatchfulPool, WatchfulTLSPool
from runner.sandbox import Sandbox
from runner.settings import Settings
from tests.contract.recording import (
    Aliases,
    WholeRequest,
    clean_request,
    clean_response,
    same_body,
    same_headers,
)

CASSETTES = Path(__file__).parents[2] / "cassettes"
PASSWORD = "a password of nobody"


@pytest.fixture(scope="module")
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    return str(CASSETTES / request.module.__name__.rpartition(".")[2].removeprefix("test_"))


@pytest.fixture
def vcr_config() -> dict[str, Any]:
    aliases = Aliases()
    return {
        "match_on": ["method", "uri", "exact_body", "protocol_headers"],
        "before_record_request": lambda request: clean_request(request, aliases),
        "before_record_response": lambda response: clean_response(response, aliases),
        "filter_sensitive_data": {"<password>": PASSWORD},
        "decode_compressed_response": True,
        "custom_patches": (
            (WatchfulPool, "ConnectionCls", VCRRequestsHTTPConnection),
            (WatchfulTLSPool, "ConnectionCls", VCRRequestsHTTPSConnection),
        ),
    }


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:  # noqa: ARG001 - the hook's form
    vcr.register_matcher("exact_body", same_body)
    vcr.register_matcher("protocol_headers", same_headers)


@pytest.fixture(autouse=True)
def joined_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vcr.stubs.Request", WholeRequest)


@pytest.fixture
def sandbox(record_mode: str, tmp_path: Path) -> Iterator[Sandbox | None]:
    """The sandbox that is recorded; None while replaying."""
    if record_mode == "none":
        yield None
        return
    users = {"walker@example.com": PASSWORD}
    with Sandbox.start(tmp_path / "sandbox", users=users) as sandbox:
        yield sandbox


@pytest.fixture
def settings(sandbox: Sandbox | None) -> Settings:
    """The vendor's addresses, or while recording the sandbox's."""
    credentials = Credentials("walker@example.com", PASSWORD)
    if sandbox is None:
        return Settings(Addresses(), credentials)
    addresses = Addresses(sandbox.media_url, sandbox.ingest_url, sandbox.tus_url)
    return Settings(addresses, credentials)


@pytest.fixture(autouse=True)
def whole_cassette(vcr: Cassette | None, record_mode: str) -> Iterator[None]:
    """A test that leaves requests of its cassette unsent has changed the contract."""
    yield
    if vcr is not None and record_mode == "none":
        assert vcr.all_played, f"only {vcr.play_count} of {len(vcr)} requests were sent"
