"""A site that is set up: its project file, the ledger it names, where settings come from."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.base.errors import ExitStatus
from runner.ledger.address import LedgerAddress
from runner.ledger.store import Ledger
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.crash.walker import Walker
from tests.sites import Site, walk

DRAWING = "https://dash.evercam.io/v2/projects/evercam/drawings/map?id=6143"
ENDS = {"start_position": '"0.12, 0.88"', "end_position": '"0.90, 0.15"', "drawing": "level-1"}
APPLY = ("apply", "manifest.yaml", "--yes")


def _walk(id_: str, name: str, **more: str) -> str:
    return walk(id_, [name], **{**ENDS, **more}).replace("    route: loop\n", "")


@pytest.fixture
def begun(sitewalk: Sitewalk, site: Site) -> Site:
    """A site that was set up, with a manifest that leaves out what the project file says."""
    shutil.rmtree(site.folder / ".sitewalk")
    assert sitewalk("init", "--url", DRAWING, "--yes").status == ExitStatus.DONE
    site.write(_walk("one", "a.insv"), head="version: 1\nwalkthroughs:\n").record("a.insv")
    return site


def _change(site: Site, old: str, new: str) -> None:
    file = site.folder / "sitewalk.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_site_is_set_up_and_used(sitewalk: Sitewalk, begun: Site, sandbox: Sandbox) -> None:
    assert sitewalk("validate", "manifest.yaml").status == ExitStatus.DONE
    assert sitewalk(*APPLY).status == ExitStatus.DONE
    assert "1 done already" in sitewalk("plan", "manifest.yaml").out
    (upload,) = sandbox.objects()
    assert upload.name == "one"
    ledger = Ledger.open_existing(LedgerAddress(str(begun.folder / ".sitewalk" / "ledger.db")))
    assert ledger is not None
    with ledger:
        assert f"  id: {ledger.id} " in (begun.folder / "sitewalk.yaml").read_text(encoding="utf-8")


def test_a_site_is_set_up_once(sitewalk: Sitewalk, begun: Site) -> None:
    before = (begun.folder / "sitewalk.yaml").read_bytes()
    again = sitewalk("init", "--project", "other", "--yes")
    assert again.status == ExitStatus.USAGE
    assert "sitewalk.yaml is there already" in again.err
    assert (begun.folder / "sitewalk.yaml").read_bytes() == before


def test_a_manifest_and_a_ledger_that_are_there_are_kept(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    before = site.manifest.read_bytes()
    sitewalk(*APPLY)
    assert sitewalk("init", "--project", "evercam", "--yes").status == ExitStatus.DONE
    assert site.manifest.read_bytes() == before
    assert "1 done already" in sitewalk("plan", "manifest.yaml").out


@pytest.mark.parametrize("words", [(), ("--project", "no project"), ("--url", "https://x.example")])
def test_without_a_project_nothing_is_set_up(
    sitewalk: Sitewalk, site: Site, words: tuple[str, ...]
) -> None:
    assert sitewalk("init", *words, "--yes").status == ExitStatus.USAGE
    assert not (site.folder / "sitewalk.yaml").exists()


def test_a_clone_elsewhere_creates_nothing_again(
    sitewalk: Sitewalk, begun: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitewalk(*APPLY)
    clone = begun.folder.absolute().parent / "clone"
    shutil.copytree(begun.folder, clone, ignore=shutil.ignore_patterns(".sitewalk"))
    monkeypatch.chdir(clone)
    for words in (("plan", "manifest.yaml"), APPLY):
        refused = sitewalk(*words)
        assert refused.status == ExitStatus.DECISION
        assert "and sitewalk.yaml names one" in refused.err
        assert all(way in refused.err for way in ("point to it", "share it", "--new-ledger"))
    assert not (clone / ".sitewalk").exists()
    assert "1 to create" in sitewalk("plan", "manifest.yaml", "--new-ledger").out
    assert len(sandbox.objects()) == 1


def test_another_ledger_than_the_named_one_is_refused(sitewalk: Sitewalk, begun: Site) -> None:
    Ledger.open(LedgerAddress("other.db")).close()
    refused = sitewalk("apply", "manifest.yaml", "--yes", SITEWALK_LEDGER="other.db")
    assert refused.status == ExitStatus.DECISION
    assert "the ledger other.db is another one than sitewalk.yaml names" in refused.err
    assert begun.manifest.exists()


def test_a_ledger_begun_anew_is_the_one_that_is_named(sitewalk: Sitewalk, begun: Site) -> None:
    text = (begun.folder / "sitewalk.yaml").read_text(encoding="utf-8")
    (begun.folder / ".sitewalk" / "ledger.db").unlink()
    assert sitewalk(*APPLY, "--new-ledger").status == ExitStatus.DONE
    after = (begun.folder / "sitewalk.yaml").read_text(encoding="utf-8")
    lines = zip(text.splitlines(), after.splitlines(), strict=True)
    assert [old[:6] for old, new in lines if old != new] == ["  id: "]
    assert "1 done already" in sitewalk(*APPLY).out


def test_a_lost_ledger_is_rebuilt_as_the_named_one(sitewalk: Sitewalk, begun: Site) -> None:
    sitewalk(*APPLY)
    (begun.folder / ".sitewalk" / "ledger.db").unlink()
    logs = [str(log) for log in begun.folder.glob(".sitewalk/runs/*/log.jsonl")]
    assert sitewalk("ledger", "import", *logs).status == ExitStatus.DONE
    assert "1 done already" in sitewalk(*APPLY).out


def test_manifests_below_share_one_ledger(
    sitewalk: Sitewalk, begun: Site, sandbox: Sandbox
) -> None:
    for name in ("north", "south"):
        week = Site(begun.folder / "weeks" / name)
        week.write(_walk(name, f"{name}.insv"), head="version: 1\nwalkthroughs:\n")
        week.record(f"{name}.insv")
    both = [f"weeks/{name}/manifest.yaml" for name in ("north", "south")]
    assert sitewalk("apply", *both, "--yes").status == ExitStatus.DONE
    assert not (begun.folder / "weeks" / "north" / ".sitewalk").exists()
    assert len(sandbox.objects()) == 2
    assert "2 done already" in sitewalk("plan", *both).out


def test_no_project_file_above_a_repository_is_taken(sitewalk: Sitewalk, begun: Site) -> None:
    inner = Site(begun.folder / "other")
    inner.write(_walk("one", "a.insv"), head="version: 1\nwalkthroughs:\n").record("a.insv")
    (inner.folder / ".git").mkdir()
    refused = sitewalk("validate", "other/manifest.yaml")
    assert refused.status == ExitStatus.INVALID
    assert "the manifest has no `project`" in refused.out


def test_what_a_manifest_says_itself_wins(sitewalk: Sitewalk, begun: Site) -> None:
    head = "version: 1\nuploaded_by: own@example.com\ndrawings: {level-1: {id: 7}}\nwalkthroughs:\n"
    begun.write(_walk("one", "a.insv"), head=head)
    (walkthrough,) = json.loads(sitewalk("plan", "manifest.yaml", "--format", "json").out)[
        "walkthroughs"
    ]
    assert (walkthrough["drawing_id"], walkthrough["uploaded_by"]) == (7, "own@example.com")


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("{id: 6143}", "{id: x}", "sitewalk.yaml:9", "`id` must be a whole number"),
        ("{id: 6143}", "{id: TODO}", "sitewalk.yaml:9", "is still to be filled in"),
        ("version: 1", "version: 1\nledgr: {}", "sitewalk.yaml:4", "unknown key `ledgr`"),
        ("project: evercam", "project: ../x", "sitewalk.yaml:4", "neither a project id nor"),
        ("version: 1", "version: 1\nversion: 1", "sitewalk.yaml:4", "stands twice"),
        ("version: 1", "version: [", "sitewalk.yaml:", ""),
    ],
)
def test_a_mistake_is_told_once_and_where_it_stands(
    sitewalk: Sitewalk, begun: Site, old: str, new: str, place: str, said: str
) -> None:
    _change(begun, old, new)
    other = begun.folder / "other.yaml"
    other.write_text(begun.manifest.read_text(encoding="utf-8").replace("one", "two"))
    other.write_text(other.read_text().replace("a.insv", "b.insv"), encoding="utf-8")
    begun.record("b.insv")
    found = sitewalk("validate", "manifest.yaml", "other.yaml", "--format", "concise")
    assert found.status == ExitStatus.INVALID
    (line,) = found.out.splitlines()
    assert line.startswith(place)
    assert said in line


def test_a_password_in_the_project_file_is_refused_and_not_shown(
    sitewalk: Sitewalk, begun: Site
) -> None:
    _change(begun, "ledger:\n", "ledger:\n  url: postgresql://ann:s3cr3t@db.example/sitewalk\n")
    for words in (("validate", "manifest.yaml"), APPLY, ("config",)):
        refused = sitewalk(*words)
        assert refused.status == ExitStatus.INVALID
        assert "M019" in refused.out + refused.err
        assert "s3cr3t" not in refused.out + refused.err


def test_each_value_is_shown_with_where_it_comes_from(sitewalk: Sitewalk, begun: Site) -> None:
    def source(key: str, **environment: str) -> str:
        lines = sitewalk("config", **environment).out.splitlines()
        (line,) = [line for line in lines if line.startswith(f"{key} ")]
        return line.split("  ")[-1].strip()

    assert (source("project"), source("media_root"), source("jobs")) == (
        "sitewalk.yaml",
        "default",
        "default",
    )
    assert sitewalk("config", "set", "media_root", "card").status == ExitStatus.DONE
    assert sitewalk("config", "set", "jobs", "5").status == ExitStatus.DONE
    assert source("media_root") == source("jobs") == ".sitewalk/settings.toml"
    assert str(Path("card").absolute()) in sitewalk("config").out
    assert source("media_root", SITEWALK_MEDIA_ROOT="else") == "SITEWALK_MEDIA_ROOT"
    assert sitewalk("config", "unset", "jobs").status == ExitStatus.DONE
    assert source("jobs") == "default"
    assert begun.manifest.exists()


@pytest.mark.parametrize(
    "words",
    [("jbos", "3"), ("jobs", "0"), ("jobs", "many"), ("limit_rate", "fast"), ("media_root", "")],
)
def test_a_setting_that_does_not_fit_is_refused(sitewalk: Sitewalk, words: tuple[str, str]) -> None:
    assert sitewalk("config", "set", *words).status == ExitStatus.USAGE
    assert not Path(".sitewalk/settings.toml").exists()


@pytest.mark.parametrize("text", ["jobs = [", "jobs = '3'", "jobs = 99", "color = 'red'"])
def test_a_damaged_settings_file_is_named(sitewalk: Sitewalk, begun: Site, text: str) -> None:
    file = begun.folder / ".sitewalk" / "settings.toml"
    file.write_text(text, encoding="utf-8")
    refused = sitewalk("plan", "manifest.yaml")
    assert refused.status == ExitStatus.USAGE
    assert ".sitewalk/settings.toml" in refused.err


def test_a_media_root_is_remembered_and_kept_in_a_plan(
    sitewalk: Sitewalk, begun: Site, sandbox: Sandbox
) -> None:
    (begun.folder / "card").mkdir()
    (begun.folder / "a.insv").rename(begun.folder / "card" / "a.insv")
    planned = sitewalk("plan", "manifest.yaml", "--media-root", "card", "-o", "plan.json")
    assert planned.status == ExitStatus.DONE
    assert "apply it with: sitewalk apply plan.json" in planned.err
    assert sitewalk("plan", "manifest.yaml").status == ExitStatus.INVALID
    assert sitewalk("config", "set", "media_root", "card").status == ExitStatus.DONE
    assert sitewalk("plan", "manifest.yaml").status == ExitStatus.DONE
    assert sitewalk("config", "set", "media_root", "elsewhere").status == ExitStatus.DONE
    assert sitewalk("apply", "plan.json", "--yes").status == ExitStatus.DONE
    assert len(sandbox.objects()) == 1


def test_a_forgotten_media_root_is_one_error(sitewalk: Sitewalk, begun: Site) -> None:
    walks = [_walk(f"w{number}", f"{number}.insv") for number in range(18)]
    begun.write(*walks, head="version: 1\nwalkthroughs:\n")
    for words in (("validate", "manifest.yaml"), ("plan", "manifest.yaml")):
        refused = sitewalk(*words)
        said = refused.out + refused.err
        assert refused.status == ExitStatus.INVALID
        assert said.count("error[") == 1
        assert "`0.insv` and 17 more recordings are not beside the manifest" in said
        assert "--media-root" in said


def test_looking_at_a_card_needs_no_media_root_and_writes_nothing(
    sitewalk: Sitewalk, begun: Site, tmp_path: Path
) -> None:
    Site(tmp_path / "card").record("VID_20260120_101500_00_001.insv")
    before = sorted(begun.folder.rglob("*"))
    looked = sitewalk("scan", str(tmp_path / "card"))
    assert looked.status == ExitStatus.DONE
    assert "- VID_20260120_101500_00_001.insv" in looked.out
    assert sorted(begun.folder.rglob("*")) == before


def test_a_new_manifest_of_a_scan_is_for_the_projects_project(
    sitewalk: Sitewalk, begun: Site
) -> None:
    begun.record("VID_20260120_101500_00_001.insv")
    assert "project: evercam\n" in sitewalk("scan", ".").out


_ROUTE = """
routes:
  level-2-loop: {drawing: level-1, start_position: "0.12, 0.88", end_position: "0.90, 0.15"}
