from __future__ import annotations

import io

from runner.recordings.identity import BoundedFile
from runner.recordings.insv.boxes import HEADER, MAX_PADDING, container_damage, read_container
from runner.recordings.insv.facts import DamageKind
from runner.recordings.insv.trailer import Trailer
from runner.recordings.samples.movie import box

MOVIE = box("ftyp", b"isom") + box("mdat", b"media") + box("moov", bytes(8))


def damage(data: bytes, trailer_start: int | None) -> list[DamageKind]:
    source = BoundedFile(io.BytesIO(data))
    trailer = None if trailer_start is None else Trailer(trailer_start, len(data))
    container = read_container(source, len(data) if trailer is None else trailer.start)
    return [found.kind for found in container_damage(source, container, trailer)]


def test_a_trailer_that_happens_to_look_like_a_box_is_not_walked() -> None:
    trailer = HEADER.pack(2**31, b"free") + bytes(100)

    assert damage(MOVIE + trailer, len(MOVIE)) == []


def test_a_box_that_ends_one_byte_late_is_cut_short() -> None:
    assert damage(MOVIE[:-1], None) == [DamageKind.BOX_PAST_END]


def test_padding_has_a_bound_and_is_nothing_but_zeros() -> None:
    trailer = bytes(100)
    padded = MOVIE + bytes(MAX_PADDING)

    assert damage(padded + trailer, len(padded)) == []
    assert damage(padded + b"\0" + trailer, len(padded) + 1) == [DamageKind.TRAILER_SIZE]
    assert damage(MOVIE + b"\xff" * 9 + trailer, len(MOVIE) + 9) == [DamageKind.TRAILER_SIZE]


def test_a_wrapper_holds_its_trailer_exactly() -> None:
    whole = MOVIE + box("inst", bytes(100))

    assert damage(whole, len(MOVIE) + 8) == []
    assert damage(whole, len(MOVIE) + 9) == [DamageKind.TRAILER_SIZE]


def test_a_walk_that_stops_before_the_movie_says_where() -> None:
    data = box("ftyp", b"isom") + bytes(500)
    source = BoundedFile(io.BytesIO(data))
    container = read_container(source, len(data))

    found = {d.kind: d.detail for d in container_damage(source, container, None)}

    assert found[DamageKind.BOX_UNREADABLE] == "at byte 12 stands no box"
    assert found.keys() == {DamageKind.BOX_UNREADABLE, DamageKind.NO_MEDIA, DamageKind.NO_MOVIE}
