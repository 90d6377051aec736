"""Hints name the place that this copy came from."""

import json
from typing import Any

import pytest
from packaging.requirements import Requirement

from runner.base import installation
from runner.base.installation import install_command
from runner.base.wording import IS_WINDOWS, for_shell

_URL = "https://example.com/sitewalk"


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ({"url": f"{_URL}.zip"}, f"sitewalk[pdf] @ {_URL}.zip"),
        (
            {"url": _URL, "vcs_info": {"vcs": "git", "commit_id": "0a1b"}},
            f"sitewalk[pdf] @ git+{_URL}@0a1b",
        ),
    ],
)
def test_an_archive_and_a_repository_are_named(origin: dict[str, Any], words: str) -> None:
    command = install_command("pdf", json.dumps(origin))
    assert command == f"pip install {for_shell(words)}"
    assert Requirement(words).extras == {"pdf"}


def test_without_an_origin_it_came_from_an_index() -> None:
    assert install_command("pdf", "{}") == f"pip install {for_shell('sitewalk[pdf]')}"


@pytest.mark.skipif(IS_WINDOWS, reason="paths of POSIX")
def test_a_folder_is_named_and_an_editable_one_stays_so() -> None:
    origin: dict[str, Any] = {"url": "file:///home/me/my%20tools", "dir_info": {}}
    assert install_command("pdf", json.dumps(origin)) == "pip install '/home/me/my tools[pdf]'"
    origin["dir_info"]["editable"] = True
    command = install_command("pdf", json.dumps(origin))
    assert command == "pip install --editable '/home/me/my tools[pdf]'"


def test_this_copy_knows_where_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    assert install_command("pdf").startswith("pip install ")
    monkeypatch.setattr(installation, "PROJECT", "no-such-project")
    assert "--editable" in install_command("pdf")
