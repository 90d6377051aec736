"""The hook and the workflows that the docs show: safe for forks, linted, and of this version."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from docsite import __main__ as site
from runner.base.version import VERSION
from tests.docs.console import blocks_of

_ROOT = Path(__file__).parents[2]
_PAGE = _ROOT / "docs" / "howto" / "pull-requests.md"
_YAML = [
    block.text for block in blocks_of(_PAGE.read_text(encoding="utf-8")) if block.language == "yaml"
]
_WORKFLOWS = [text for text in _YAML if text.startswith("name:")]


def test_the_example_workflows_are_ones_a_fork_cannot_use() -> None:
    assert len(_WORKFLOWS) == 2
    for workflow in map(yaml.safe_load, _WORKFLOWS):
        assert workflow[True] == "pull_request"  # YAML 1.1 reads `on` as true
        (job,) = workflow["jobs"].values()
        may_write = "pull-requests" in workflow["permissions"]
        assert ("head.repo.full_name == github.repository" in job.get("if", "")) is may_write
        assert job["steps"][0]["with"]["persist-credentials"] is False


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the page's workflows, which may name us by a tag, and its own runner."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for number, text in enumerate(_WORKFLOWS):
        (folder / f"{number}.yml").write_text(text, encoding="utf-8")
    runners = "self-hosted-runner: {labels: [recordings]}\n"
    (tmp_path / ".github" / "actionlint.yaml").write_text(runners, encoding="utf-8")
    pins = "{actions/*: hash-pin, OWNER/sitewalk: ref-pin}"
    rules = f"rules: {{unpinned-uses: {{config: {{policies: {pins}}}}}}}\n"
    (tmp_path / "zizmor.yml").write_text(rules, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["zizmor", "--offline", "--no-progress", "--config", "zizmor.yml", "."],
        ["actionlint", "-config-file", ".github/actionlint.yaml"],
    ],
    ids=lambda words: words[0],
)
def test_linters_find_nothing_in_the_example_workflows(words: list[str], repository: Path) -> None:
    beside = Path(sys.executable).parent
    tool = shutil.which(words[0], path=beside) or shutil.which(words[0])
    if tool is None:
        pytest.skip(f"{words[0]} is not installed here")
    if words[0] == "actionlint":
        words = [*words, *map(str, (repository / ".github" / "workflows").iterdir())]
    done = subprocess.run(
        [tool, *words[1:]], cwd=repository, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_hook_and_action_are_named_by_the_tag_of_this_version() -> None:
    shown = "\n".join(_YAML)
    tags = re.findall(r"sitewalk\n +rev: (\S+)|sitewalk@(\S+)", shown)
    assert [hook or action for hook, action in tags] == [f"v{VERSION}"] * 3


def test_each_input_and_output_of_the_action_is_explained() -> None:
    action = yaml.safe_load((_ROOT / "action.yml").read_text(encoding="utf-8"))
    page = _PAGE.read_text(encoding="utf-8")
    for name in (*action["inputs"], *action["outputs"]):
        assert f"| `{name}` |" in page


def test_the_owner_stands_in_one_place_and_the_site_takes_it_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {path for path in (_ROOT / "docs").rglob("*.md") if "OWNER" in path.read_text("utf-8")}
    assert pages == {_PAGE}
    urls = (_ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[project.urls]")[1]
    named = re.findall(r"github\.com/([\w-]+)/|//([\w-]+)\.github\.io", urls)
    assert {one or other for one, other in named} == {site.owner()}
    monkeypatch.setattr(site, "owner", lambda: "acme")
    site.stage(tmp_path)
    page = (tmp_path / "docs" / "howto" / "pull-requests.md").read_text(encoding="utf-8")
    assert "https://github.com/acme/sitewalk" in page
    assert "OWNER" not in page
