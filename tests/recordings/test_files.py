"""The look at the disk: what is found, and what lies beside it."""

import os
from itertools import product
from pathlib import Path
from typing import BinaryIO

import pytest

from runner.base.files import is_inside
from runner.recordings import files
from runner.recordings.files import look
from runner.recordings.identity import Identity
from runner.recordings.roots import DiskRoot, LocatedFile, UnfitFileError
from tests.recordings.checks.listing import draft_of, walk
from tests.sites import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_recording_is_identified_and_examined(site: Site) -> None:
    path = site.record("day 1/Walk.INSV")
    (found,) = look([draft_of(walk("a", ["day 1/Walk.INSV"]))], site.folder).files.values()
    assert found.location == path
    assert found.length == path.stat().st_size
    assert found.info is not None
    assert found.info.camera == "Insta360 X4"


def test_it_knows_its_neighbours_in_any_case(site: Site) -> None:
    for name in ("card/VID_1.insv", "card/Other.INSV", "elsewhere.insv"):
        site.record(name)
    (found,) = look([draft_of(walk("a", ["card/VID_1.insv"]))], site.folder).files.values()
    assert found.neighbours == {"vid_1.insv", "other.insv"}


def test_each_file_is_read_once_however_often_it_is_listed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.record("a.insv")
    read: list[str] = []

    def identify(file: BinaryIO, _: int) -> Identity:
        read.append(Path(file.name).name)
        return Identity(1, "00")

    monkeypatch.setattr(files, "identify", identify)
    facts = look(
        [draft_of(walk("a", ["a.insv"])), draft_of(walk("b", ["a.insv"], line=50))], site.folder
    )
    assert read == ["a.insv"]
    assert facts.problems == ()  # the reader of the text says that it stands twice


def test_problems_come_in_the_order_of_the_manifest_and_spare_the_rest(site: Site) -> None:
    site.record("whole.insv")
    (site.folder / "empty.insv").touch()
    (site.folder / "note.insv").write_bytes(b"%PDF-1.7")
    names = ["missing.insv", "empty.insv", "whole.insv", "note.insv"]
    facts = look([draft_of(walk("a", names))], site.folder)
    assert [problem.code for problem in facts.problems] == ["M041", "M043", "M045"]
    assert list(facts.files) == ["whole.insv"]


def test_a_copy_names_the_recording_it_is_a_copy_of(site: Site) -> None:
    site.record("a.insv")
    (site.folder / "copy.insv").write_bytes((site.folder / "a.insv").read_bytes())
    (problem,) = look([draft_of(walk("a", ["a.insv", "copy.insv"]))], site.folder).problems
    assert problem.code == "M036"
    assert "`copy.insv` is the same recording as `a.insv` in line" in problem.message


def test_a_media_root_that_is_not_there_is_one_problem(site: Site) -> None:
    drafts = [draft_of(walk("a", ["a.insv", "b.insv"])), draft_of(walk("b", ["c.insv"], line=50))]
    facts = look(drafts, site.folder / "card")
    (found,) = facts.problems
    assert (found.code, found.place.is_whole_file) == ("M041", True)
    assert found.message == f"the media root {site.folder / 'card'} is not there"
    assert "is the card mounted?" in found.help
    assert "SITEWALK_MEDIA_ROOT" in found.help


def test_a_link_is_told_to_evercam_by_its_own_name(site: Site) -> None:
    path = site.record("store/3f2a")
    (site.folder / "VID_1.insv").symlink_to(path)
    (found,) = look([draft_of(walk("a", ["VID_1.insv"]))], site.folder).files.values()
    assert (found.title, found.location) == ("VID_1.insv", path)


PARTS = ("a.insv", "card", "here", "out", "file", "gone", "empty", "..", ".")


def test_only_files_whose_real_place_is_inside_the_media_root_are_found(site: Site) -> None:
    root, elsewhere = site.folder / "root", site.folder / "elsewhere"
    for name in ("root/a.insv", "root/card/a.insv", "elsewhere/a.insv"):
        site.record(name)
    (root / "card" / "empty").touch()
    (root / "file").symlink_to("card/a.insv")
    (root / "here").symlink_to("card")
    (root / "out").symlink_to(elsewhere / "a.insv")
    (root / "card" / "out").symlink_to(elsewhere)
    names = ("/".join(parts) for depth in (1, 2, 3) for parts in product(PARTS, repeat=depth))
    fit: set[Path] = set()
    for name in filter(is_inside, names):
        real = Path(os.path.realpath(root / name))
        if real.is_file() and real.is_relative_to(root) and real.stat().st_size:
            fit.add(real)
            expected = LocatedFile(real, real.stat().st_size, real.stat().st_mtime_ns)
            assert DiskRoot(root).find(name) == expected
        else:
            with pytest.raises((UnfitFileError, OSError)):
                DiskRoot(root).find(name)
    assert fit == {root / "a.insv", root / "card" / "a.insv"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are not everywhere")
def test_a_pipe_is_not_waited_for(site: Site) -> None:
    os.mkfifo(site.folder / "a.insv")
    (problem,) = look([draft_of(walk("a", ["a.insv"]))], site.folder).problems
    assert (problem.code, problem.message) == ("M042", "`a.insv` is not a regular file")
