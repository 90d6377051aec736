"""A recording leaves in chunks: what a body holds, and when chunks become smaller."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base.errors import RecordingChangedError, RecordingUnreadableError
from runner.upload.recording.chunking import (
    BLOCK,
    FIRST_PIECE,
    MOST_UNDER_WAY,
    SMALLEST_PIECE,
    Body,
    BrokenPatch,
    ChunkSize,
)
from tests.sites import noise

LARGE = 2**36
NOTHING_KEPT = BrokenPatch(0, LARGE, LARGE)
SIZES = st.integers(min_value=0, max_value=3 * BLOCK) | st.sampled_from(
    [BLOCK - 1, BLOCK, BLOCK + 1]
)


def _body(data: bytes, start: int, length: int, taken: list[int]) -> Body:
    file = io.BytesIO(data)
    file.seek(start)
    return Body(file, length, lambda _block: None, taken.append)


@given(SIZES, st.data())
def test_a_body_is_the_stretch_of_the_file_it_was_made_for(size: int, draw: st.DataObject) -> None:
    data = noise(size)
    start = draw.draw(st.integers(min_value=0, max_value=size))
    taken: list[int] = []
    body = _body(data, start, size - start, taken)
    assert len(body) == size - start
    assert b"".join(bytes(block) for block in body) == data[start:]
    assert sum(taken) == size - start


def test_every_block_is_the_same_memory() -> None:
    data = noise(3 * BLOCK)
    owners = {id(block.obj) for block in _body(data, 0, len(data), [])}
    assert len(owners) == 1


def test_a_file_that_became_shorter_ends_the_request() -> None:
    body = _body(noise(10), 0, 11, [])
    with pytest.raises(RecordingChangedError, match="became shorter"):
        list(body)


def test_a_disk_that_fails_is_not_mistaken_for_the_network() -> None:
    class Failing(io.BytesIO):
        def readinto(self, _buffer: object) -> int:
            raise OSError(5, "Input/output error")

    body = Body(Failing(), 10, lambda _block: None, lambda _count: None)
    with pytest.raises(RecordingUnreadableError, match="Input/output error"):
        list(body)


def test_a_refused_body_is_sent_in_chunks_then_in_halves() -> None:
    chunks = ChunkSize().too_large(LARGE)
    assert chunks == ChunkSize(FIRST_PIECE)
    assert chunks.too_large(FIRST_PIECE) == ChunkSize(FIRST_PIECE // 2)


@given(st.integers(1, LARGE))
def test_refusals_end(tried: int) -> None:
    chunks: ChunkSize | None = ChunkSize()
    for _ in range(20):
        chunks = chunks and chunks.too_large(min(tried, chunks.size))
    assert chunks is None


def test_one_cut_changes_nothing_and_two_do() -> None:
    once = ChunkSize().after(NOTHING_KEPT, 0)
    assert once.size == ChunkSize().size
    assert once.after(NOTHING_KEPT, 0) == ChunkSize(FIRST_PIECE)
    assert once.moved() == ChunkSize()


@given(st.integers(0, LARGE), st.integers(1, LARGE), st.integers(0, LARGE))
def test_cuts_count_where_more_is_lost_than_a_line_can_lose(
    start: int, moved: int, lost: int
) -> None:
    """A proxy that hands on a part before it gives up would get the rest again and again."""
    cut = BrokenPatch(start, moved + lost, start + moved + lost)
    chunks = ChunkSize().after(cut, start + moved).after(cut, start + moved)
    assert (chunks.size < ChunkSize().size) == (lost >= MOST_UNDER_WAY)


def test_cuts_never_make_it_smaller_than_the_smallest() -> None:
    chunks = ChunkSize()
    for _ in range(60):
        chunks = chunks.after(BrokenPatch(0, chunks.size, chunks.size), 0)
    assert chunks.size == SMALLEST_PIECE
