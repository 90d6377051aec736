"""The trailer that the camera writes: its records, and the GPS fixes in one of them."""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runner.recordings.identity import BoundedFile
from runner.recordings.insv.facts import Damage, DamageKind, GpsFix, GpsSpan

MAGIC = b"8db42d694ccc418790edff439fe026bf"
VERSION = 3
FOOTER = struct.Struct("<32sII32s")  # reserved, trailer size, version, magic
RECORD_FOOTER = struct.Struct("<BBI")  # format, id, length; it follows the record
INDEX_ENTRY = struct.Struct("<BBII")  # id, format, length, offset from the payload start
BINARY, PROTOBUF = 0, 1
INDEX_ID, INFO_ID, THUMBNAIL_ID, GYRO_ID, GPS_ID = 0, 1, 2, 3, 7
# An index has a slot for each id up to its highest, and an id is one byte.
MAX_INDEX = 256 * INDEX_ENTRY.size
MAX_RECORDS = 1024


@dataclass(frozen=True, slots=True)
class Trailer:
    """Where the trailer lies: `start` is the payload's first byte, `end` lies behind the footer."""

    start: int
    end: int

    @property
    def records_end(self) -> int:
        """The byte behind the footer of the last record."""
        return self.end - FOOTER.size

    @property
    def fits(self) -> bool:
        """Whether its size is possible in this file."""
        return 0 <= self.start <= self.records_end


@dataclass(frozen=True, slots=True)
class Record:
    """Where a record's payload lies in the file."""

    id: int
    offset: int
    length: int


Records = tuple[dict[int, Record], tuple[Damage, ...]]
"""The records of a trailer by id, and what is wrong with the list of them."""


def read_trailer(source: BoundedFile, end: int) -> Trailer | None:
    """Read the trailer whose footer ends at `end`; None without the camera's mark there."""
    footer = source.read(end - FOOTER.size, FOOTER.size)
    if len(footer) != FOOTER.size or not footer.endswith(MAGIC):
        return None
    _, size, _, _ = FOOTER.unpack(footer)
    return Trailer(end - size, end)


def read_records(source: BoundedFile, trailer: Trailer) -> Records:
    """Read the records from the index where there is one, else by walking from the end."""
    last = _record_before(source, trailer.records_end)
    if last is not None and last.id == INDEX_ID and last.length:
        return _indexed(source, trailer, last)
    return _walked(source, trailer)


def _record_before(source: BoundedFile, end: int) -> Record | None:
    footer = source.read(end - RECORD_FOOTER.size, RECORD_FOOTER.size)
    if len(footer) != RECORD_FOOTER.size:
        return None
    _, identity, length = RECORD_FOOTER.unpack(footer)
    return Record(identity, end - RECORD_FOOTER.size - length, length)


def _indexed(source: BoundedFile, trailer: Trailer, index: Record) -> Records:
    if index.length > MAX_INDEX or index.length % INDEX_ENTRY.size or index.offset < trailer.start:
        detail = f"the trailer's index has an impossible length of {index.length:,} bytes"
        return {}, (Damage(DamageKind.INDEX_OUTSIDE, detail),)
    records = list(_index_entries(source.read(index.offset, index.length), trailer.start))
    inside = {r.id: r for r in records if r.offset + r.length <= index.offset}
    outside = [r.id for r in records if r.id not in inside]
    if not outside:
        return inside, ()
    listed = ", ".join(map(str, outside))
    detail = f"the trailer's index points outside the trailer for record {listed}"
    return inside, (Damage(DamageKind.INDEX_OUTSIDE, detail),)


def _index_entries(index: bytes, start: int) -> Iterator[Record]:
    whole = index[: len(index) - len(index) % INDEX_ENTRY.size]
    for identity, _, length, offset in INDEX_ENTRY.iter_unpack(whole):
        if identity != INDEX_ID and length:
            yield Record(identity, start + offset, length)


def _walked(source: BoundedFile, trailer: Trailer) -> Records:
    by_id: dict[int, Record] = {}
    end = trailer.records_end
    for _ in range(MAX_RECORDS):
        if end == trailer.start:
            return by_id, ()
        record = _record_before(source, end)
        if record is None or record.offset < trailer.start:
            break
        by_id.setdefault(record.id, record)
        end = record.offset
    detail = f"the trailer's records stop making sense before byte {end:,}"
    return by_id, (Damage(DamageKind.RECORDS_BROKEN, detail),)


# Unix seconds, milliseconds, A or V, latitude, N/S, longitude, E/W, m/s, track, metres.
ENTRY = struct.Struct("<QHcdcdcddd")
# Entries read at each end: one to two minutes at 10 a second.
REACH = 1024
GOOD_FIX = b"A"
# Some firmwares write O (ovest, oeste) for west.
LATITUDE_SIGNS = {b"N": 1, b"S": -1}
LONGITUDE_SIGNS = {b"E": 1, b"W": -1, b"O": -1}
MAX_LATITUDE, MAX_LONGITUDE = 90, 180
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_SECONDS = 2**32


def read_gps(source: BoundedFile, record: Record) -> GpsSpan | None:
    """Read the first and last good fix near the ends of a record; None without one."""
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
    """Parse one entry; None when its fix is not good, out of range, or at 0,0, which is no fix."""
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
    """Signed degrees; None when out of range or NaN, as any comparison with NaN is false."""
    return abs(value) * sign if sign is not None and abs(value) <= highest else None
