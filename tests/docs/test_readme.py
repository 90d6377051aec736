"""The README and the examples are true."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from runner.cli.app import app
from runner.flow.check import check_texts
from runner.manifest.reading import read_manifest
from runner.sandbox.faults import KINDS, STEPS
from tests.sites import TODAY

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined] # a group


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0
    assert len(done.stdout.split()) > 10


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
    for page in (REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "RELEASING.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), target


def test_every_fault_is_documented() -> None:
    text = (REPOSITORY / "docs" / "sandbox.md").read_text(encoding="utf-8")
    for word in (*KINDS, *STEPS):
        assert f"`{word}`" in text
