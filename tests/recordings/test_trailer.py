from __future__ import annotations

import io
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.identity import BoundedFile
from runner.recordings.insv.facts import DamageKind
from runner.recordings.insv.trailer import (
    FOOTER,
    MAGIC,
    RECORD_FOOTER,
    Records,
    read_records,
    read_trailer,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

BEFORE = b"media" * 20
records = st.tuples(st.integers(1, 255), st.binary(max_size=50))


def trailer_of(payloads: Iterable[tuple[int, bytes]]) -> bytes:
    data = b"".join(body + RECORD_FOOTER.pack(0, number, len(body)) for number, body in payloads)
    return data + FOOTER.pack(bytes(32), len(data) + FOOTER.size, 3, MAGIC)


def read(data: bytes) -> Records:
    source = BoundedFile(io.BytesIO(data))
    trailer = read_trailer(source, source.size)
    assert trailer is not None
    return read_records(source, trailer)


@given(st.lists(records))
def test_walks_back_over_all_records_and_the_last_of_an_id_counts(
    payloads: list[tuple[int, bytes]],
) -> None:
    data = BEFORE + trailer_of(payloads)

    found, damage = read(data)

    assert damage == ()
    by_id = {n: data[r.offset : r.offset + r.length] for n, r in found.items()}
    assert by_id == dict(payloads)


def test_a_record_that_starts_before_the_trailer_breaks_the_chain() -> None:
    honest, lying = (1, b"info"), RECORD_FOOTER.pack(0, 2, 50)
    whole = trailer_of([honest])
    grown = FOOTER.pack(bytes(32), len(whole) + len(lying), 3, MAGIC)

    found, damage = read(BEFORE + lying + whole[: -FOOTER.size] + grown)

    assert found.keys() == {1}
    assert [d.kind for d in damage] == [DamageKind.RECORDS_BROKEN]


def test_whether_a_trailer_s_size_could_be_true() -> None:
    source = BoundedFile(io.BytesIO(FOOTER.pack(bytes(32), 73, 3, MAGIC)))
    too_large = read_trailer(source, FOOTER.size)
    source = BoundedFile(io.BytesIO(FOOTER.pack(bytes(32), 71, 3, MAGIC)))
    too_small = read_trailer(source, FOOTER.size)

    assert too_large is not None
    assert too_small is not None
    assert not too_large.fits
    assert not too_small.fits


def test_no_mark_no_trailer() -> None:
    source = BoundedFile(io.BytesIO(bytes(500)))

    assert read_trailer(source, 500) is None
    assert read_trailer(source, 20) is None
