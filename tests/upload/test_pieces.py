"""Pieces shrink when the way cannot take more, and never for one piece of bad luck."""

from hypothesis import given
from hypothesis import strategies as st

from runner.upload.recording.chunking import (
    FIRST_PIECE,
    MOST_UNDER_WAY,
    SMALLEST_PIECE,
    BrokenPatch,
    ChunkSize,
)

LARGE = 2**36
NOTHING_KEPT = BrokenPatch(0, LARGE, LARGE)


def test_a_refused_body_is_sent_in_pieces_then_in_halves() -> None:
    pieces = ChunkSize().too_large(LARGE)
    assert pieces == ChunkSize(FIRST_PIECE)
    assert pieces.too_large(FIRST_PIECE) == ChunkSize(FIRST_PIECE // 2)


@given(st.integers(1, LARGE))
def test_refusals_end(tried: int) -> None:
    pieces: ChunkSize | None = ChunkSize()
    for _ in range(20):
        pieces = pieces and pieces.too_large(min(tried, pieces.size))
    assert pieces is None


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
    pieces = ChunkSize().after(cut, start + moved).after(cut, start + moved)
    assert (pieces.size < ChunkSize().size) == (lost >= MOST_UNDER_WAY)


def test_cuts_never_make_it_smaller_than_the_smallest() -> None:
    pieces = ChunkSize()
    for _ in range(60):
        pieces = pieces.after(BrokenPatch(0, pieces.size, pieces.size), 0)
    assert pieces.size == SMALLEST_PIECE
