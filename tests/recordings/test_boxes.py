from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.identity import BoundedFile
from runner.recordings.insv.boxes import HEADER, LARGE_SIZE, Box, box_at, children, descend
from runner.recordings.samples.movie import box


def source(data: bytes) -> BoundedFile:
    return BoundedFile(io.BytesIO(data))


def first(data: bytes) -> Box | None:
    return box_at(source(data), 0, len(data))


def test_sizes_of_32_and_64_bits_and_to_the_end() -> None:
    large = HEADER.pack(1, b"mdat") + LARGE_SIZE.pack(5_000_000_000)

    assert first(box("free", bytes(10))) == Box("free", 0, 8, 18)
    assert first(large) == Box("mdat", 0, 16, 5_000_000_000)
    assert first(HEADER.pack(0, b"mdat") + bytes(20)) == Box("mdat", 0, 8, 28)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\x08fre",
        HEADER.pack(7, b"free"),
        HEADER.pack(8, b"fr\0e"),
        HEADER.pack(1, b"mdat"),
        # A step of no length would be taken for ever.
        HEADER.pack(1, b"mdat") + LARGE_SIZE.pack(0),
    ],
)
def test_what_cannot_be_a_box_is_none(data: bytes) -> None:
    assert first(data) is None


@given(st.lists(st.binary(max_size=20), max_size=10))
def test_children_follow_each_other_to_the_parent_s_end(bodies: list[bytes]) -> None:
    data = box("moov", *(box("free", body) for body in bodies)) + box("mdat")
    moov = first(data)
    assert moov is not None

    found = list(children(source(data), moov))

    assert [data[child.body : child.end] for child in found] == bodies


def test_a_child_that_leaves_its_parent_is_not_followed() -> None:
    leaving = HEADER.pack(100, b"trak")
    data = box("moov", box("mvhd"), leaving) + bytes(200)
    moov = first(data)
    assert moov is not None

    assert [child.kind for child in children(source(data), moov)] == ["mvhd"]


def test_goes_down_by_kinds() -> None:
    data = box("trak", box("tkhd"), box("mdia", box("mdhd"), box("hdlr", b"x")))
    trak = first(data)
    assert trak is not None

    handler = descend(source(data), trak, "mdia", "hdlr")

    assert handler is not None
    assert data[handler.body : handler.end] == b"x"
    assert descend(source(data), trak, "minf", "stbl") is None
