"""Pieces shrink when the way cannot take more, and never for one piece of bad luck."""

from hypothesis import given
from hypothesis import strategies as st

from runner.upload.pieces import FIRST_PIECE, SMALLEST_PIECE, Pieces

LARGE = 2**36


def test_a_refused_body_is_sent_in_pieces_then_in_halves() -> None:
    pieces = Pieces().too_large(LARGE)
    assert pieces == Pieces(FIRST_PIECE)
    assert pieces.too_large(FIRST_PIECE) == Pieces(FIRST_PIECE // 2)


@given(st.integers(1, LARGE))
def test_refusals_end(tried: int) -> None:
    pieces: Pieces | None = Pieces()
    for _ in range(20):
        pieces = pieces and pieces.too_large(min(tried, pieces.size))
    assert pieces is None


def test_one_cut_changes_nothing_and_two_do() -> None:
    once = Pieces().cut(LARGE)
    assert once.size == Pieces().size
    assert once.cut(LARGE) == Pieces(FIRST_PIECE)
    assert once.moved() == Pieces()


def test_cuts_never_make_it_smaller_than_the_smallest() -> None:
    pieces = Pieces()
    for _ in range(60):
        pieces = pieces.cut(pieces.size)
    assert pieces.size == SMALLEST_PIECE
