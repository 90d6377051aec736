from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.identity import WINDOW, BoundedFile
from tests.recordings.files import MeteredFile

DATA = bytes(range(251)) * 200
spans = st.tuples(st.integers(-10, len(DATA) + 10), st.integers(-5, 2 * WINDOW))


@given(st.lists(spans))
def test_reads_what_the_file_holds(reads: list[tuple[int, int]]) -> None:
    source = BoundedFile(io.BytesIO(DATA), budget=10**9)

    for offset, length in reads:
        expected = DATA[offset : offset + length] if offset >= 0 and length > 0 else b""
        assert source.read(offset, length) == expected


@given(st.lists(spans), st.integers(0, 5 * WINDOW))
def test_never_reads_more_than_its_budget(reads: list[tuple[int, int]], budget: int) -> None:
    file = MeteredFile(DATA)
    source = BoundedFile(file, budget=budget)

    for offset, length in reads:
        source.read(offset, length)

    assert file.bytes_read <= budget


def test_a_spent_budget_reads_as_the_end_of_the_file() -> None:
    source = BoundedFile(io.BytesIO(DATA), budget=WINDOW)

    assert len(source.read(0, 100)) == 100
    assert not source.spent
    assert source.read(2 * WINDOW, 100) == b""
    assert source.spent


def test_headers_beside_each_other_cost_one_read_in_either_direction() -> None:
    file = MeteredFile(DATA)
    source = BoundedFile(file)
    for offset in range(0, WINDOW, 100):
        source.read(offset, 16)
    forwards = file.calls
    for offset in range(len(DATA) - 16, len(DATA) - WINDOW // 2, -100):
        source.read(offset, 16)

    assert forwards <= 2
    assert file.calls - forwards <= 2
