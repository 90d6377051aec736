"""A ledger is begun on purpose, and nowhere else: a silent one would send everything twice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.cli.console import Console
from runner.ledger.address import LedgerAddress
from runner.ledger.store import Ledger
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.crash.walker import Walker
from tests.sites import Site, walk

NONE = f"there is no ledger at {Path('.sitewalk') / 'ledger.db'}"
WAYS_OUT = ("point to it: SITEWALK_LEDGER", "share it", "begin one on purpose: --new-ledger")
APPLY = ("apply", "manifest.yaml", "--yes")


@pytest.fixture(autouse=True)
def one_walk(site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    shutil.rmtree(site.folder / ".sitewalk")


def test_a_plan_without_a_ledger_says_that_everything_shows_as_new(sitewalk: Sitewalk) -> None:
    planned = sitewalk("plan", "manifest.yaml")
    assert planned.status == ExitStatus.DONE
    assert f"{NONE} yet: everything shows as new" in planned.err


def test_agreeing_to_everything_begins_no_ledger(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    refused = sitewalk(*APPLY)
    assert refused.status == ExitStatus.DECISION
    assert NONE in refused.err
    assert all(way in refused.err for way in WAYS_OUT)
    assert not (site.folder / ".sitewalk").exists()
    assert not sandbox.requests()


def test_a_ledger_is_begun_on_purpose_and_once(sitewalk: Sitewalk, sandbox: Sandbox) -> None:
    assert sitewalk(*APPLY, "--new-ledger").status == ExitStatus.DONE
    assert sitewalk(*APPLY).status == ExitStatus.DONE
    again = sitewalk(*APPLY, "--new-ledger")
    assert again.status == ExitStatus.USAGE
    assert "leave out --new-ledger" in again.err
    assert len(sandbox.objects()) == 1


def test_a_plan_can_be_made_as_though_there_were_no_ledger(sitewalk: Sitewalk) -> None:
    sitewalk(*APPLY, "--new-ledger")
    assert "1 done already" in sitewalk("plan", "manifest.yaml").out
    assert "1 to create" in sitewalk("plan", "manifest.yaml", "--new-ledger").out


@pytest.mark.parametrize("lost", ["unmounted", "mistyped"])
def test_a_shared_ledger_that_is_not_there_is_never_begun_anew(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox, lost: str
) -> None:
    share = site.folder / "share"
    share.mkdir()
    sitewalk(*APPLY, "--new-ledger", SITEWALK_LEDGER="share/ledger.db")
    set_now = "share/ledgr.db"
    if lost == "unmounted":
        set_now = "share/ledger.db"
        share.rename("elsewhere")
        share.mkdir()
    for command in (("plan", "manifest.yaml"), APPLY):
        refused = sitewalk(*command, SITEWALK_LEDGER=set_now)
        assert refused.status == ExitStatus.USAGE
        assert f"the ledger {set_now} is gone, but its runs have left reports" in refused.err
        assert "is its share mounted" in refused.err
        assert "--new-ledger" in refused.err
    assert not list(share.glob("ledgr*"))
    assert len(sandbox.objects()) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows renames no folder with an open file")
def test_a_share_that_vanishes_in_mid_run_begins_nothing(
    sitewalk: Sitewalk, site: Site, sandbox: Sandbox
) -> None:
    share = site.folder / "share"
    share.mkdir()
    Ledger.open(LedgerAddress("share/ledger.db")).close()
    say = Console.write

    def vanish(console: Console, text: str) -> None:
        if "created" in text and not (site.folder / "elsewhere").exists():
            share.rename(site.folder / "elsewhere")
            share.mkdir()
        say(console, text)

    site.write(walk("one", ["a.insv"]), walk("two", ["b.insv"])).record("b.insv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Console, "write", vanish)
        cut = sitewalk(*APPLY, "--jobs", "1", SITEWALK_LEDGER="share/ledger.db")
    assert cut.status != ExitStatus.DONE
    created = len(sandbox.objects())
    refused = sitewalk(*APPLY, SITEWALK_LEDGER="share/ledger.db")
    assert refused.status == ExitStatus.USAGE
    assert "share/ledger.db is gone" in refused.err
    assert not (share / "ledger.db").exists()
    assert len(sandbox.objects()) == created


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminal")
@pytest.mark.parametrize(("answers", "uploads"), [("y\ny\n", 1), ("n\n", 0), ("y\nn\n", 0)])
def test_a_person_is_asked(sandbox: Sandbox, tmp_path: Path, answers: str, uploads: int) -> None:
    import pty  # noqa: PLC0415 - there is none on Windows

    site = Site(tmp_path / "fresh").write(walk("one", ["a.insv"]))
    site.record("a.insv")
    walker = Walker(site, sandbox)
    shutil.rmtree(site.folder / ".sitewalk")
    end, terminal = pty.openpty()
    os.write(end, answers.encode())
    command = [sys.executable, "-m", "runner", "apply", "manifest.yaml", "--progress", "none"]
    done = subprocess.run(
        command,
        cwd=site.folder,
        env=walker.environment(),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        check=False,
    )
    said = os.read(end, 100_000).decode()
    assert done.returncode == ExitStatus.DONE
    assert "Begin a new ledger? [y/N]" in said
    assert len(sandbox.objects()) == uploads
    assert (site.folder / ".sitewalk" / "ledger.db").exists() == bool(uploads)
    os.close(terminal)
    os.close(end)


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
