import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.recordings.samples.make import write_recording
from tests.problems.examples import complete
from tests.sites import true_recording

_ROOT = Path(__file__).parents[2]
_BASH = shutil.which("bash") or "bash"
_STEPS: list[dict[str, Any]] = yaml.safe_load((_ROOT / "action.yml").read_text(encoding="utf-8"))[
    "runs"
]["steps"]

pytestmark = [
    pytest.mark.skipif(shutil.which("bash") is None, reason="the action needs bash"),
    pytest.mark.slow,
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one manifest and its recording."""
    folder = tmp_path / "checkout"
    (folder / "manifests").mkdir(parents=True)
    write_manifest(folder, "project: evercam\n")
    write_recording(folder / "VID_1.insv", true_recording(8000))
    return folder


def write_manifest(checkout: Path, example: str) -> None:
    path = checkout / "manifests" / "week 47.yaml"
    path.write_text(complete(example), encoding="utf-8")


ON_LINUX, ON_WINDOWS = "bin/python", "Scripts/python.exe"
"""Where an environment has its interpreter."""


def check(
    checkout: Path, media_root: str = "", interpreter: str = ON_LINUX, **inputs: str
) -> subprocess.CompletedProcess[str]:
    """Run the action's second step as it stands, with this environment's sitewalk."""
    temp = checkout.parent / "temp"
    python = temp / "sitewalk" / interpreter
    python.parent.mkdir(parents=True, exist_ok=True)
    # A script: a copied interpreter would not find this environment's packages.
    python.write_text(f'#!{_BASH}\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    told = {"MANIFESTS": "manifests/*.yaml", "MEDIA_ROOT": media_root, "LEDGER": ""}
    environment = {
        **os.environ,
        **told,
        **inputs,
        "SOURCE": str(_ROOT),
        "CHECKOUT": str(checkout),
        "COMMENT": str(temp / "comment.md"),
        "GITHUB_STEP_SUMMARY": str(temp / "summary"),
        "GITHUB_OUTPUT": str(temp / "outputs"),
    }
    return run(_STEPS[1]["run"], temp, environment)


def run(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step's text as GitHub does."""
    return subprocess.run(
        [_BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def left(checkout: Path, name: str) -> str:
    """What the step left in a file."""
    path = checkout.parent / "temp" / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_without_recordings_the_text_is_checked_and_nothing_planned(checkout: Path) -> None:
    done = check(checkout)
    assert done.returncode == 0, done.stderr
    assert left(checkout, "outputs") == "problems=0\n"
    assert not left(checkout, "comment.md")


def test_problems_become_annotations_and_fail_the_check(checkout: Path) -> None:
    write_manifest(checkout, "project: ../evercam\n")
    done = check(checkout)
    assert done.returncode == 3
    assert done.stdout.startswith("::error file=manifests/week 47.yaml,line=")
    assert left(checkout, "outputs") == "problems=1\n"


def test_with_recordings_the_plan_stands_in_comment_summary_and_outputs(checkout: Path) -> None:
    done = check(checkout, str(checkout))
    assert done.returncode == 0, done.stderr
    comment = left(checkout, "comment.md")
    assert comment.startswith(
        "<!-- sitewalk plan -->\n### sitewalk plan\n\nPlanned without a ledger"
    )
    code = comment.splitlines()[5:]
    assert any("level-2-2026-01-20" in line for line in code)
    assert all(line.startswith("    ") for line in code if line.strip())
    assert left(checkout, "summary") == comment
    assert left(checkout, "outputs").splitlines() == [
        "problems=0",
        "planned=true",
        "pending=1",
        "decisions=0",
        "done=0",
    ]


def test_a_plan_too_long_for_a_comment_is_cut(checkout: Path) -> None:
    walks = "".join(
        f"  - {{id: walk-{n}, date: 2026-01-20, drawing: level-2, start_position: '0.1, 0.8', "
        f"end_position: '0.9, 0.1', files: [VID_{n}.insv]}}\n"
        for n in range(400)
    )
    write_manifest(checkout, f"walkthroughs:\n{walks}")
    for number in range(400):
        write_recording(checkout / f"VID_{number}.insv", true_recording(8000, seed=number))
    assert check(checkout, str(checkout)).returncode == 0
    assert 50_000 < len(left(checkout, "comment.md")) < 65_536


def test_no_manifest_is_an_error(checkout: Path) -> None:
    assert check(checkout, MANIFESTS="weeks/*.yaml").returncode == 2


@pytest.mark.parametrize("pattern", ["../*.yaml", "/etc/*", "manifests/../../*.yaml"])
def test_a_pattern_that_leads_out_of_the_checkout_is_refused(checkout: Path, pattern: str) -> None:
    done = check(checkout, MANIFESTS=pattern)
    assert done.returncode == 2
    assert "leads out of the checkout" in done.stdout


@pytest.mark.parametrize("link", ["manifests/x.yaml", "linked"])
def test_a_link_out_of_the_checkout_is_read_by_nobody(checkout: Path, link: str) -> None:
    secret = checkout.parent / "secret"
    secret.mkdir()
    (secret / "x.yaml").write_text("machine example.com password hunter2\n", encoding="utf-8")
    target = secret if link == "linked" else secret / "x.yaml"
    (checkout / link).symlink_to(target, target_is_directory=target.is_dir())
    done = check(checkout, MANIFESTS="manifests/*.yaml\nlinked/*.yaml")
    assert done.returncode == 2
    assert "hunter2" not in done.stdout + done.stderr


def test_a_ledger_of_the_checkout_is_never_used(checkout: Path) -> None:
    (checkout / ".sitewalk").mkdir()
    (checkout / ".sitewalk" / "ledger.db").write_bytes(b"planted")
    assert check(checkout, str(checkout)).returncode == 0
    named = check(checkout, str(checkout), LEDGER=".sitewalk/ledger.db")
    assert named.returncode == 2
    assert "lies in the checkout" in named.stdout


def test_nothing_of_a_hostile_checkout_runs_while_the_action_installs(checkout: Path) -> None:
    attack = f"open({str(checkout.parent / 'attacked')!r}, 'w').close()\n"
    for name in ("venv.py", "pip/__main__.py", "pip/__init__.py", "sitecustomize.py", "json.py"):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text(attack, encoding="utf-8")
    temp = checkout.parent / "temp"
    temp.mkdir()
    assert _STEPS[0]["working-directory"] == "${{ runner.temp }}"
    source = _source_that_installs_offline(checkout.parent / "source")
    environment = {**os.environ, "SOURCE": str(source), "PYTHONPATH": str(checkout)}
    done = run(_STEPS[0]["run"], temp, environment)
    assert done.returncode == 0, done.stderr
    assert not (checkout.parent / "attacked").exists()


def test_no_step_but_the_comment_has_the_token() -> None:
    with_token = [step for step in _STEPS if "token" in str(step.get("env", {})).lower()]
    assert with_token == [_STEPS[2]]
    assert _STEPS[2]["run"] == 'bash "$SOURCE/action/comment.sh"'


def _source_that_installs_offline(folder: Path) -> Path:
    """A project that builds itself, without the network and without a backend to be fetched."""
    (folder / "action").mkdir(parents=True)
    (folder / "action" / "requirements.txt").write_text("", encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        encoding="utf-8",
    )
    wheel = folder / "small-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        head = "Metadata-Version: 2.1\nName: small\nVersion: 1\n"
        file.writestr("small-1.dist-info/METADATA", head)
        kind = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        file.writestr("small-1.dist-info/WHEEL", kind)
        file.writestr("small-1.dist-info/RECORD", "")
    (folder / "backend.py").write_text(
        "import shutil\n"
        "def build_wheel(folder, config_settings=None, metadata_directory=None):\n"
        f"    shutil.copy({str(wheel)!r}, folder)\n"
        f"    return {wheel.name!r}\n",
        encoding="utf-8",
    )
    return folder


def comment(
    folder: Path, comments: str, fails: str = ""
) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run the third step with a `gh` that has these comments and writes down what it is asked."""
    tools = folder / "tools"
    tools.mkdir()
    asked = folder / "asked"
    (tools / "gh").write_text(
        f'#!{_BASH}\n{fails}\necho "$@" >>"{asked}"\n'
        f'case "$*" in *--paginate*) {comments};; esac\n',
        encoding="utf-8",
    )
    (tools / "gh").chmod(0o755)
    (folder / "comment.md").write_text("<!-- sitewalk plan -->\nplan\n", encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "SOURCE": str(_ROOT),
        "COMMENT": str(folder / "comment.md"),
        "PULL_REQUEST": "7",
        "GH_REPO": "owner/site",
    }
    done = run(_STEPS[2]["run"], folder, environment)
    return done, asked.read_text(encoding="utf-8") if asked.exists() else ""


def test_the_first_plan_becomes_a_new_comment(tmp_path: Path) -> None:
    done, asked = comment(tmp_path, "true")
    assert done.returncode == 0, done.stderr
    assert "--method POST repos/owner/site/issues/7/comments" in asked


def test_a_later_plan_takes_the_place_of_the_own_comment_only(tmp_path: Path) -> None:
    done, asked = comment(tmp_path, "printf '41\\n42\\n'")
    assert done.returncode == 0, done.stderr
    assert "--method PATCH repos/owner/site/issues/comments/41 " in asked
    assert "--edit-last" not in asked
    assert 'select(.user.type == "Bot"' in asked


def test_a_plan_that_cannot_be_commented_is_a_warning(tmp_path: Path) -> None:
    done, _ = comment(tmp_path, "true", fails="exit 1")
    assert done.returncode == 0
    assert done.stdout.startswith("::warning::the plan stands in the job's summary")


def test_the_check_finds_the_interpreter_of_a_windows_runner(checkout: Path) -> None:
    done = check(checkout, interpreter=ON_WINDOWS)
    assert done.returncode == 0, done.stderr
    assert left(checkout, "outputs") == "problems=0\n"


@pytest.mark.parametrize(("name", "interpreter"), [("python3", ON_LINUX), ("python", ON_WINDOWS)])
def test_the_environment_is_made_and_filled_on_any_runner(
    name: str, interpreter: str, tmp_path: Path
) -> None:
    """With a stand-in for Python, which writes down what it is asked and makes what venv makes."""
    tools, asked, made = tmp_path / "tools", tmp_path / "asked", tmp_path / "sitewalk" / interpreter
    tools.mkdir()
    python = tools / name
    python.write_text(
        f'#!{_BASH}\necho "$0 $*" >>"{asked}"\n'
        f'case "$*" in *"-m venv"*) mkdir -p "{made.parent}"; cp "$0" "{made}";; esac\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    for each in ("mkdir", "cp"):
        (tools / each).symlink_to(shutil.which(each) or each)
    environment = {"PATH": str(tools), "SOURCE": "/action", "RUNNER_OS": "Windows"}
    done = run(_STEPS[0]["run"], tmp_path, environment)
    assert done.returncode == 0, done.stderr
    first, *others = asked.read_text(encoding="utf-8").splitlines()
    assert first == f"{python} -I -m venv sitewalk"
    assert len(others) == 2
    assert all(line.startswith(f"sitewalk/{interpreter} -I -m pip install") for line in others)


def test_a_ledger_that_the_project_file_names_is_not_asked_for(checkout: Path) -> None:
    """A pull request may name any server; without the input there is simply no ledger."""
    (checkout / "sitewalk.yaml").write_text(
        "version: 1\nledger:\n  id: 7c1f2b1e-93c5-4a64-8d58-0c0a5b1f3e21\n"
        "  url: postgresql://127.0.0.1:1/x\n",
        encoding="utf-8",
    )
    done = check(checkout, str(checkout))
    assert done.returncode == 0, done.stderr
    assert "pending=1" in left(checkout, "outputs")
