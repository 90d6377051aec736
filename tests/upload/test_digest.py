"""The digest is of the whole file, or there is none."""

import hashlib
from pathlib import Path
from typing import BinaryIO

import pytest

from runner.base.errors import SitewalkError
from runner.evercam.http.waiting import never
from runner.upload.recording.digest import STRIDE, WholeDigest
from tests.sites import noise

SIZE = 3 * STRIDE + 17


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.insv"
    path.write_bytes(noise(SIZE))
    return path


def test_it_is_the_files_however_the_sender_moves(path: Path) -> None:
    with WholeDigest(path, SIZE) as digest:
        for offset in (STRIDE - 1, 2 * STRIDE + 5, STRIDE, SIZE):
            digest.follow(offset)
        assert digest.finish(never) == hashlib.sha256(noise(SIZE)).hexdigest()


def test_what_nobody_expected_is_raised_to_whoever_waits_for_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_block(_file: BinaryIO, _into: memoryview) -> int:
        raise MemoryError("no room for a block")

    monkeypatch.setattr("runner.upload.recording.digest.read_block", read_block)
    with WholeDigest(path, SIZE) as digest, pytest.raises(MemoryError, match="no room"):
        digest.finish(never)


def test_that_of_a_beginning_is_never_given_out(path: Path) -> None:
    with WholeDigest(path, SIZE) as digest:
        digest.wait_for(STRIDE, never)
    with pytest.raises(SitewalkError, match=r"sha256 of `a\.insv` was not taken to its end"):
        digest.finish(never)
