"""Own the GPS record (id 7): entries of 53 bytes, of which only good fixes count."""

from __future__ import annotations

import math
import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from runner.recordings.facts import GpsFix, GpsSpan

if TYPE_CHECKING:
    from runner.recordings.bounded import BoundedFile
    from runner.recordings.trailer import Record

# Unix seconds, milliseconds, A or V, latitude, N/S, longitude, E/W, m/s, track, metres.
ENTRY = struct.Struct("<QHcdcdcddd")
# How many entries are looked at from each end: one to two minutes at 10 a second.
REACH = 1024
GOOD_FIX = b"A"
# Some firmwares write O (ovest, oeste) for west.
LATITUDE_SIGNS = {b"N": 1, b"S": -1}
LONGITUDE_SIGNS = {b"E": 1, b"W": -1, b"O": -1}
MAX_LATITUDE, MAX_LONGITUDE = 90, 180
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_SECONDS = 2**32


def read_gps(source: BoundedFile, record: Record) -> GpsSpan | None:
    """The first and last good fix near the ends of the record, or None."""
    count = record.length // ENTRY.size
    head = min(count, REACH)
    tail = min(count - head, REACH)
    fixes = [
        *_fixes(source, record.offset, head),
        *_fixes(source, record.offset + (count - tail) * ENTRY.size, tail),
    ]
    return GpsSpan(fixes[0], fixes[-1]) if fixes else None


def _fixes(source: BoundedFile, offset: int, count: int) -> list[GpsFix]:
    data = source.read(offset, count * ENTRY.size)
    starts = range(0, len(data) - ENTRY.size + 1, ENTRY.size)
    fixes = (parse_fix(data[start : start + ENTRY.size]) for start in starts)
    return [fix for fix in fixes if fix is not None]


def parse_fix(entry: bytes) -> GpsFix | None:
    """The fix in one entry, or None: not good, out of range, or at 0,0, where nobody walks."""
    seconds, milliseconds, status, lat, north, lng, east, _, _, altitude = ENTRY.unpack(entry)
    latitude = _degrees(lat, LATITUDE_SIGNS.get(north), MAX_LATITUDE)
    longitude = _degrees(lng, LONGITUDE_SIGNS.get(east), MAX_LONGITUDE)
    if status != GOOD_FIX or seconds > MAX_SECONDS or latitude is None or longitude is None:
        return None
    if latitude == longitude == 0:
        return None
    time = EPOCH + timedelta(seconds=seconds, milliseconds=milliseconds)
    return GpsFix(time, latitude, longitude, altitude if math.isfinite(altitude) else 0.0)


def _degrees(value: float, sign: int | None, highest: int) -> float | None:
    """Signed degrees; a comparison with NaN is false, which refuses it as well."""
    return abs(value) * sign if sign is not None and abs(value) <= highest else None
