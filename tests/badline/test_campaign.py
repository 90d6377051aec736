"""The short form of `make soak-line`."""

from pathlib import Path

import pytest

from runner.sandbox import Sandbox
from tests.badline.campaign import Soak, run_soak

SEED = 26
"""Each kind of fault is three times or more among the first 22 connections, of about 30."""


@pytest.mark.slow
def test_every_file_arrives_whole_over_a_bad_line(sandbox: Sandbox, tmp_path: Path) -> None:
    def digest_of(file_id: str) -> str:
        return next(
            recording.sha256() for recording in sandbox.recordings() if recording.file_id == file_id
        )

    soak = Soak(files=8, size=3_000_000, largest=1_500_000)
    outcome = run_soak(tmp_path, SEED, sandbox.tus_url, digest_of, soak)
    assert outcome.faults.total() > 8
    assert len(outcome.faults) == 5, "every kind of fault struck"
    patches = [request for request in sandbox.requests() if request.step == "patch"]
    assert not any(request.status == 409 for request in patches), "each began where the server was"
    assert sum(request.bytes_received for request in patches) == outcome.bytes, (
        "nothing was kept twice"
    )
