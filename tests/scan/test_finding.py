"""What is passed over on a card, what is left out by name, and what is looked into."""

import os
import sys
from pathlib import Path

import pytest

from runner.recordings.recipes import X4, X5
from runner.scan.finding import list_files
from runner.scan.model import Reason
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


def test_a_folder_that_is_not_there_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list_files(str(tmp_path / "card"), "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("name", [b"VID_\xff.insv", rb"day\1.insv", b"C:1.insv"])
def test_a_name_that_no_manifest_can_hold_is_named(name: bytes, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(name)).touch()
    assert only(scan(tmp_path)).reason is Reason.UNNAMEABLE
