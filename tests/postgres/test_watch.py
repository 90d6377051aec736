"""A run on a shared ledger is watched from another machine, to its end."""

from pathlib import Path

from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.sandbox import Sandbox
from tests.crash.walker import LONGEST, Walker
from tests.sites import Site, walk
from tests.waiting import until


def test_the_watching_ends_with_the_run(
    tmp_path: Path, sandbox: Sandbox, address: LedgerAddress
) -> None:
    settings = {"SITEWALK_LEDGER": address.text}
    site = Site(tmp_path / "here").write(walk("one", ["a.insv"]))
    site.record("a.insv", 1_200_000)
    there = Site(tmp_path / "there")
    there.folder.mkdir()
    words = ("apply", "manifest.yaml", "--yes", "--limit-rate", "10k", "--progress", "none")
    run = Walker(site, sandbox, settings).begin(*words)
    until(lambda: any(one.step == "tus_create" for one in sandbox.requests()))
    watcher = Walker(there, sandbox, settings).begin("status", "--watch")
    assert watcher.stdout is not None
    seen = watcher.stdout.readline()
    run.terminate()
    _, said = run.communicate(timeout=LONGEST)
    out, err = watcher.communicate(timeout=LONGEST)
    assert seen.startswith("one  "), err
    assert "(run " in seen
    assert run.returncode == ExitStatus.INTERRUPTED, said
    assert watcher.returncode == ExitStatus.DONE, err
    assert "1 walkthrough: 1 under way" in out
