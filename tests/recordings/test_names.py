from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.names import NameKind, RecordingName, parse_name
from tests.recordings.strategies import clocks

camera_names = st.builds(
    RecordingName,
    kind=st.sampled_from(NameKind),
    local_start=clocks,
    lens=st.integers(0, 1),
    has_proxy_digit=st.booleans(),
    chapter=st.integers(0, 99_999),
    suffix=st.sampled_from([".insv", ".INSV", ".lrv", ".mp4", ".insp", ".jpg"]),
)


@given(camera_names)
def test_a_name_reads_back(name: RecordingName) -> None:
    assert parse_name(str(name)) == name
    assert str(parse_name(str(name).lower())).lower() == str(name).lower()


@given(camera_names)
def test_partners_name_each_other_and_share_their_chapter(name: RecordingName) -> None:
    partner = parse_name(name.partner_name())

    assert partner is not None
    assert partner.lens != name.lens
    assert partner.partner_name() == str(name)
    assert partner.chapter_key == name.chapter_key


@given(st.text() | st.from_regex(r"(VID|IMG)_\d{8}_\d{6}_\d\d_\d{3}\.insv"))
def test_any_text_is_a_camera_s_name_or_none(text: str) -> None:
    name = parse_name(text)

    assert name is None or str(name).lower() == text.lower()


def test_the_parts_of_a_name() -> None:
    name = parse_name("VID_20260120_101500_10_013.insv")

    assert name == RecordingName(
        kind=NameKind.VIDEO,
        local_start=datetime(2026, 1, 20, 10, 15),  # noqa: DTZ001 - a camera's clock
        lens=1,
        has_proxy_digit=False,
        chapter=13,
        suffix=".insv",
    )
    assert name.partner_name() == "VID_20260120_101500_00_013.insv"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VID_20260120_101500_00_001.insv", set()),
        ("vid_20260120_101500_00_001.INSV", set()),
        ("VID_20260120_101500_01_001.insv", {"proxy"}),
        ("LRV_20260120_101500_11_001.lrv", {"proxy"}),
        ("LRV_20260120_101500_00_001.insv", {"proxy"}),
        ("PRO_VID_20260120_101500_00_001.insv", {"single lens"}),
        ("PRO_LRV_20260120_101500_01_001.mp4", {"single lens", "proxy"}),
        ("IMG_20260120_101500_00_001.insp", {"photo"}),
        ("VID_20260120_101500_00_001.jpg", {"photo"}),
    ],
)
def test_what_a_name_hints_at(text: str, expected: set[str]) -> None:
    name = parse_name(text)
    assert name is not None

    hints = {"proxy": name.is_proxy, "single lens": name.is_single_lens, "photo": name.is_photo}

    assert {hint for hint, holds in hints.items() if holds} == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "walk.insv",
        "VID_20260230_101500_00_001.insv",
        "VID_20260120_101500_00_001 (1).insv",
        "VID_20260120_101500_00_01.insv",
        "VID_20260120_101500_20_001.insv",
        "VID_20260120_101500_00_001.insv\n",
        "VID_\uff12\uff10\uff12\uff160120_101500_00_001.insv",
    ],
)
def test_other_names_are_no_hint(text: str) -> None:
    assert parse_name(text) is None
