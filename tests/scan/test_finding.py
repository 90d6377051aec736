"""What is passed over on a card, what is left out by name, and what is looked into."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from runner.base.errors import UsageError
from runner.recordings.samples.recipes import X4, X5, chapters
from runner.scan.listing import list_files
from runner.scan.model import Reason
from runner.scan.scanning import ScanProgress
from tests.scan.cards import CAMERA, put, small
from tests.scan.scans import files, left_out, only, scan


@pytest.mark.parametrize(
    "path",
    [
        f"{CAMERA}/._VID_20260120_101500_00_001.insv",
        ".Trashes/501/VID_20260120_101500_00_001.insv",
        "System Volume Information/VID_20260120_101500_00_001.insv",
        "$RECYCLE.BIN/S-1-5/VID_20260120_101500_00_001.insv",
        "@eaDir/VID_20260120_101500_00_001.insv",
        "#recycle/VID_20260120_101500_00_001.insv",
        "LOST.DIR/VID_20260120_101500_00_001.insv",
        f"{CAMERA}/fileinfo_list.list",
        "site/holiday.jpg",
        "site/meeting.mp4",
    ],
)
def test_what_no_camera_put_there_is_passed_over(path: str, tmp_path: Path) -> None:
    folder, _, name = path.rpartition("/")
    put(tmp_path, small(X5), folder=folder, name=name)
    scanned = scan(tmp_path)
    assert (scanned.walks, scanned.left_out) == ((), ())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("LRV_20260120_101500_01_001.lrv", Reason.PROXY),
        ("LRV_20260120_101500_11_001.INSV", Reason.PROXY),
        ("VID_20260120_101500_01_001.insv", Reason.PROXY),
        ("VID_20260120_101500_11_001.insv", Reason.PROXY),
        ("PRO_LRV_20260120_101500_01_001.mp4", Reason.PROXY),
        ("IMG_20260120_101500_00_001.insp", Reason.PHOTO),
        ("IMG_20260120_101500_00_001.dng", Reason.PHOTO),
        ("garden.INSP", Reason.PHOTO),
        ("VID_20260120_101500_00_001.mp4", Reason.SINGLE_LENS),
    ],
)
def test_what_a_name_rules_out_is_not_opened(name: str, reason: Reason, tmp_path: Path) -> None:
    path = tmp_path / CAMERA / name
    path.parent.mkdir(parents=True)
    path.symlink_to(path)  # nobody can open a link to itself
    assert left_out(scan(tmp_path)) == {f"{CAMERA}/{name}": reason}


def test_endings_may_be_in_capitals(tmp_path: Path) -> None:
    paths = put(tmp_path, small(X5), name="VID_20260120_101500_00_001.INSV")
    assert files(scan(tmp_path)) == [paths]


def test_links_are_named_and_not_followed(tmp_path: Path) -> None:
    (path,) = put(tmp_path, small(X5))
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "link.insv").symlink_to(tmp_path / path)
    scanned = scan(tmp_path)
    assert files(scanned) == [[path]]
    assert left_out(scanned) == {"link.insv": Reason.LINK, "loop": Reason.LINK}


def test_a_folder_that_cannot_be_opened_is_named_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = put(tmp_path, small(X5))
    put(tmp_path, small(X4), folder="locked")
    _lock(monkeypatch, str(tmp_path / "locked"))
    scanned = scan(tmp_path)
    assert files(scanned) == [[path]]
    assert only(scanned).reason is Reason.UNREADABLE
    assert only(scanned).paths == ("locked",)
    assert scanned.needs_attention


def _lock(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """Refuse a folder, also to root, for whom permissions mean nothing."""
    really = os.scandir

    def scandir(path: str) -> object:
        if path == folder:
            raise PermissionError(13, "Permission denied")
        return really(path)

    monkeypatch.setattr("os.scandir", scandir)


class _Entry:
    """An entry of a folder, of which a test says how it answers."""

    def __init__(self, real: "os.DirEntry[str]", **answers: object) -> None:
        self._real, self._answers = real, answers

    def __getattr__(self, name: str) -> object:
        answer = self._answers.get(name)
        return answer or getattr(self._real, name)


def _answer(monkeypatch: pytest.MonkeyPatch, entry: str, **answers: object) -> None:
    """Let the entry of this name answer some questions as a test says."""
    really = os.scandir

    @contextmanager
    def scandir(path: str) -> Iterator[list[object]]:
        with really(path) as entries:
            yield [_Entry(found, **answers) if found.name == entry else found for found in entries]

    monkeypatch.setattr("os.scandir", scandir)


@pytest.mark.parametrize(
    ("entry", "question"),
    [
        ("folder", "is_dir"),
        ("folder", "stat"),
        (X5.file_name, "is_dir"),
        (X5.file_name, "is_symlink"),
        (X5.file_name, "is_file"),
    ],
)
def test_an_entry_of_a_failing_card_is_named_and_the_rest_goes_on(
    entry: str, question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = put(tmp_path, small(X4), folder="", name="sound.insv")
    put(tmp_path, small(X5), folder="folder" if entry == "folder" else "")

    def fail(**_: object) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    _answer(monkeypatch, entry, **{question: fail})
    scanned = scan(tmp_path)
    assert files(scanned) == [[path]]
    assert (only(scanned).reason, only(scanned).paths) == (Reason.UNREADABLE, (entry,))
    assert only(scanned).detail == "cannot be read: Input/output error"


def test_a_junction_of_windows_is_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python tells one from a folder only from 3.12 on."""
    (path,) = put(tmp_path, small(X5))
    put(tmp_path, small(X4), folder="junction")
    marked = SimpleNamespace(st_reparse_tag=0xA0000003)
    _answer(monkeypatch, "junction", stat=lambda **_: marked)
    scanned = scan(tmp_path)
    assert files(scanned) == [[path]]
    assert left_out(scanned) == {"junction": Reason.LINK}


