"""Executors of other processes: what is refused before anything is sent."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from runner import apply_manifests
from runner.base.errors import UsageError
from runner.base.version import VERSION
from runner.flow.worker import SealedTask, work_on
from runner.sandbox import Sandbox
from tests.sites import Site, begin_ledger, settings_for, walk


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with one walk and a ledger in a file."""
    site = begin_ledger(Site(tmp_path / "site").write(walk("walk", ["a.insv"])))
    site.record("a.insv")
    return site


def test_a_ledger_in_a_file_is_not_for_other_processes(site: Site, sandbox: Sandbox) -> None:
    with ProcessPoolExecutor(1) as executor, pytest.raises(UsageError) as refused:
        apply_manifests([site.manifest], settings_for(sandbox), executor=executor)
    assert "ProcessPoolExecutor works in other processes" in str(refused.value)
    assert "a file with one writer" in str(refused.value)
    assert "PostgreSQL" in refused.value.help
    assert not sandbox.requests()


def test_a_worker_of_another_version_refuses_without_a_look() -> None:
    refusal = work_on(SealedTask("run-project-walk", "0.0.1", b"not for this version"))
    assert isinstance(refusal, str)
    assert f"it has sitewalk {VERSION}, and the run 0.0.1" in refusal
    assert "pip install sitewalk==0.0.1 there" in refusal
