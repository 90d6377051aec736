"""What was meant by a name that leads nowhere."""

from pathlib import Path

import pytest

from runner.recordings.roots import DiskRoot
from runner.recordings.unfit import MissingNames


@pytest.fixture
def missing(tmp_path: Path) -> MissingNames:
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "VID_1.insv").touch()
    return MissingNames(DiskRoot(tmp_path))


def test_only_a_name_in_another_case_is_proposed(missing: MissingNames, tmp_path: Path) -> None:
    assert missing.help("card/vid_1.INSV") == "did you mean `VID_1.insv`?"
    for name in ("card/VID_2.insv", "VID_1.insv", "elsewhere/VID_1.insv"):
        assert missing.help(name) == f"looked in {tmp_path}"


def test_a_pattern_is_told_not_to_be_expanded(missing: MissingNames) -> None:
    for name in ("card/*.insv", "VID_?.insv"):
        assert "patterns are not expanded" in missing.help(name)
        assert "sitewalk scan" in missing.help(name)


def test_a_backslash_that_was_read_as_an_escape_is_told(missing: MissingNames) -> None:
    assert "begins an escape" in missing.help("card\a.insv")
