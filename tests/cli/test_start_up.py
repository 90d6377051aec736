"""What a command imports before it does anything: held by name, not by time."""

import subprocess
import sys
from pathlib import Path

from tests.rules.examples import complete

_HEAVY = ("requests", "tusclient", "sqlalchemy", "jinja2")
_OF_SOME_COMMANDS = ("rich", "yaml", "jsonschema", "concurrent.futures", "secrets", "tempfile")


def _imported(arguments: list[str], names: tuple[str, ...] = _HEAVY) -> set[str]:
    program = (
        "import sys; from runner.__main__ import run; run();"
        f"print(*(name for name in {names!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split())


def test_help_imports_nothing_that_only_some_commands_need() -> None:
    assert _imported(["--help"], _HEAVY + _OF_SOME_COMMANDS) == set()


def test_explain_imports_no_heavy_library() -> None:
    assert _imported(["explain", "M012"]) == set()


def test_validate_imports_no_heavy_library(tmp_path: Path) -> None:
    manifest = tmp_path / "week.yaml"
    manifest.write_text(complete("project: evercam\n"), encoding="utf-8")
    assert _imported(["validate", str(manifest)]) == set()
