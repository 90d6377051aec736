"""What a command imports before it does anything: held by name, not by time."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.examples import complete

_HEAVY = ("requests", "tusclient", "sqlalchemy", "jinja2")


def _imported(arguments: list[str]) -> set[str]:
    program = (
        "import sys; from runner.__main__ import run; run();"
        f"print(*(name for name in {_HEAVY!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "M012"]])
def test_no_heavy_library_is_imported(arguments: list[str]) -> None:
    assert _imported(arguments) == set()


def test_validate_imports_no_heavy_library(tmp_path: Path) -> None:
    manifest = tmp_path / "week.yaml"
    manifest.write_text(complete("project: evercam\n"), encoding="utf-8")
    assert _imported(["validate", str(manifest)]) == set()
