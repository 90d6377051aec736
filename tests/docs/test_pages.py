"""Every page of docs/ is true: its commands run, its examples work, the site shows it."""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import runner
from docsite.library import EXAMPLES
from docsite.reference import PARTS, filled
from runner.base.errors import EXIT_MEANINGS, ExitStatus
from runner.cli.app import COMMANDS, app
from runner.recordings.samples.make import write_recording
from runner.sandbox import Sandbox
from runner.settings import SETTING_MEANINGS, SETTING_TYPES, VARIABLE_OF, VARIABLES
from tests.docs.console import blocks_of, commands_of, run_page, write_sitewalk
from tests.sites import Site, true_recording, walk

_ROOT = Path(__file__).parents[2]
_DOCS = _ROOT / "docs"
_PAGES = sorted(_DOCS.rglob("*.md"))
_RULES = _DOCS / "rules.md"  # its examples are run with the problems they are about
_RUN = [
    page
    for page in _PAGES
    if page != _RULES and any(block.is_run for block in blocks_of(page.read_text(encoding="utf-8")))
]


def _name(page: Path) -> str:
    return page.relative_to(_DOCS).as_posix()


@pytest.fixture
def environment(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """What leads a page's commands to the sandbox, and to this program."""
    tools = write_sitewalk(tmp_path / "tools")
    return {
        "EVERCAM_MEDIA_URL": sandbox.media_url,
        "EVERCAM_INGEST_URL": sandbox.ingest_url,
        "EVERCAM_TUS_URL": sandbox.tus_url,
        "EVERCAM_USERNAME": sandbox.username,
        "EVERCAM_PASSWORD": sandbox.password,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }


@pytest.mark.slow
@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="the blocks are for a POSIX shell")
@pytest.mark.parametrize("page", _RUN, ids=_name)
def test_what_a_page_shows_is_what_happens(
    page: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "page"
    folder.mkdir()
    run_page(page.read_text(encoding="utf-8"), folder, environment)


@pytest.mark.parametrize("page", _PAGES, ids=_name)
def test_a_console_block_is_made_of_commands(page: Path) -> None:
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.language == "console":
            assert block.text.startswith("$ ")
            assert list(commands_of(block))


_NAMED = re.compile(r"(?<![\w.-])sitewalk(?:\.exe)? ([a-z]+)(?: ([a-z]+)(?![\w.-]))?([^`#|;&>\n]*)")
_CODE = re.compile(r"^ *```\w*\n.*?^ *```$|`[^`\n]+`|^    [^\n]*$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [*_PAGES, _ROOT / "README.md"], ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_there_with_its_options(page: Path) -> None:
    """Also where it is not run: in a sentence, for another shell, for a server of the reader's."""
    group: Any = typer.main.get_command(app)
    for code in _CODE.findall(page.read_text(encoding="utf-8")):
        for name, inner, words in _NAMED.findall(code.replace("\\\n", " ")):
            assert name in COMMANDS, code
            command = group.resolve_command(None, [name])[1]
            command = getattr(command, "commands", {}).get(inner, command)
            known = {option for parameter in command.params for option in parameter.opts}
            assert set(re.findall(r"(?<!\S)--?[a-z][\w-]*", words)) <= known | {"-h", "--help"}, (
                code
            )


@pytest.mark.parametrize("name", runner.__all__)
def test_the_example_of_a_public_name_runs(
    name: str,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "site"
    Site(folder).write(walk("level-2-2026-01-20", ["VID_1.insv"]))
    write_recording(folder / "VID_1.insv", true_recording(8000))
    monkeypatch.chdir(folder)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    exec(compile(text, f"{name}.py", "exec"), {})  # noqa: S102 - our own text
    assert capsys.readouterr().out or name == "read_manifests"  # a sound manifest has no problems


def _named_in(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
        return
    for entry in nav.values() if isinstance(nav, dict) else nav:
        yield from _named_in(entry)


_NAV = tomllib.loads((_ROOT / "docsite" / "zensical.toml").read_text(encoding="utf-8"))["project"][
    "nav"
]


def test_the_site_lists_every_page_and_its_first_page_leads_to_each() -> None:
    assert sorted(_named_in(_NAV)) == sorted(map(_name, _PAGES))
    first = (_DOCS / "index.md").read_text(encoding="utf-8")
    assert {name for name in _named_in(_NAV) if f"({name})" not in first} == {"index.md"}


def test_the_readme_leads_to_every_how_to_and_stays_a_page() -> None:
    readme = (_ROOT / "README.md").read_text(encoding="utf-8")
    (how_to,) = (entry["How to"] for entry in _NAV if "How to" in entry)
    assert [name for name in _named_in(how_to) if f"(docs/{name})" not in readme] == []
    assert len(readme.splitlines()) <= 120


def test_the_tutorial_names_every_extra_that_brings_something() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (_DOCS / "first-week.md").read_text(encoding="utf-8")
    extras = {name for name, brought in project["optional-dependencies"].items() if brought}
    assert {name for name in extras - {"all"} if f"| `{name}` |" not in page} == set()


def test_every_part_stands_on_a_page_and_is_made() -> None:
    texts = [page.read_text(encoding="utf-8") for page in _PAGES]
    for name in PARTS:
        assert sum(f"<!-- generated: {name} -->" in text for text in texts) == 1
    assert not any("<!-- generated" in filled(text, PARTS) for text in texts)


def test_the_reference_has_every_command_exit_code_setting_and_variable() -> None:
    assert set(EXIT_MEANINGS) == set(ExitStatus)
    for name in COMMANDS:
        assert f"\n## {name}\n" in "\n" + PARTS["commands"]()
    assert list(SETTING_MEANINGS) == list(SETTING_TYPES)
    assert set(VARIABLE_OF.values()) <= set(VARIABLES)
    source = (_ROOT / "runner" / "settings.py").read_text(encoding="utf-8")
    assert set(re.findall(r'"((?:EVERCAM|SITEWALK)_[A-Z_]+)"', source)) == set(VARIABLES)
