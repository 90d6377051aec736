import errno
import os
from pathlib import Path

import pytest

from runner.replacing import replace_file


def test_a_file_is_replaced_whole_and_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    replace_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_bytes(b"old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    replace_file(tmp_path / "link.yaml", b"new")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_bytes() == b"new"


def test_a_new_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    file, other = tmp_path / "m.yaml", tmp_path / "other.yaml"
    other.touch()
    replace_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode == other.stat().st_mode
    assert sorted(tmp_path.iterdir()) == [file, other]


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "gone" / "m.yaml", b"new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("before", [[b"old"], []], ids=["replaced", "new"])
def test_a_full_disk_leaves_what_was_there_and_nothing_beside_it(
    before: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "m.yaml"
    for content in before:
        file.write_bytes(content)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        replace_file(file, b"new")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == before
