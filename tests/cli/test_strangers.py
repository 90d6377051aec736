"""What comes from somebody else's pull request, folder or machine: shown, refused, never obeyed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.base.errors import ExitStatus
from tests.cli.conftest import Sitewalk
from tests.sites import HEAD, Site, walk

SECRET = "hunter2secret"
RECORDING = "VID_20260120_080000_00_001.insv"

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these links nor pipes")


pytestmark = pytest.mark.usefixtures("site", "sitewalk")


def _site(site: Site, id_: str = "a", **more: str) -> Site:
    site.record(RECORDING)
    return site.write(walk(id_, [RECORDING], **more))


@pytest.mark.parametrize("form", ["full", "concise", "github", "json", "sarif"])
@pytest.mark.parametrize(
    "text",
    [
        f"machine example.com login me password {SECRET}\n",
        f"{SECRET}\n",
        f"- {SECRET}\n",
        f"a {SECRET}\nb: c: {SECRET}\n",
        f"!{SECRET} {SECRET}\n",
        f"*{SECRET}\n",
        f"? {SECRET}\n? [{SECRET}]\n",
        f"{{{SECRET}: [\n",
    ],
)
def test_nothing_is_quoted_of_what_is_no_manifest(text: str, form: str, sitewalk: Sitewalk) -> None:
    Path("x.yaml").write_text(text, encoding="utf-8")
    ended = sitewalk("validate", "x.yaml", "--without-files", "--format", form)
    assert ended.status == ExitStatus.INVALID
    assert SECRET not in ended.out + ended.err


@POSIX
def test_a_manifest_that_links_out_of_its_repository_is_not_read(
    sitewalk: Sitewalk, tmp_path: Path
) -> None:
    (tmp_path / "hosts.yml").write_text(f"version: {SECRET}\n", encoding="utf-8")
    Path(".git").mkdir()
    Path("x.yaml").symlink_to(tmp_path / "hosts.yml")
    ended = sitewalk("validate", "x.yaml", "--without-files")
    assert ended.status == ExitStatus.INVALID
    assert "it is a link that leads out of its repository" in ended.out
    assert SECRET not in ended.out + ended.err


@POSIX
@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize(
    "words",
    [
        ("validate", "x.yaml"),
        ("plan", "x.yaml"),
        ("apply", "x.json", "--yes"),
        ("ledger", "import", "x.json"),
        ("scan", ".", "-o", "x.yaml"),
        ("pick", "x.yaml", "--html", "page.html"),
        ("report",),
    ],
    ids=" ".join,
)
def test_pipes_and_devices_are_no_documents(
    words: tuple[str, ...], kind: str, sitewalk: Sitewalk
) -> None:
    for path in (Path("x.yaml"), Path("x.json"), Path(".sitewalk/runs/a-b/results.json")):
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to("/dev/zero")
    ended = sitewalk(*words)
    assert ended.status in {ExitStatus.USAGE, ExitStatus.INVALID}
    assert "no regular file" in ended.out + ended.err or "it is no file" in ended.err


@pytest.mark.parametrize("name", ["::stop-commands::x", "##[add-mask]x"])
def test_no_name_is_a_command_in_a_log_of_github(name: str, sitewalk: Sitewalk) -> None:
    manifest = f"{name}.yaml".replace(":", "_") if os.name == "nt" else f"{name}.yaml"
    text = HEAD + walk("a", [f'"{name}.insv"'], name=f'"{name}"')
    Path(manifest).write_text(text, encoding="utf-8")
    for words in (("validate",), ("validate", "--format", "concise"), ("plan",)):
        ended = sitewalk(*words, manifest, GITHUB_ACTIONS="true")
        for line in (ended.out + ended.err).splitlines():
            assert not line.strip().startswith("::")
            assert "##[" not in line
    annotated = sitewalk("validate", manifest, "--format", "github", GITHUB_ACTIONS="true")
    assert annotated.out.startswith("::error file=")
    assert all(line.startswith("::error file=") for line in annotated.out.splitlines())


@pytest.mark.parametrize("name", ["x.insv", " y.insv", "error.insv"])
def test_no_line_begins_with_a_name_in_a_log_of_github(
    name: str, site: Site, sitewalk: Sitewalk
) -> None:
    site.record(name)
    Path("week.yaml").write_text("version: 2\n", encoding="utf-8")
    for words in (("inspect", name), ("validate", "week.yaml", "--format", "concise")):
        shown = sitewalk(*words, GITHUB_ACTIONS="true").out.splitlines()
        starts = {line[:2] for line in shown if line}
        assert starts <= {"./", "  "}
    absolute = str(Path(name).absolute())
    assert sitewalk("inspect", absolute, GITHUB_ACTIONS="true").out.startswith(
        Path(absolute).as_posix()
    )


def test_a_plan_with_a_manifest_added_is_stale(site: Site, sitewalk: Sitewalk) -> None:
    _site(site)
    sitewalk("plan", "manifest.yaml", "-o", "plan.json")
    told: dict[str, Any] = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    told["manifests"].append(told["manifests"][0])
    Path("plan.json").write_text(json.dumps(told), encoding="utf-8")
    ended = sitewalk("apply", "plan.json", "--yes")
    assert ended.status == ExitStatus.DECISION
    assert "names a manifest more than once" in ended.err


def test_line_ends_of_a_checkout_are_no_edit(site: Site, sitewalk: Sitewalk) -> None:
    manifest = _site(site).manifest
    sitewalk("plan", "manifest.yaml", "-o", "plan.json")
    manifest.write_bytes(manifest.read_bytes().replace(b"\n", b"\r\n"))
    assert sitewalk("apply", "plan.json", "--yes").status == ExitStatus.DONE


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("retries", "many"),
        ("upload_id", "<b>@team</b>"),
        ("started", "2026-01-20T10:00:00"),
        ("name", 7),
        ("next_steps", "steps"),
    ],
)
def test_results_of_another_form_are_refused(
    key: str, value: object, site: Site, sitewalk: Sitewalk
) -> None:
    _site(site)
    sitewalk("apply", "manifest.yaml", "--yes")
    (file,) = Path(".sitewalk/runs").glob("*/results.json")
    told = json.loads(file.read_text(encoding="utf-8"))
    told["walkthroughs"][0][key] = value
    file.write_text(json.dumps(told), encoding="utf-8")
    for form in ("text", "markdown", "csv", "junit", "html", "json"):
        ended = sitewalk("report", "--format", form)
        assert ended.status == ExitStatus.USAGE
        assert "cannot be read" in ended.err


@pytest.mark.parametrize("url", ["postgresql://db:port/x", "postgresql://[::1/x", "http://a:99999"])
def test_a_ledgers_address_that_is_none_is_refused(
    url: str, site: Site, sitewalk: Sitewalk
) -> None:
    _site(site)
    for command in ("plan", "status", "report"):
        words = [command] if command == "report" else [command, "manifest.yaml"]
        assert sitewalk(*words, SITEWALK_LEDGER=url).status == ExitStatus.USAGE


def _run(*words: str, stderr: str | None = None, **environment: str) -> tuple[int, str]:
    with Path(stderr or os.devnull).open("w", encoding="utf-8") as err:
        done = subprocess.run(
            [sys.executable, "-m", "runner", *words],
            stdout=subprocess.PIPE,
            stderr=err,
            check=False,
            env={**os.environ, **environment},
        )
    return done.returncode, done.stdout.decode("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("words", [("apply", "manifest.yaml", "--yes"), ("plan", "gone.yaml")])
def test_a_lost_stderr_changes_no_exit_status(words: tuple[str, ...], site: Site) -> None:
    _site(site)  # the fixture sets the sandbox's addresses
    expected = ExitStatus.DONE if words[0] == "apply" else ExitStatus.INVALID
    assert _run(*words, stderr="/dev/full")[0] == expected


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there, whatever the locale")
def test_names_survive_a_locale_that_cannot_spell_them(site: Site) -> None:
    site.record("VID_20260120_080000_00_001 Gebäude.insv")
    site.write(walk("a", ['"VID_20260120_080000_00_001 Gebäude.insv"'], name="Gebäude → 2"))
    ascii_ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    status, out = _run("plan", "manifest.yaml", "-o", "Größe.json", **ascii_)
    assert status == ExitStatus.DONE
    assert "Gebäude → 2" in out
    assert Path("Größe.json").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows knows other names of time zones")
def test_a_time_zone_that_cannot_be_ends_nothing(site: Site) -> None:
    _site(site)
    assert _run("apply", "manifest.yaml", "--yes", TZ="UTC+25")[0] == ExitStatus.DONE
    assert _run("plan", "manifest.yaml", TZ="UTC+25")[0] == ExitStatus.DONE
    assert _run("report", TZ="UTC+25")[0] == ExitStatus.DONE


def test_a_refused_login_names_the_variable_that_was_used(
    site: Site, sitewalk: Sitewalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _site(site)
    monkeypatch.delenv("EVERCAM_PASSWORD")
    Path("password").write_text("wrong", encoding="utf-8")
    ended = sitewalk("plan", "manifest.yaml", "--online", EVERCAM_PASSWORD_FILE="password")
    assert ended.status == ExitStatus.REFUSED
    assert "check EVERCAM_USERNAME and EVERCAM_PASSWORD_FILE" in ended.err


def test_a_name_is_found_however_its_file_system_spells_it(site: Site, sitewalk: Sitewalk) -> None:
    composed, taken_apart = "H\u00f6he/Geb\u00e4ude.insv", "Ho\u0308he/Geba\u0308ude.insv"
    site.record(taken_apart)
    site.write(walk("a", [f'"{composed}"']))
    assert sitewalk("apply", "manifest.yaml", "--yes").status == ExitStatus.DONE


@POSIX
def test_a_log_that_is_a_pipe_holds_up_no_apply(site: Site, sitewalk: Sitewalk) -> None:
    _site(site)
    Path(".sitewalk/ledger.db").unlink()
    log = Path(".sitewalk/runs/20260120T080000Z-aa/log.jsonl")
    log.parent.mkdir(parents=True)
    os.mkfifo(log)
    ended = sitewalk("apply", "manifest.yaml", "--yes")
    assert ended.status == ExitStatus.USAGE
    assert "killed runs have left logs" in ended.err


def test_no_name_of_a_file_is_an_option_to_the_hook(sitewalk: Sitewalk) -> None:
    hooks = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
    (hook,) = yaml.safe_load(hooks.read_text(encoding="utf-8"))
    Path("--help.yaml").write_text(HEAD, encoding="utf-8")
    words = [*hook["entry"].split()[1:], *hook["args"]]
    ended = sitewalk(*words, "--help.yaml")
    assert ended.status == ExitStatus.INVALID
    assert "--help.yaml" in ended.out


@POSIX
def test_another_spelling_leads_no_further_than_the_name_itself(
    site: Site, sitewalk: Sitewalk, tmp_path: Path
) -> None:
    site.write(walk("a", ['"Geb\u00e4ude.insv"']))
    Site(tmp_path / "outside").record("mine.insv")
    Path("Geba\u0308ude.insv").symlink_to(tmp_path / "outside" / "mine.insv")
    ended = sitewalk("validate", "manifest.yaml")
    assert "is a link that leads out of the media root" in ended.out
