import os
import posixpath
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.files import inside, is_inside
from runner.manifest.reading import read_manifest
from tests.problems.examples import TODAY, complete

_OUTSIDE = [
    "/VID_1.insv",
    "..",
    ".",
    "../VID_1.insv",
    "day-1/../../VID_1.insv",
    "C:/VID_1.insv",
    "C:VID_1.insv",
    "day-1\\VID_1.insv",
    "\\\\nas\\share\\VID_1.insv",
    "//nas/share/VID_1.insv",
]


@pytest.mark.parametrize("name", _OUTSIDE)
def test_names_that_leave_the_media_root_are_found_without_files(name: str) -> None:
    text = complete("project: evercam\n").replace("[VID_1.insv]", f"['{name}']")
    found = read_manifest(text.encode(), "week.yaml", TODAY).problems
    assert [one.code for one in found] == ["M042" if name == "." else "M040"]


@pytest.mark.parametrize(
    ("name", "said", "way_out"),
    [
        (".", "`.` is a folder", "one by one"),
        ("day-1\\VID_1.insv", "is written with backslashes", "`day-1/VID_1.insv`"),
        ("..\\VID_1.insv", "leaves the media root", "inside the media root"),
    ],
)
def test_a_name_that_is_no_path_inside_is_told_by_what_it_is(
    name: str, said: str, way_out: str
) -> None:
    text = complete("project: evercam\n").replace("[VID_1.insv]", f"['{name}']")
    (found,) = read_manifest(text.encode(), "week.yaml", TODAY).problems
    assert said in found.message
    assert way_out in found.help


@pytest.mark.parametrize(
    "name", ["a.insv", "day-1/a.insv", "./a.insv", "a/../b.insv", "..a", "é b"]
)
def test_names_below_the_media_root_are_accepted(name: str) -> None:
    assert is_inside(name)


_PARTS = st.sampled_from(["..", ".", "a", "", "/", "\\", "C:", "\0"])


@given(st.lists(_PARTS, max_size=8).map("/".join))
def test_what_is_accepted_stays_below_its_folder(name: str) -> None:
    if is_inside(name):
        assert posixpath.normpath(posixpath.join("/root", name)).startswith("/root/")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_are_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    (root / "in").symlink_to(root / "VID_1.insv")
    assert inside(root, "out/VID_1.insv") is None
    assert inside(root, "in") == root / "VID_1.insv"
    assert inside(root, "../root/VID_1.insv") is None
