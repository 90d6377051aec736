"""Compiled templates: kept where only this user writes, and nowhere else."""

import os
import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from runner.pages import compiled
from runner.pages.compiled import compiled_templates


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a folder for caches, of a Python that keeps byte code."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    compiled._caches(tmp_path).mkdir(parents=True)
    return tmp_path


def _render(home: Path) -> str:
    templates = Environment(
        loader=DictLoader({"page": "{{ 1 + 1 }}"}),
        bytecode_cache=compiled_templates(home),
        autoescape=True,
    )
    return templates.get_template("page").render()


def test_a_template_is_compiled_once(home: Path) -> None:
    assert _render(home) == "2"
    (kept,) = (compiled._caches(home) / "sitewalk").iterdir()
    written = kept.stat().st_mtime_ns
    assert _render(home) == "2"
    assert kept.stat().st_mtime_ns == written


def test_a_damaged_one_is_compiled_anew(home: Path) -> None:
    _render(home)
    (kept,) = (compiled._caches(home) / "sitewalk").iterdir()
    kept.write_bytes(kept.read_bytes()[:40])
    assert _render(home) == "2"


@pytest.mark.skipif(os.name == "nt", reason="rights are another matter there")
def test_a_folder_that_others_can_write_in_is_not_trusted(home: Path) -> None:
    folder = compiled._caches(home) / "sitewalk"
    folder.mkdir()
    folder.chmod(0o777)
    assert compiled_templates(home) is None
    folder.rmdir()
    folder.symlink_to(home)
    assert compiled_templates(home) is None


def test_a_home_without_caches_gets_none(tmp_path: Path) -> None:
    assert compiled_templates(tmp_path / "nowhere") is None
    assert _render(tmp_path / "nowhere") == "2"
