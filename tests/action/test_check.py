import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.recordings.samples.make import write_recording
from tests.problems.examples import complete
from tests.sites import true_recording

_SCRIPT = Path(__file__).parents[2] / "action" / "check.sh"
_BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(_BASH is None, reason="the action's runners have bash")


_KEEP = 'echo "$@" > "$GITHUB_WORKSPACE/asked"; cp "${@: -1}" "$GITHUB_WORKSPACE/comment"'


def _check(folder: Path, media_root: str = "", gh: str = _KEEP) -> subprocess.CompletedProcess[str]:
    """Run the action's script with the real sitewalk and a `gh` that keeps the comment."""
    tools = folder / "tools"
    tools.mkdir()
    _tool(tools / "sitewalk", f'exec "{sys.executable}" -m runner "$@"')
    _tool(tools / "gh", gh)
    environment = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(_SCRIPT.parents[1]),
        "MANIFESTS": "manifests/*.yaml",
        "SITEWALK_MEDIA_ROOT": media_root,
        "PULL_REQUEST": "7",
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
    }
    return subprocess.run(
        [_BASH or "bash", _SCRIPT],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _tool(path: Path, command: str) -> None:
    path.write_text(f"#!{_BASH}\n{command}\n", encoding="utf-8")
    path.chmod(0o755)


def _write(folder: Path, example: str) -> None:
    (folder / "manifests").mkdir()
    (folder / "manifests" / "week 47.yaml").write_text(complete(example), encoding="utf-8")


def test_without_recordings_the_text_is_checked_and_nothing_commented(tmp_path: Path) -> None:
    _write(tmp_path, "project: evercam\n")
    assert _check(tmp_path).returncode == 0
    assert not (tmp_path / "comment").exists()


def test_problems_become_annotations_and_fail_the_check(tmp_path: Path) -> None:
    _write(tmp_path, "project: ../evercam\n")
    done = _check(tmp_path)
    assert done.returncode == 3
    assert done.stdout.startswith("::error file=manifests/week 47.yaml,line=")


def test_with_recordings_the_plan_is_commented_as_code(tmp_path: Path) -> None:
    _write(tmp_path, "project: evercam\n")
    write_recording(tmp_path / "VID_1.insv", true_recording(8000))
    done = _check(tmp_path, str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asked").read_text(encoding="utf-8").startswith("pr comment 7 ")
    lines = (tmp_path / "comment").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "### sitewalk plan"
    assert any("level-2-2026-01-20" in line for line in lines)
    assert all(line.startswith("    ") for line in lines[2:] if line.strip())


def test_a_plan_that_cannot_be_commented_stands_in_the_summary(tmp_path: Path) -> None:
    _write(tmp_path, "project: evercam\n")
    write_recording(tmp_path / "VID_1.insv", true_recording(8000))
    done = _check(tmp_path, str(tmp_path), gh="exit 1")
    assert done.returncode == 0, done.stderr
    assert "::warning::the plan stands in the job's summary" in done.stdout
    summary = (tmp_path / "summary").read_text(encoding="utf-8")
    assert "level-2-2026-01-20" in summary


def test_no_manifest_is_an_error(tmp_path: Path) -> None:
    assert _check(tmp_path).returncode == 2


def test_a_plan_too_long_for_a_comment_is_cut(tmp_path: Path) -> None:
    walks = "".join(
        f"  - {{id: walk-{n}, date: 2026-01-20, drawing: level-2, start_position: '0.1, 0.8', "
        f"end_position: '0.9, 0.1', files: [VID_{n}.insv]}}\n"
        for n in range(400)
    )
    _write(tmp_path, f"walkthroughs:\n{walks}")
    for number in range(400):
        write_recording(tmp_path / f"VID_{number}.insv", true_recording(8000, seed=number))
    assert _check(tmp_path, str(tmp_path)).returncode == 0
    assert 50_000 < len((tmp_path / "comment").read_text(encoding="utf-8")) < 65_536
