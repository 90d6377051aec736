"""Reading a recording: a seekable file in, what it says of itself out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.base.wording import counted
from runner.recordings.identity import BoundedFile
from runner.recordings.insv.boxes import container_damage, find_end_of_content, read_container
from runner.recordings.insv.facts import Damage, DamageKind, InsvFacts
from runner.recordings.insv.info import Info, parse_info
from runner.recordings.insv.movie import decide_layout, decide_lens, read_movie
from runner.recordings.insv.trailer import (
    GPS_ID,
    INFO_ID,
    THUMBNAIL_ID,
    read_gps,
    read_records,
    read_trailer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from runner.recordings.insv.boxes import Container
    from runner.recordings.insv.facts import GpsSpan, VideoTrack
    from runner.recordings.insv.trailer import Record, Trailer

# The record takes a few KB in practice; the bound is for files that lie.
MAX_INFO = 64 * 1024
START_LENGTH = 16
MAX_THUMBNAIL = 256 * 1024
JPEG = b"\xff\xd8\xff"
PHOTOS = {
    JPEG: "a JPEG photo",
    b"II*\x00": "a raw (DNG) photo",
    b"MM\x00*": "a raw (DNG) photo",
    b"\x89PNG": "a PNG picture",
}
SIGNATURES = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"RIFF": "an AVI or WAV file",
    b"\x1aE\xdf\xa3": "a Matroska (MKV) video",
}


class NotInsvError(ValueError):
    """The file is not a camera's recording; the message says what it looks like."""


class PhotoError(NotInsvError):
    """The file is a photo, whatever its name."""


def read_recording(file: BinaryIO, *, size: int | None = None) -> InsvFacts:
    """Read what a recording says of itself, and what is broken about it.

    `file` is open for reading bytes and seekable; at most `identity.BUDGET` bytes of it are read.
    `size` is its length in bytes, when the caller knows it. Raises NotInsvError when it has neither
    a recording's beginning nor the camera's mark at its end, and OSError when it cannot be read.
    """
    source = BoundedFile(file, size)
    trailer = read_trailer(source, source.size)
    _refuse_what_is_foreign(source.read(0, START_LENGTH), has_mark=trailer is not None)
    findings = _look(source, trailer)
    return _facts(source.size, findings, tuple(_damage(source, findings)))


def read_thumbnail(file: BinaryIO) -> bytes | None:
    """Read the small picture that a camera puts into a recording, a JPEG; None where there is none.

    At most `identity.BUDGET` bytes are read. Raises OSError when the file cannot be read.
    """
    source = BoundedFile(file)
    trailer = read_trailer(source, source.size)
    if trailer is None or not trailer.fits:
        return None
    record = read_records(source, trailer)[0].get(THUMBNAIL_ID)
    if record is None or record.length > MAX_THUMBNAIL:
        return None
    picture = source.read(record.offset, record.length)
    return picture if picture.startswith(JPEG) and len(picture) == record.length else None


def _refuse_what_is_foreign(start: bytes, *, has_mark: bool) -> None:
    for signature, name in PHOTOS.items():
        if start.startswith(signature):
            raise PhotoError(f"not an Insta360 recording: it begins like {name}")
    if (seen := _foreign(start, has_mark=has_mark)) is not None:
        raise NotInsvError(f"not an Insta360 recording: {seen}")


def _foreign(start: bytes, *, has_mark: bool) -> str | None:
    """What the file is instead; None when it may be a recording."""
    if not start:
        return "the file is empty"
    for signature, name in SIGNATURES.items():
        if start.startswith(signature):
            return f"it begins like {name}"
    if has_mark or start[4:8] == b"ftyp":
        return None
    if not any(start):
        return "it begins with zeros, as files do whose card was pulled while they were written"
    return "it neither begins like one nor ends with the camera's mark"


@dataclass(frozen=True, slots=True)
class _Findings:
    """What was found in each part of the file."""

    container: Container
    trailer: Trailer | None
    duration: float | None
    tracks: tuple[VideoTrack, ...]
    record_damage: tuple[Damage, ...]
    info: Info
    info_is_whole: bool
    gps: GpsSpan | None


