"""What is read of a recording on disk, however large the blocks of its file system are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from runner.recordings.identity import open_to_examine

if TYPE_CHECKING:
    from pathlib import Path


def test_a_small_read_takes_next_to_nothing_from_the_disk(tmp_path: Path) -> None:
    (tmp_path / "VID.insv").write_bytes(bytes(100_000))
    with open_to_examine(tmp_path / "VID.insv") as file:
        assert isinstance(file, io.BufferedReader)
        file.seek(50_000)
        file.read(1)
        assert file.raw.tell() <= 50_000 + 512
