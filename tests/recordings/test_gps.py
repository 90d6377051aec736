from __future__ import annotations

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.recordings.identity import BoundedFile
from runner.recordings.insv.trailer import ENTRY, GPS_ID, REACH, Record, parse_fix, read_gps


def entry(
    *,
    seconds: int = 1_768_903_200,
    status: bytes = b"A",
    latitude: float = 53.35,
    north: bytes = b"N",
    longitude: float = 6.26,
    east: bytes = b"E",
) -> bytes:
    return ENTRY.pack(seconds, 0, status, latitude, north, longitude, east, 0.0, 0.0, 20.0)


@pytest.mark.parametrize(
    ("north", "east", "expected"),
    [
        (b"N", b"E", (53.35, 6.26)),
        (b"S", b"W", (-53.35, -6.26)),
        (b"N", b"O", (53.35, -6.26)),
    ],
)
def test_letters_give_the_signs(north: bytes, east: bytes, expected: tuple[float, float]) -> None:
    fix = parse_fix(entry(north=north, east=east))

    assert fix is not None
    assert (fix.latitude, fix.longitude) == expected
    assert fix.time.isoformat() == "2026-01-20T10:00:00+00:00"


@pytest.mark.parametrize(
    "bad",
    [
        entry(status=b"V"),
        entry(latitude=0.0, longitude=0.0),
        entry(latitude=91.0),
        entry(longitude=181.0),
        entry(latitude=math.nan),
        entry(longitude=math.inf),
        entry(north=b"X"),
        entry(east=b"\0"),
        entry(seconds=2**64 - 1),
    ],
)
def test_bad_fixes_are_refused(bad: bytes) -> None:
    assert parse_fix(bad) is None


@given(st.binary(min_size=ENTRY.size, max_size=ENTRY.size))
def test_any_entry_is_a_place_on_earth_or_none(data: bytes) -> None:
    fix = parse_fix(data)

    assert fix is None or (abs(fix.latitude) <= 90 and abs(fix.longitude) <= 180)


@pytest.mark.parametrize("searching", [0, 1, REACH - 1, REACH, REACH + 1, 5 * REACH])
def test_a_long_record_is_read_at_its_ends_only(searching: int) -> None:
    data = entry(latitude=1.0) + entry(status=b"V") * searching + entry(latitude=2.0)
    record = Record(GPS_ID, 7, len(data))

    span = read_gps(BoundedFile(io.BytesIO(bytes(7) + data)), record)

    assert span is not None
    assert (span.first.latitude, span.last.latitude) == (1.0, 2.0)


def test_a_record_without_a_good_fix_says_nothing() -> None:
    data = entry(status=b"V") * 3

    assert read_gps(BoundedFile(io.BytesIO(data)), Record(GPS_ID, 0, len(data))) is None
