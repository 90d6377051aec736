"""What a command imports, and that it ends without looking for garbage: by name, not by time."""

import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from runner.base.errors import ExitStatus
from runner.cli.app import COMMANDS
from runner.sandbox import Sandbox
from tests.cli.conftest import Sitewalk
from tests.problems.examples import complete
from tests.sites import Site, walk

_HEAVY = ("requests", "tusclient", "sqlite3", "jinja2", "jsonschema")
_OF_SOME_COMMANDS = ("rich", "yaml", "concurrent.futures", "secrets", "tempfile")
_OF_SENDING = ("requests", "urllib3", "tusclient", "jinja2", "jsonschema", "filelock", "ssl")
_OF_UNUSUAL_MANIFESTS = (
    "runner.manifest.schema.differences",
    "runner.problems.forms.text",
    "runner.recordings.blocks",
    "runner.recordings.ranged",
    "runner.recordings.store_root",
    "runner.recordings.stored",
    "rich",
    "tomllib",
)
_OF_NEW_RECORDINGS = (
    "runner.recordings.checks.check",
    "runner.recordings.insv.facts",
    "runner.recordings.names",
    "runner.recordings.takes",
)
_OF_WRITING = ("concurrent.futures", "getpass", "logging", "runner.ledger.claim", "runner.upload")
_OF_OTHER_RUNS = (
    "runner.flow.elsewhere",
    "runner.flow.notices",
    "runner.flow.worker",
    "runner.report.past_runs",
    "runner.report.period",
    "asyncio",
    "rich",
    "tomllib",
)
_NEVER = ("aiohttp", "pydantic", "psycopg", "sqlalchemy")
_OF_COMMANDS = tuple(target.partition(":")[0] for target, _ in COMMANDS.values())


def _imported(arguments: list[str], names: tuple[str, ...] = _HEAVY) -> set[str]:
    program = (
        "import sys; from runner.cli.process import run; run();"
        f"print(*(name for name in {names!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A sound manifest with its recording."""
    site = Site(tmp_path / "site").write(walk("one", ["a.insv"]))
    site.record("a.insv")
    return site


def test_help_imports_nothing_that_only_some_commands_need() -> None:
    assert _imported(["--help"], _HEAVY + _OF_SOME_COMMANDS + _OF_COMMANDS + _NEVER) == set()
    assert _imported(["--version"], _HEAVY + _OF_COMMANDS + _NEVER) == set()


@pytest.mark.parametrize("arguments", [["schema"], ["ledger", "export", "--help"]])
def test_a_command_imports_no_other_command(arguments: list[str]) -> None:
    assert _imported(arguments, _OF_COMMANDS) == {f"runner.cli.{arguments[0]}"}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_lists_a_command_with_the_first_line_of_its_own_help(name: str) -> None:
    target, line = COMMANDS[name]
    found = pkgutil.resolve_name(target)
    own = found.info.help if isinstance(found, typer.Typer) else inspect.getdoc(found)
    assert own is not None
    assert line == own.splitlines()[0]


def test_a_mistyped_command_is_told_what_may_have_been_meant(sitewalk: Sitewalk) -> None:
    ended = sitewalk("aply")
    assert ended.status == ExitStatus.USAGE
    assert "No such command 'aply'. Did you mean 'apply'?" in ended.err
    ended = sitewalk("ledger", "exprt")
    assert ended.status == ExitStatus.USAGE
    assert "No such command 'exprt'. Did you mean 'export'?" in ended.err


def test_explain_imports_no_heavy_library() -> None:
    assert _imported(["explain", "M012"], _HEAVY + _NEVER) == set()


def test_validate_imports_no_heavy_library(tmp_path: Path) -> None:
    manifest = tmp_path / "week.yaml"
    manifest.write_text(complete("project: evercam\n"), encoding="utf-8")
    assert _imported(["validate", str(manifest)], _HEAVY + _NEVER) == set()


def test_plan_and_status_import_nothing_that_only_sending_needs(site: Site) -> None:
    manifest = str(site.manifest)
    assert _imported(["plan", manifest], _OF_SENDING + _NEVER) == set()
    of_files = (
        "runner.recordings.files",
        "runner.recordings.roots",
        "runner.drawings",
        "runner.plan.planner",
    )
    assert _imported(["status", manifest], _OF_SENDING + _NEVER + of_files) == set()


def test_apply_of_a_sound_manifest_does_not_import_what_explains_an_unsound_one(
    site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERCAM_MEDIA_URL", sandbox.media_url)
    monkeypatch.setenv("EVERCAM_INGEST_URL", sandbox.ingest_url)
    monkeypatch.setenv("EVERCAM_TUS_URL", sandbox.tus_url)
    monkeypatch.setenv("EVERCAM_USERNAME", sandbox.username)
    monkeypatch.setenv("EVERCAM_PASSWORD", sandbox.password)
    words = ["apply", "--yes", "--new-ledger", "--jobs", "2", "--retry-for", "1.5"]
    names = ("requests", "jsonschema", *_OF_OTHER_RUNS, *_NEVER)
    assert _imported([*words, str(site.manifest)], names) == {"requests"}
    assert [one.name for one in sandbox.objects()] == ["one"]
    idle = _OF_UNUSUAL_MANIFESTS + _OF_NEW_RECORDINGS + _OF_WRITING + _OF_SENDING + _NEVER
    for command in ("plan", "status"):  # of what is done
        assert _imported([command, str(site.manifest)], idle) == set()


def test_a_command_begins_to_load_once_python_looks_for_garbage_less_often() -> None:
    program = "import sys, runner.__main__; print('typer' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_at_its_end_a_command_has_nothing_left_to_collect() -> None:
    program = (
        "import atexit, gc; from runner.__main__ import main;"
        "atexit.register(lambda: print(gc.get_freeze_count() > len(gc.get_objects())));"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "True"
