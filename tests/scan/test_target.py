"""The manifest on disk: replaced whole, or left alone."""

import errno
import os
import sys
from pathlib import Path

import pytest

from runner.base.errors import UsageError
from runner.scan.model import NewWalk, ScannedFile
from runner.scan.target import has_placeholders, read_target, write_target

_TEXT = b"version: 1\nproject: evercam\nwalkthroughs: []\n"


def test_what_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(_TEXT)
    target = read_target(path, None, None)
    path.write_bytes(_TEXT + b"# saved in an editor\n")
    with pytest.raises(UsageError, match="was changed"):
        write_target(target, b"version: 1\n")
    assert path.read_bytes() == _TEXT + b"# saved in an editor\n"


def test_what_came_into_being_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    target = read_target(path, None, None)
    path.write_bytes(_TEXT)
    with pytest.raises(UsageError, match="was changed"):
        write_target(target, b"version: 1\n")
    assert path.read_bytes() == _TEXT


def test_a_full_disk_leaves_no_half_of_a_new_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    target = read_target(tmp_path / "m.yaml", None, None)
    with pytest.raises(UsageError, match=os.strerror(errno.ENOSPC)):
        write_target(target, _TEXT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes are POSIX matters")
def test_a_link_and_the_files_mode_survive(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "m.yaml"
    real.write_bytes(_TEXT)
    real.chmod(0o640)
    link.symlink_to(real)
    write_target(read_target(link, None, None), b"version: 1\n")
    assert link.is_symlink()
    assert real.read_bytes() == b"version: 1\n"
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [link, real]


def test_a_project_may_be_given_as_an_address(tmp_path: Path) -> None:
    address = "https://dash.evercam.io/v2/projects/evercam/drawings/map?id=6143"
    assert read_target(tmp_path / "new.yaml", None, address).project == "evercam"
    (tmp_path / "old.yaml").write_bytes(_TEXT)
    assert read_target(tmp_path / "old.yaml", None, address).project == "evercam"


def test_a_blank_project_is_none(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_bytes(_TEXT.replace(b"evercam", b"TODO"))
    assert read_target(tmp_path / "m.yaml", None, None).project is None


@pytest.mark.parametrize("project", ["TODO", "'TODO'", "TODO # which?", "&p TODO"])
def test_a_blank_project_is_filled_in_and_nothing_else_is_touched(
    tmp_path: Path, project: str
) -> None:
    raw = _TEXT.replace(b"evercam", project.encode())
    (tmp_path / "m.yaml").write_bytes(raw)
    target = read_target(tmp_path / "m.yaml", None, "evercam")
    mark = b"'TODO'" if "'" in project else b"TODO"
    assert target.with_walks([]) == raw.replace(mark, b"evercam")
    assert read_target(tmp_path / "m.yaml", None, None).with_walks([]) == b""


def test_a_comment_is_no_blank() -> None:
    assert has_placeholders(b"project: TODO\n")
    assert not has_placeholders(b"project: evercam # TODO: the other one\n")


def test_a_route_of_the_project_file_needs_no_second_place(tmp_path: Path) -> None:
    shared = {"drawings": {"level-1": {"id": 6143}}, "routes": {"loop": {}}}
    old = tmp_path / "old.yaml"
    old.write_text("version: 1\nwalkthroughs: []\n", encoding="utf-8")
    assert read_target(old, "loop", None, shared).route == "loop"
    with pytest.raises(UsageError, match="has no route `other`") as refused:
        read_target(old, "other", None, shared)
    assert "sitewalk.yaml" in refused.value.help


def test_a_new_manifest_does_not_repeat_the_project_file() -> None:
    walk = NewWalk((ScannedFile("", "a.insv", 1, None, None),), None)
    shared = {"drawings": {"level-1": {"id": 6143}}, "routes": {"loop": {}}}
    content = read_target(None, "loop", "evercam", shared).with_walks([walk]).decode()
    assert "\ndrawings:" not in content
    assert "\nroutes:" not in content
    assert "route: loop" in content
