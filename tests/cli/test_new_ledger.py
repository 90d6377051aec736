"""A ledger that begins is told, and a mistyped one is refused: both would send things twice."""

from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk

SAID = "a new ledger begins at {}: what other ledgers have done is not known to it"


@pytest.fixture(autouse=True)
def one_walk(site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")], ids=["plan", "apply"])
def test_a_ledger_that_begins_is_told(sitewalk: Sitewalk, command: tuple[str, ...]) -> None:
    told = sitewalk(*command, "manifest.yaml").err
    assert SAID.format(Path(".sitewalk") / "ledger.db") in told


def test_a_ledger_told_by_setting_is_named(sitewalk: Sitewalk) -> None:
    told = sitewalk("apply", "manifest.yaml", "--yes", SITEWALK_LEDGER="all.db")
    assert SAID.format("all.db") in told.err
    assert told.status == ExitStatus.DONE


@pytest.mark.parametrize("ledger", [".", "..", "/"])
def test_a_folder_is_no_ledger(sitewalk: Sitewalk, ledger: str) -> None:
    refused = sitewalk("status", SITEWALK_LEDGER=ledger)
    assert refused.status == ExitStatus.USAGE
    assert f"SITEWALK_LEDGER names {ledger}, which is a folder" in refused.err
    assert "help: name a file" in refused.err


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///all.db", "sqlite+pysqlite:///:memory:"])
def test_sqlite_is_named_by_its_file(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, url: str
) -> None:
    refused = sitewalk("apply", "manifest.yaml", "--yes", SITEWALK_LEDGER=url)
    assert refused.status == ExitStatus.USAGE
    assert "help: name a file" in refused.err
    assert not (site.folder / "all.db").exists()
    assert not sandbox.objects()


def test_a_ledger_that_is_there_is_not_told(sitewalk: Sitewalk, site: Site) -> None:
    sitewalk("apply", "manifest.yaml", "--yes")
    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"])).record("b.insv")
    assert "a new ledger" not in sitewalk("plan", "manifest.yaml").err
    assert "a new ledger" not in sitewalk("apply", "manifest.yaml", "--yes").err


@pytest.mark.parametrize("ledger", ["shaer/ledger.db", "shaer/.sitewalk/ledger.db"])
@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")], ids=["plan", "apply"])
def test_a_mistyped_ledger_is_refused(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, command: tuple[str, ...], ledger: str
) -> None:
    refused = sitewalk(*command, "manifest.yaml", SITEWALK_LEDGER=ledger)
    assert refused.status == ExitStatus.USAGE
    assert f"SITEWALK_LEDGER names {ledger}" in refused.err
    assert "make its folder first" in refused.err
    assert not (site.folder / "shaer").exists()
    assert not sandbox.objects()
