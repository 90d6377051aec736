"""Objects read as files: the same bytes as a file, and each fetched once by all who read."""

import io
import os
import threading
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.blocks import BlockFile, Blocks
from runner.recordings.ranged import RangedFile
from tests.sites import noise

CONTENT = noise(10_000)


def _fetch(start: int, end: int) -> memoryview:
    return memoryview(CONTENT)[start:end]


_STEPS = st.lists(st.tuples(st.integers(0, 11_000), st.integers(0, 3000)), max_size=20)


@given(_STEPS, _STEPS, st.booleans())
def test_it_reads_as_a_file_does(
    expected: list[tuple[int, int]],
    steps: list[tuple[int, int]],
    in_blocks: bool,  # noqa: FBT001 - hypothesis gives it by position
) -> None:
    blocks = Blocks(_fetch, len(CONTENT))
    file: RangedFile = (
        BlockFile(blocks, len(CONTENT), lambda: "1")
        if in_blocks
        else RangedFile(_fetch, len(CONTENT))
    )
    file.expect([(at, length) for at, length in expected if length])
    like = io.BytesIO(CONTENT)
    for at, length in steps:
        assert file.seek(at) == like.seek(at)
        assert file.read(length) == like.read(length)
        assert file.tell() == like.tell()
    assert file.seek(-1, os.SEEK_END) == len(CONTENT) - 1
    assert file.seek(1, os.SEEK_CUR) == len(CONTENT)


def test_who_reads_side_by_side_fetches_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.recordings.blocks.BLOCK", 1000)
    asked: list[tuple[int, int]] = []

    def fetch(start: int, end: int) -> memoryview:
        asked.append((start, end))
        return _fetch(start, end)

    blocks = Blocks(fetch, len(CONTENT))
    found: list[bytes] = []
    barrier = threading.Barrier(4)

    def read(reader: BlockFile) -> None:
        barrier.wait()
        parts = []
        while part := cast("bytes", reader.read(300)):
            parts.append(part)
        found.append(b"".join(parts))

    readers = [BlockFile(blocks, len(CONTENT), lambda: "1") for _ in range(4)]
    threads = [threading.Thread(target=read, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [CONTENT] * 4
    assert sum(end - start for start, end in asked) == len(CONTENT)
    for reader in readers:
        reader.close()
    assert not blocks._blocks


def test_what_failed_is_asked_for_again() -> None:
    left = [OSError("away")]

    def fetch(start: int, end: int) -> memoryview:
        if left:
            raise left.pop()
        return _fetch(start, end)

    file = BlockFile(Blocks(fetch, len(CONTENT)), len(CONTENT), lambda: "1")
    with pytest.raises(OSError, match="away"):
        file.read(10)
    assert file.read(10) == CONTENT[:10]
