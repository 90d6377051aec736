"""The running of commands as a user would, in this process, against a sandbox."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.cli.process import run
from runner.sandbox import Sandbox
from tests.sites import Site, begin_ledger


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


Sitewalk = Callable[..., Ended]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """An empty site with a ledger that was begun, which is the current folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return begin_ledger(Site(Path()))


@pytest.fixture
def sitewalk(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sitewalk:
    """Run a command: `sitewalk("plan", "manifest.yaml")`, with the sandbox for Evercam."""
    monkeypatch.setenv("EVERCAM_MEDIA_URL", sandbox.media_url)
    monkeypatch.setenv("EVERCAM_INGEST_URL", sandbox.ingest_url)
    monkeypatch.setenv("EVERCAM_TUS_URL", sandbox.tus_url)
    monkeypatch.setenv("EVERCAM_USERNAME", sandbox.username)
    monkeypatch.setenv("EVERCAM_PASSWORD", sandbox.password)

    def call(*words: str, **environment: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["sitewalk", *words])
        for name, value in environment.items():
            monkeypatch.setitem(os.environ, name, value)
        status = run()
        written = capsys.readouterr()
        assert "Traceback" not in written.out + written.err
        return Ended(int(status), written.out, written.err)

    return call
