import errno
import os
import threading
from pathlib import Path

import pytest

from runner.base.errors import InvalidPlanError, UsageError
from runner.base.files import (
    leads_out,
    read_regular,
    read_text,
    replace_file,
    rewrite_file,
    write_file,
)


def test_a_file_is_replaced_whole_and_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    replace_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_is_replaced_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"old")
    (tmp_path / "link.json").symlink_to("mine")
    replace_file(tmp_path / "link.json", b"new")
    assert not (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "link.json").read_bytes() == b"new"
    assert (tmp_path / "mine").read_bytes() == b"old"


def test_a_link_that_its_user_named_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_bytes(b"old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    rewrite_file(tmp_path / "link.yaml", b"new")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no devices in folders")
@pytest.mark.parametrize("kind", ["pipe", "device", "large"])
def test_only_regular_files_of_bounded_size_are_read(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.write_bytes(bytes(11))
    with pytest.raises(OSError, match="it is"):
        read_regular(file, 10)


def test_a_link_leads_out_of_its_repository_or_stays_in_it(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "in").symlink_to("there")
    (repository / "out").symlink_to(tmp_path / "mine")
    (repository / "up").symlink_to(tmp_path)
    (tmp_path / "alias").symlink_to(repository)
    (tmp_path / "free").symlink_to(tmp_path / "mine")
    assert leads_out(repository / "out")
    assert leads_out(repository / "up" / "mine")
    assert leads_out(tmp_path / "alias" / "out")
    assert not leads_out(repository / "in")
    assert not leads_out(tmp_path / "alias" / "in")
    assert not leads_out(tmp_path / "free")


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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, heard = tmp_path / "pipe.html", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    replace_file(pipe, b"page")
    reader.join()
    assert heard == [b"page"]
    assert pipe.is_fifo()


def test_text_comes_back_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    write_file(file, "Gebäude → 2\n")
    assert read_text(file) == "Gebäude → 2\n"
    assert file.read_bytes() == "Gebäude → 2\n".encode()


def test_what_cannot_be_written_is_named_with_the_reason_and_the_advice(tmp_path: Path) -> None:
    file = tmp_path / "gone" / "m.yaml"
    with pytest.raises(UsageError) as refused:
        write_file(file, "new", "choose another place")
    assert str(refused.value) == f"cannot write {file}: {os.strerror(errno.ENOENT)}"
    assert refused.value.help == "choose another place"


def test_what_cannot_be_read_fails_as_its_reader_wants(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    with pytest.raises(InvalidPlanError) as refused:
        read_text(file, "check its name", InvalidPlanError)
    assert str(refused.value) == f"cannot read {file}: {os.strerror(errno.ENOENT)}"
    assert refused.value.help == "check its name"
