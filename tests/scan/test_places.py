"""Paths in a manifest go from the media root, however one got to the folder."""

from pathlib import Path

import pytest

from runner.base.errors import UsageError
from runner.scan.listing import path_inside


def test_the_root_itself_needs_no_prefix(tmp_path: Path) -> None:
    assert path_inside(tmp_path, tmp_path) == ""


def test_a_folder_below_is_named_with_slashes(tmp_path: Path) -> None:
    (tmp_path / "week 4" / "card").mkdir(parents=True)
    assert path_inside(tmp_path / "week 4" / "card", tmp_path) == "week 4/card/"


def test_links_on_the_way_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "nas" / "card").mkdir(parents=True)
    (tmp_path / "media").symlink_to(tmp_path / "nas", target_is_directory=True)
    assert path_inside(tmp_path / "nas" / "card", tmp_path / "media") == "card/"
    assert path_inside(tmp_path / "media" / "card", tmp_path / "nas") == "card/"


def test_a_file_is_told_from_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "VID.insv").touch()
    for name, way_out in (("VID.insv", "in which it lies"), ("card", "mounted")):
        with pytest.raises(UsageError) as error:
            path_inside(tmp_path / name, tmp_path)
        assert way_out in error.value.help


def test_a_link_out_of_the_root_is_outside(tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "card").symlink_to(tmp_path / "card", target_is_directory=True)
    with pytest.raises(UsageError, match="is not inside the media root"):
        path_inside(tmp_path / "site" / "card", tmp_path / "site")
