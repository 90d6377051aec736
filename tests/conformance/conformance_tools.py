"""What sitewalk writes, held against the validators of others. `make conformance` runs this.

A tool that is missing here is named loudly and its part left out: Node's packages come from
package-lock.json, Java, exiftool, Go's actionlint and PyPI's zizmor from the Makefile's target.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_MODULES = _HERE / "node_modules"
_SVG_IN_CSS = r".*CSS: “(paint-order|vector-effect)”: Property.*doesn't exist.*"
"""Properties of SVG 2, which browsers take in a style sheet and the checker does not know."""

_WRONG = """\
version: 2
nonsense: 1
project: evercam
drawings: {a: {id: 1}}
walkthroughs: [{id: a, date: 2026-02-30, files: [x.insv]}, {id: a, date: 2026-01-20, files: [x]}]
"""


def _tool(name: str, *beside: Path) -> str:
    found = shutil.which(name, path=os.pathsep.join([*map(str, beside), os.environ["PATH"]]))
    if found is None:
        pytest.skip(f"NOT CHECKED: {name} is not installed here")
    return found


def _run(command: Sequence[str | Path], *, allowed: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in allowed, done.stdout + done.stderr
    return done.stdout


def _sitewalk(*arguments: str | Path, allowed: tuple[int, ...] = (0,)) -> str:
    return _run([sys.executable, "-m", "runner", *arguments], allowed=allowed)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    _sitewalk("demo", folder)
    return folder


def test_every_schema_compiles_in_ajvs_strict_mode() -> None:
    _run([_tool("node"), _HERE / "schemas.mjs", _ROOT / "schemas"])


def test_microsofts_validator_finds_no_error_in_sarif(tmp_path: Path) -> None:
    multitool = _MODULES / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
    if not multitool.exists():
        pytest.skip("NOT CHECKED: sarif-multitool has no program for this machine")
    multitool.chmod(0o755)  # npm runs no install scripts here, and this is what the package's does
    manifest, log, found = (tmp_path / name for name in ("week.yaml", "log.sarif", "found.sarif"))
    manifest.write_text(_WRONG, encoding="utf-8")
    log.write_text(
        _sitewalk("validate", "--format", "sarif", manifest, allowed=(3,)), encoding="utf-8"
    )
    _run([multitool, "validate", log, "--output", found, "--log", "ForceOverwrite"])
    results = json.loads(found.read_text(encoding="utf-8-sig"))["runs"][0].get("results", [])
    assert [one["ruleId"] for one in results if one.get("level") == "error"] == []


def test_the_nu_html_checker_finds_no_error_in_the_pages(demo: Path) -> None:
    jar = _MODULES / "vnu-jar/build/dist/vnu.jar"
    pages = [demo / "review.html", *demo.rglob("report.html")]
    pick = demo / "pick.html"
    _sitewalk("pick", demo / "manifest.yaml", "--drawing", "level-1", "--html", pick)
    assert len(pages) > 1
    java = _tool("java")
    _run([java, "-jar", jar, "--errors-only", "--filterpattern", _SVG_IN_CSS, *pages, pick])


def test_exiftool_reads_the_recordings_that_the_demo_makes(demo: Path) -> None:
    exiftool = _tool("exiftool")
    recordings = sorted(demo.rglob("*.insv"))
    assert recordings
    for recording in recordings[:2]:
        told = json.loads(_run([exiftool, "-json", "-ee", recording]))[0]
        assert "Error" not in told


def test_zizmor_finds_nothing_in_the_action() -> None:
    zizmor = _tool("zizmor", Path(sys.executable).parent)
    _run([zizmor, "--offline", "--quiet", *_of_github()])


def _of_github() -> list[Path]:
    workflows = _ROOT / ".github"
    return [_ROOT / "action.yml", *([workflows] if workflows.is_dir() else [])]
