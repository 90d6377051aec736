"""The state folder and the ledger are our own: what a repository brings instead is refused."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from tests.cli.conftest import Sitewalk
from tests.sites import Site, walk

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make links")


def _without_state_folder(site: Site) -> Site:
    shutil.rmtree(site.folder / ".sitewalk")
    return _site(site)


def _site(site: Site) -> Site:
    site.record("VID_20260120_080000_00_001.insv")
    return site.write(walk("a", ["VID_20260120_080000_00_001.insv"]))


@pytest.mark.parametrize(
    "name",
    [".sitewalk", "ledger.db", "ledger.db.lock", "ledger.db.holder.json", ".gitignore", "runs"],
)
def test_nothing_is_written_through_a_link_in_the_state_folder(
    name: str, site: Site, sitewalk: Sitewalk, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    if name in {".sitewalk", "runs"}:
        target.mkdir()
    else:
        target.write_text("mine", encoding="utf-8")
    folder = _without_state_folder(site).folder / ".sitewalk"
    if name == ".sitewalk":
        folder.symlink_to(target)
    else:
        folder.mkdir()
        (folder / name).symlink_to(target)
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--new-ledger")
    assert ended.status == ExitStatus.USAGE
    assert "is a symbolic link" in ended.err
    assert list(target.iterdir()) == [] if target.is_dir() else target.read_text() == "mine"


def test_reports_of_a_ledger_elsewhere_follow_no_link(
    site: Site, sitewalk: Sitewalk, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder = _without_state_folder(site).folder / ".sitewalk"
    folder.mkdir()
    (folder / "runs").symlink_to(tmp_path / "elsewhere")
    ledger = str(tmp_path / "ledger.db")
    ended = sitewalk("apply", "manifest.yaml", "--yes", "--new-ledger", SITEWALK_LEDGER=ledger)
    assert ended.status == ExitStatus.USAGE
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_is_asked_for_replaces_a_link_and_not_what_it_leads_to(
    site: Site, sitewalk: Sitewalk, tmp_path: Path
) -> None:
    _site(site)
    target = tmp_path / ".bashrc"
    target.write_text("mine", encoding="utf-8")
    report = site.folder / "report"
    report.mkdir()
    files = ("plan.json", "plan.html", "export.jsonl", "report/results.json", "report/log.jsonl")
    for name in (*files, "report/report.html"):
        (site.folder / name).symlink_to(target)
    assert sitewalk("apply", "manifest.yaml", "-y", "--report", "report").status == ExitStatus.DONE
    words = ("plan", "manifest.yaml", "-o", "plan.json", "--html", "plan.html")
    assert sitewalk(*words).status == ExitStatus.DONE
    target.unlink()  # or the export would be refused: what is there is none
    assert sitewalk("ledger", "export", "export.jsonl").status == ExitStatus.DONE
    assert not target.exists()
    assert not any((site.folder / name).is_symlink() for name in files)


def test_pages_and_the_project_file_replace_a_link_as_well(
    site: Site, sitewalk: Sitewalk, tmp_path: Path
) -> None:
    _site(site)
    target = tmp_path / "theirs.yaml"
    target.write_text("version: 1\n", encoding="utf-8")
    for name in ("pick.html", "sitewalk.yaml"):
        (site.folder / name).symlink_to(target)
    recording = "VID_20260120_080000_00_001.insv"
    assert sitewalk("pick", "manifest.yaml", "--html", "pick.html").status == ExitStatus.DONE
    sitewalk("scan", ".", "--ignore", recording)
    assert recording in (site.folder / "sitewalk.yaml").read_text(encoding="utf-8")
    assert target.read_text(encoding="utf-8") == "version: 1\n"


def test_a_manifest_that_its_user_names_may_be_a_link_and_stays_one(
    site: Site, sitewalk: Sitewalk, tmp_path: Path
) -> None:
    site.record("VID_20260120_080000_00_001.insv")
    (site.folder / "week.yaml").symlink_to(tmp_path / "real.yaml")
    assert sitewalk("scan", ".", "-o", "week.yaml").status == ExitStatus.DONE
    assert (site.folder / "week.yaml").is_symlink()
    assert "VID_20260120" in (tmp_path / "real.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["plan", "apply", "status"])
def test_a_ledger_that_git_tracks_is_refused(command: str, site: Site, sitewalk: Sitewalk) -> None:
    _site(site)
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE
    _git("init", "-q")
    assert sitewalk(command, "manifest.yaml").status == ExitStatus.DONE
    _git("add", "-f", ".sitewalk/ledger.db")
    ended = sitewalk(command, "manifest.yaml")
    assert ended.status == ExitStatus.USAGE
    assert "git tracks it" in ended.err
    _git("rm", "-q", "-r", "--cached", ".sitewalk")
    assert sitewalk(command, "manifest.yaml").status == ExitStatus.DONE


def test_a_tracked_ledger_elsewhere_is_refused_as_well(site: Site, sitewalk: Sitewalk) -> None:
    _site(site)
    assert (
        sitewalk("apply", "manifest.yaml", "-y", "--new-ledger", SITEWALK_LEDGER="l.db").status == 0
    )
    _git("init", "-q")
    _git("add", "-f", "l.db")
    ended = sitewalk("plan", "manifest.yaml", SITEWALK_LEDGER="l.db")
    assert (ended.status, "git tracks it" in ended.err) == (ExitStatus.USAGE, True)


def _git(*words: str) -> None:
    subprocess.run(["git", *words], check=True)  # noqa: S607 - the suite's own git