def _look(source: BoundedFile, trailer: Trailer | None) -> _Findings:
    container = read_container(source, trailer.start if trailer else source.size)
    trailer = trailer or _wrapped_trailer(source, container)
    if trailer is None and container.has_video:
        trailer = read_trailer(source, find_end_of_content(source, container))
        container = read_container(source, trailer.start) if trailer else container
    moov = container.first("moov")
    duration, tracks = read_movie(source, moov) if moov else (None, ())
    records, damage = read_records(source, trailer) if trailer and trailer.fits else ({}, ())
    info, info_is_whole = _read_info(source, records)
    gps = records.get(GPS_ID)
    span = read_gps(source, gps) if gps else None
    return _Findings(container, trailer, duration, tracks, damage, info, info_is_whole, span)


def _wrapped_trailer(source: BoundedFile, container: Container) -> Trailer | None:
    """The trailer in an `inst` box, which need not be the last box."""
    wrapper = container.first("inst")
    return read_trailer(source, wrapper.end) if wrapper else None


def _read_info(source: BoundedFile, records: Mapping[int, Record]) -> tuple[Info, bool]:
    record = records.get(INFO_ID)
    if record is None:
        return Info(), False
    info, is_whole = parse_info(source.read(record.offset, min(record.length, MAX_INFO)))
    return info, is_whole or record.length > MAX_INFO


def _damage(source: BoundedFile, findings: _Findings) -> Iterator[Damage]:
    if source.spent:
        # What was not reached looks missing, so nothing else can be said of this file.
        yield Damage(DamageKind.TOO_COMPLEX, "it has more parts than any camera writes")
        return
    if findings.trailer is None:
        yield _no_trailer(source, findings.container)
    elif findings.container.first("inst") is None and findings.trailer.end < source.size:
        zeros = counted(source.size - findings.trailer.end, "zero")
        detail = f"it ends at byte {findings.trailer.end:,}, before the file's last {zeros}"
        yield Damage(DamageKind.PADDED, detail)
    yield from container_damage(source, findings.container, findings.trailer)
    if findings.container.first("moov") and not findings.tracks:
        yield Damage(DamageKind.NO_VIDEO, "its movie box lists no video track")
    if findings.trailer and findings.trailer.fits:
        yield from findings.record_damage
        yield from _info_damage(source, findings, findings.trailer)


def _no_trailer(source: BoundedFile, container: Container) -> Damage:
    if container.has_video and container.end < source.size:
        detail = "it ends in the middle of the camera's records"
        return Damage(DamageKind.TRAILER_CUT, detail)
    detail = "it does not end with the camera's mark: cut short, or not from an Insta360 camera"
    return Damage(DamageKind.NO_TRAILER, detail)


def _info_damage(source: BoundedFile, findings: _Findings, trailer: Trailer) -> Iterator[Damage]:
    if not findings.info_is_whole:
        yield Damage(DamageKind.NO_INFO, "the camera's own record of it is missing or unreadable")
    stated = findings.info.video_end
    wrapper = findings.container.first("inst")
    found = {trailer.start, findings.container.end, source.size, wrapper.start if wrapper else 0}
    if stated and stated not in found:
        detail = f"the camera ended its video at byte {stated:,}, here it ends at {trailer.start:,}"
        yield Damage(DamageKind.VIDEO_END_MOVED, detail)


def _facts(size: int, findings: _Findings, damage: tuple[Damage, ...]) -> InsvFacts:
    info = findings.info
    layout = decide_layout(info, findings.tracks)
    return InsvFacts(
        size=size,
        camera=info.camera,
        serial=info.serial,
        firmware=info.firmware,
        layout=layout,
        lens=decide_lens(layout, info.group),
        stream_layout=info.stream_layout,
        projection=info.projection,
        tracks=findings.tracks,
        dimension=info.dimension,
        fps=info.fps,
        duration=findings.duration or info.seconds,
        local_start=info.local_start,
        gps=findings.gps,
        group=info.group,
        damage=damage,
    )
