"""What a release carries: all that the suite needs, and names that indexes and readers go by."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

_ROOT = Path(__file__).parents[1]
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_ALWAYS = {"pyproject.toml"}  # the builder takes it by itself


@pytest.mark.skipif(
    not (_ROOT / ".git").exists() or shutil.which("git") is None, reason="needs a checkout and git"
)
def test_the_sdist_holds_whatever_git_tracks() -> None:
    words = ["git", "ls-files"]
    listed = subprocess.run(words, cwd=_ROOT, capture_output=True, text=True, check=True)
    tracked = {line.partition("/")[0] for line in listed.stdout.splitlines()}
    include = _PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert tracked - _ALWAYS == {name.removeprefix("/") for name in include}


def test_every_list_of_dependencies_is_watched() -> None:
    watched = yaml.safe_load((_ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    folders = {
        (entry["package-ecosystem"], folder)
        for entry in watched["updates"]
        for folder in entry.get("directories", [entry.get("directory")])
    }
    for name, ecosystem in (("package.json", "npm"), ("go.mod", "gomod")):
        for path in (_ROOT / "tests").rglob(name):
            if "node_modules" not in path.parts:
                assert (ecosystem, f"/{path.parent.relative_to(_ROOT).as_posix()}") in folders
    assert {("pip", "/"), ("github-actions", "/")} <= folders


def test_the_classifiers_name_each_python_that_ci_runs() -> None:
    workflow = (_ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    prefix = "Programming Language :: Python :: 3."
    named = [
        each.removeprefix(prefix)
        for each in _PROJECT["project"]["classifiers"]
        if each.startswith(prefix)
    ]
    quoted = ", ".join(f'"3.{minor}"' for minor in named)
    assert f"python: [{quoted}]" in workflow
