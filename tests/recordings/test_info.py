from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.insv import info
from runner.recordings.insv.facts import FileGroup, Layout, StreamLayout
from runner.recordings.insv.info import Info, bytes_field, integer_field, parse_info
from runner.recordings.insv.movie import decide_lens


def number(field: int, value: int) -> Info:
    return parse_info(integer_field(field, value))[0]


@given(st.binary(max_size=500))
def test_no_bytes_make_it_fail_or_give_text_that_a_terminal_obeys(data: bytes) -> None:
    parsed, _ = parse_info(data)

    assert all(t is None or t.isprintable() for t in (parsed.camera, parsed.serial))


def test_text_from_a_file_loses_its_control_characters() -> None:
    parsed, _ = parse_info(bytes_field(info.CAMERA, b"\x1b[31mX5\0\n" + b"x" * 500))

    assert parsed.camera is not None
    assert parsed.camera.startswith("[31mX5x")
    assert len(parsed.camera) < 130


@pytest.mark.parametrize("value", [0, 20260230101500, 2026, 10**14 - 1, 2**64 - 1])
def test_a_clock_that_shows_no_time_is_none(value: int) -> None:
    assert number(info.LOCAL_START, value).local_start is None


def test_a_clock_is_read_without_a_zone() -> None:
    start = number(info.LOCAL_START, 20260120101500).local_start

    assert start == datetime(2026, 1, 20, 10, 15)  # noqa: DTZ001 - a camera's clock


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (info.PANO_TYPE, 1, StreamLayout.TWO_FILES),
        (info.PANO_TYPE, 2, StreamLayout.TWO_TRACKS),
        (info.PANO_TYPE, 7, StreamLayout.OTHER),
        (info.STREAM_LAYOUT, 4, StreamLayout.TWO_TRACKS),
        (info.STREAM_LAYOUT, 5, StreamLayout.OTHER),
        (info.STREAM_LAYOUT, 0, None),
    ],
)
def test_either_field_tells_the_streams(
    field: int, value: int, expected: StreamLayout | None
) -> None:
    assert number(field, value).stream_layout is expected


@pytest.mark.parametrize("value", [0, 2**64 - 1])
def test_absurd_numbers_are_not_stated(value: int) -> None:
    assert number(info.FPS, value).fps is None
    assert number(info.SECONDS, value).seconds is None


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (FileGroup(type=0, index=1, identity="", total=2), 1),
        (FileGroup(type=0, index=2, identity="", total=2), None),
        (FileGroup(type=0, index=1, identity="", total=0), None),
        (None, None),
    ],
)
def test_a_lens_is_named_only_where_the_camera_is_clear(
    group: FileGroup | None, expected: int | None
) -> None:
    assert decide_lens(Layout.SPLIT_FILES, group) == expected
    assert decide_lens(Layout.TWO_TRACKS, group) is None