def test_a_folder_kept_in_a_cloud_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = put(tmp_path, small(X5), folder="OneDrive")
    marked = SimpleNamespace(st_reparse_tag=0x9000001A)
    _answer(monkeypatch, "OneDrive", stat=lambda **_: marked)
    assert files(scan(tmp_path)) == [paths]


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has junctions")
def test_a_true_junction_is_not_followed(tmp_path: Path) -> None:
    (path,) = put(tmp_path, small(X5))
    subprocess.run(
        ["cmd", "/c", "mklink", "/J", str(tmp_path / "loop"), str(tmp_path)],  # noqa: S607 - part of Windows
        check=True,
        capture_output=True,
    )
    scanned = scan(tmp_path)
    assert files(scanned) == [[path]]
    assert left_out(scanned) == {"loop": Reason.LINK}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    (path,) = put(tmp_path, small(X5))
    os.mkfifo(tmp_path / "pipe.insv")
    scanned = scan(tmp_path)
    assert (files(scanned), left_out(scanned)) == ([[path]], {})


def test_a_card_that_is_pulled_ends_the_scan(tmp_path: Path) -> None:
    card = tmp_path / "card"
    put(card, *chapters(small(X5), 40))

    class Pulls(list[ScanProgress]):
        def append(self, progress: ScanProgress) -> None:
            if not self:
                card.rename(tmp_path / "pulled")
            super().append(progress)

    with pytest.raises(UsageError, match="went away"):
        scan(card, progress=Pulls())


def test_a_folder_that_is_not_there_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list_files(str(tmp_path / "card"), "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("name", [b"VID_\xff.insv", rb"day\1.insv", b"C:1.insv"])
def test_a_name_that_no_manifest_can_hold_is_named(name: bytes, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(name)).touch()
    assert only(scan(tmp_path)).reason is Reason.UNNAMEABLE