"""


@pytest.mark.parametrize("manifest", ["new.yaml", "weeks/new.yaml", "old.yaml"])
def test_walks_of_a_scan_take_a_route_of_the_project_file(
    sitewalk: Sitewalk, begun: Site, manifest: str
) -> None:
    with (begun.folder / "sitewalk.yaml").open("a", encoding="utf-8") as file:
        file.write(_ROUTE)
    begun.record("card/VID_20260120_101500_00_001.insv")
    (begun.folder / "weeks").mkdir()
    (begun.folder / "old.yaml").write_text("version: 1\nwalkthroughs:\n", encoding="utf-8")
    root = ("--media-root", "card")
    scanned = sitewalk("scan", "card", "-o", manifest, "--route", "level-2-loop", *root)
    assert scanned.status == ExitStatus.DONE, scanned.err
    assert sitewalk("validate", manifest, *root).status == ExitStatus.DONE
    other = sitewalk("scan", "card", "-o", manifest, "--route", "level-2-lop", *root)
    assert "did you mean `level-2-loop`?" in other.err


def test_a_new_route_is_to_be_filled_in_on_a_drawing_of_the_project_file(
    sitewalk: Sitewalk, begun: Site
) -> None:
    begun.record("VID_20260120_101500_00_001.insv")
    assert sitewalk("scan", ".", "-o", "new.yaml", "--route", "loop").status == ExitStatus.DONE
    text = (begun.folder / "new.yaml").read_text(encoding="utf-8")
    assert "\ndrawings:" not in text
    checked = sitewalk("validate", "new.yaml", "--format", "concise")
    assert checked.out.count("M017") == 3


def test_positions_are_picked_on_a_drawing_of_the_project_file(
    sitewalk: Sitewalk, begun: Site
) -> None:
    assert sitewalk("pick", "manifest.yaml", "--html", "pick.html").status == ExitStatus.DONE
    assert "one" in (begun.folder / "pick.html").read_text(encoding="utf-8")


def test_a_broken_recording_can_be_ignored(sitewalk: Sitewalk, begun: Site) -> None:
    whole = begun.record("VID_20260120_101500_00_001.insv").read_bytes()
    broken = "VID_20260119_101500_00_001.insv"
    (begun.folder / broken).write_bytes(whole[: len(whole) // 2])
    before = sitewalk("scan", ".", "-o", "new.yaml")
    assert before.status == ExitStatus.INVALID
    assert "--ignore FILE" in before.err
    for words in (("--ignore", broken), ()):  # the second scan has it from the project file
        after = sitewalk("scan", ".", "-o", "new.yaml", *words)
        assert after.status == ExitStatus.DONE
        assert "1 ignored" in after.err
    assert f"\nignore: [{broken}]\n" in (begun.folder / "sitewalk.yaml").read_text(encoding="utf-8")


def test_only_a_recording_that_is_there_is_ignored(sitewalk: Sitewalk, begun: Site) -> None:
    before = (begun.folder / "sitewalk.yaml").read_bytes()
    ended = sitewalk("scan", ".", "--ignore", "typo.insv")
    assert ended.status == ExitStatus.USAGE
    assert "the scan found no walk with a recording `typo.insv`" in ended.err
    assert (begun.folder / "sitewalk.yaml").read_bytes() == before


def test_without_a_project_file_nothing_is_ignored(sitewalk: Sitewalk, site: Site) -> None:
    site.record("VID_20260120_101500_00_001.insv")
    ended = sitewalk("scan", ".", "--ignore", "VID_20260120_101500_00_001.insv")
    assert (ended.status, "sitewalk init" in ended.err) == (ExitStatus.USAGE, True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminal")
def test_on_a_terminal_a_site_is_set_up_by_answers(sandbox: Sandbox, tmp_path: Path) -> None:
    import pty  # noqa: PLC0415 - there is none on Windows

    walker = Walker(Site(tmp_path / "fresh"), sandbox)
    end, terminal = pty.openpty()
    os.write(end, f"{DRAWING}\nann@example.com\ny\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "runner", "init"],
        cwd=walker.site.folder,
        env=walker.environment(),
        stdin=terminal,
        stderr=terminal,
        check=False,
    )
    asked = os.read(end, 100_000).decode()
    os.close(terminal)
    os.close(end)
    assert done.returncode == ExitStatus.DONE
    assert "Set up project evercam here? [y/N]" in asked
    written = (walker.site.folder / "sitewalk.yaml").read_text(encoding="utf-8")
    assert 'uploaded_by: "ann@example.com"\n' in written
    assert "  level-1: {id: 6143}\n" in written


def test_a_site_is_not_set_up_inside_another_one(sitewalk: Sitewalk, begun: Site) -> None:
    (begun.folder / "weeks").mkdir()
    refused = sitewalk("init", "weeks", "--project", "evercam", "--yes")
    assert refused.status == ExitStatus.USAGE
    assert "sitewalk.yaml is there already" in refused.err


def test_a_lost_ledger_is_not_set_up_anew(sitewalk: Sitewalk, site: Site) -> None:
    site.write(walk("one", ["a.insv"])).record("a.insv")
    sitewalk(*APPLY)
    (site.folder / ".sitewalk" / "ledger.db").unlink()
    refused = sitewalk("init", "--project", "evercam", "--yes")
    assert refused.status == ExitStatus.USAGE
    assert "its runs have left reports" in refused.err
    assert not (site.folder / "sitewalk.yaml").exists()


def test_a_plan_elsewhere_goes_by_the_settings_of_its_manifests(
    sitewalk: Sitewalk, begun: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitewalk("plan", "manifest.yaml", "-o", "plan.json")
    reviewed = begun.folder.absolute().parent / "reviewed"
    reviewed.mkdir()
    monkeypatch.chdir(reviewed)
    sitewalk("plan", "../site/manifest.yaml", "-o", "plan.json")
    (begun.folder.absolute().parent / "site" / ".sitewalk" / "settings.toml").write_text(
        "limit_rate = 'broken'", encoding="utf-8"
    )
    assert sitewalk("apply", "plan.json", "--yes").status == ExitStatus.USAGE
