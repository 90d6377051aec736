"""Facts of a recording: what it is, when and where it was made, and its damage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

# Group types 2, 8 and 9 are the camera's time-lapse, static time-lapse and timeshift.
TIME_LAPSE_TYPES = frozenset({2, 8, 9})
# Previews have at most 960 lines, recordings of both lenses at least 1,440.
PROXY_HEIGHT = 1080
# Letters and digits of the names that cameras write in field 2, in lower case.
KNOWN_CAMERAS = frozenset(
    {
        "insta360oner",
        "insta360oners",
        "insta360onex",
        "insta360onex2",
        "insta360onex3",
        "insta360x3",
        "insta360x4",
        "insta360x4air",
        "insta360x5",
    }
)


class Layout(StrEnum):
    """How the picture of a recording is stored, and so which files all of it takes."""

    TWO_TRACKS = "two_tracks"
    """One file with a track for each lens (X4, X5)."""
    SPLIT_FILES = "split_files"
    """One lens of two: the partner file is needed, too (X2, X3, ONE R at 5.7K and above)."""
    SIDE_BY_SIDE = "side_by_side"
    """One file, one track, both lenses beside each other."""
    SINGLE_LENS = "single_lens"
    """A flat picture from one lens, of which no walkthrough can be made."""
    EQUIRECTANGULAR = "equirectangular"
    """Already stitched."""
    UNKNOWN = "unknown"
    """A layout that is unknown to this reader."""


class StreamLayout(StrEnum):
    """What the camera says about its streams."""

    SINGLE = "single"
    TWO_FILES = "two_files"
    TWO_TRACKS = "two_tracks"
    OTHER = "other"
    """Stated, with a number this reader does not know."""


class Projection(StrEnum):
    """What the camera says about the projection of its picture."""

    FLAT = "flat"
    DUAL_FISHEYE = "dual_fisheye"
    EQUIRECTANGULAR = "equirectangular"
    OTHER = "other"
    """Stated, with a number this reader does not know."""


class DamageKind(StrEnum):
    """What can be wrong with a file."""

    BAD_START = "bad_start"
    """The file does not begin as every recording does."""
    BOX_PAST_END = "box_past_end"
    """A box says it ends after the file does."""
    BOX_UNREADABLE = "box_unreadable"
    """Something else stands where a box should, before all the necessary boxes were found."""
    NO_MEDIA = "no_media"
    """No media data."""
    NO_MOVIE = "no_movie"
    """No movie box, the list without which the media data cannot be played."""
    NO_VIDEO = "no_video"
    """A movie box without a video track."""
    NO_TRAILER = "no_trailer"
    """The file does not end with the camera's mark."""
    TRAILER_CUT = "trailer_cut"
    """Something follows the boxes, as the camera's records do, but without its mark at the end."""
    TRAILER_SIZE = "trailer_size"
    """The trailer's size does not fit the file or its boxes."""
    PADDED = "padded"
    """Zeros fill the file up after the camera's mark."""
    INDEX_OUTSIDE = "index_outside"
    """The trailer's index points outside the trailer."""
    RECORDS_BROKEN = "records_broken"
    """The chain of the trailer's records breaks."""
    NO_INFO = "no_info"
    """The record with camera, time and layout is missing or unreadable."""
    HOLE = "hole"
    """Zeros where the pictures should be."""
    VIDEO_END_MOVED = "video_end_moved"
    """The camera recorded another end of its video than the one found."""
    TOO_COMPLEX = "too_complex"
    """The file has more structure than the reader's budget allows; the rest was not read."""

    @property
    def loses_video(self) -> bool:
        """Whether video is lost, so that sending the file would waste hours."""
        return self not in _HARMLESS_TO_VIDEO


_HARMLESS_TO_VIDEO = frozenset(
    {
        DamageKind.INDEX_OUTSIDE,
        DamageKind.RECORDS_BROKEN,
        DamageKind.NO_INFO,
        DamageKind.VIDEO_END_MOVED,
        DamageKind.TOO_COMPLEX,
    }
)


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong; `detail` is a clause that can follow a file name and a colon."""

    kind: DamageKind
    detail: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width} x {self.height}"


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """A video track: its four-letter codec, and the size of its picture where stated."""

    codec: str
    resolution: Resolution | None


@dataclass(frozen=True, slots=True)
class FileGroup:
    """What the camera says about files that belong together; a `total` of 0 is not stated."""

    type: int
    index: int
    identity: str
    total: int


@dataclass(frozen=True, slots=True)
class GpsFix:
    """A position in WGS84 degrees (north and east positive), UTC time, metres above sea level."""

    time: datetime
    latitude: float
    longitude: float
    altitude: float


@dataclass(frozen=True, slots=True)
class GpsSpan:
    """The first and the last good fix of a recording."""

    first: GpsFix
    last: GpsFix


@dataclass(frozen=True, slots=True, kw_only=True)
class InsvFacts:
    """What a recording says of itself; a value is None where it is not stated.

    `size` is in bytes, `duration` in seconds. `local_start` is by the camera's clock, without a
    time zone. `dimension` is the size of one lens as recorded, `tracks` are what this file holds.
    `lens` is the file's place in a pair, 0 or 1.
    """

    size: int
    camera: str | None
    serial: str | None
    firmware: str | None
    layout: Layout
    lens: int | None
    stream_layout: StreamLayout | None
    projection: Projection | None
    tracks: tuple[VideoTrack, ...]
    dimension: Resolution | None
    fps: int | None
    duration: float | None
    local_start: datetime | None
    gps: GpsSpan | None
    group: FileGroup | None
    damage: tuple[Damage, ...]

    @property
    def resolution(self) -> Resolution | None:
        """The size of the first video track, or else what the camera says it recorded."""
        return next((t.resolution for t in self.tracks if t.resolution), self.dimension)

    @property
    def loses_video(self) -> bool:
        """Whether any of the damage loses video."""
        return any(damage.kind.loses_video for damage in self.damage)

    @property
    def is_time_lapse(self) -> bool:
        """Whether the camera made this in one of its time-lapse modes."""
        return self.group is not None and self.group.type in TIME_LAPSE_TYPES

    @property
    def camera_is_known(self) -> bool:
        """Whether the layouts of this camera are known to the reader."""
        return is_known_camera(self.camera)

    @property
    def is_small(self) -> bool:
        """Whether the picture is as small as a preview's, below anything that cameras record."""
        return self.resolution is not None and self.resolution.height <= PROXY_HEIGHT

    @property
    def looks_like_proxy(self) -> bool:
        """Whether the picture is small and at most half as high as what was recorded."""
        if self.dimension is None or self.resolution is None:
            return False
        return self.is_small and self.resolution.height * 2 <= self.dimension.height

    @property
    def is_half(self) -> bool:
        """Whether this is one lens of two, and otherwise fit to be sent."""
        is_whole = not (self.loses_video or self.is_small or self.is_time_lapse)
        return is_whole and self.layout is Layout.SPLIT_FILES

    @property
    def local_end(self) -> datetime | None:
        """The end of the recording by the camera's clock, without a time zone."""
        if self.local_start is None or self.duration is None:
            return None
        return self.local_start + timedelta(seconds=self.duration)


def is_known_camera(name: str | None) -> bool:
    """Whether the reader knows the layouts of the camera of this name."""
    return "".join(filter(str.isalnum, name or "")).lower() in KNOWN_CAMERAS
