"""The documentation is true: every command, exit status and setting is in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from runner.base.errors import ExitStatus
from runner.cli.app import app
from runner.flow.check import check_texts
from runner.manifest.reading import read_manifest
from runner.sandbox.faults import KINDS, STEPS
from tests.sites import TODAY

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined] # a group


def _rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_and_has_help(command: str) -> None:
    assert any(row.startswith(f"| `{command}`") for row in _rows(README))
    done = subprocess.run(
        [sys.executable, "-m", "runner", command, "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.split()) > 10


def test_no_documented_command_is_missing() -> None:
    table = README.partition("## Commands")[2].partition("## ")[0]
    documented = re.findall(r"^\| `(\w+)`", table, flags=re.MULTILINE)
    assert sorted(documented) == COMMANDS


@pytest.mark.parametrize("status", ExitStatus)
def test_every_exit_status_is_documented(status: ExitStatus) -> None:
    assert any(row.startswith(f"| {int(status)} |") for row in _rows(README))


def test_every_setting_is_documented() -> None:
    source = (REPOSITORY / "runner" / "settings.py").read_text(encoding="utf-8")
    for name in set(re.findall(r'"((?:EVERCAM|SITEWALK)_[A-Z_]+)"', source)):
        assert f"`{name}`" in README


def test_the_readmes_manifest_is_sound() -> None:
    text = README.partition("```yaml\n")[2].partition("```")[0]
    assert read_manifest(text.encode(), "README.md", TODAY).problems == ()


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "manifests").glob("*.yaml")), ids=lambda path: path.name
)
def test_every_example_is_sound_and_names_its_schema(path: Path) -> None:
    raw = path.read_bytes()
    assert read_manifest(raw, path.name, TODAY.replace(year=2026, month=2)).problems == ()
    modeline = raw.decode().partition("\n")[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", modeline)
    assert named
    assert (path.parent / named[1]).is_file()


def test_the_examples_are_sound_together() -> None:
    examples = sorted((REPOSITORY / "manifests").glob("*.yaml"))
    assert check_texts(examples, None, TODAY.replace(year=2026, month=2)).problems == ()


def test_every_link_leads_somewhere() -> None:
    for page in [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), target


def test_every_fault_is_documented() -> None:
    text = (REPOSITORY / "docs" / "sandbox.md").read_text(encoding="utf-8")
    for word in (*KINDS, *STEPS):
        assert f"`{word}`" in text
