"""The names that cameras give their files: hints that the content confirms or corrects."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class NameKind(StrEnum):
    """The beginning of a camera's file name, which says what kind of file it is."""

    VIDEO = "VID"
    PROXY = "LRV"
    """A small copy for previews."""
    SINGLE_LENS = "PRO_VID"
    SINGLE_LENS_PROXY = "PRO_LRV"
    PHOTO = "IMG"


PROXIES = frozenset({NameKind.PROXY, NameKind.SINGLE_LENS_PROXY})
PHOTO_SUFFIXES = frozenset({".insp", ".jpg", ".dng"})
_NAME = re.compile(
    r"(?P<kind>PRO_VID|PRO_LRV|VID|LRV|IMG)_(?P<start>(?:19|20)\d{6}_\d{6})"
    r"_(?P<lens>[01])(?P<proxy>[01])_(?P<chapter>\d{3}|[1-9]\d{3,8})(?P<suffix>\.[a-z0-9]{1,8})",
    re.ASCII | re.IGNORECASE,
)
_CLOCK = "%Y%m%d_%H%M%S"


@dataclass(frozen=True, slots=True)
class RecordingName:
    """The parts of a camera's file name.

    `local_start` is by the camera's clock, without a time zone. `lens` is 0 or 1. `chapter` counts
    the files of a card, so a recording's first is not always 1. `suffix` keeps its dot and case.
    """

    kind: NameKind
    local_start: datetime
    lens: int
    has_proxy_digit: bool
    chapter: int
    suffix: str

    def __str__(self) -> str:
        """The file name."""
        proxy = int(self.has_proxy_digit)
        start = self.local_start.strftime(_CLOCK)
        return f"{self.kind}_{start}_{self.lens}{proxy}_{self.chapter:03d}{self.suffix}"

    @property
    def is_proxy(self) -> bool:
        """Whether this is a small copy for previews, never to be uploaded."""
        return self.has_proxy_digit or self.kind in PROXIES

    @property
    def is_photo(self) -> bool:
        """Whether this is a picture, not a video."""
        return self.kind is NameKind.PHOTO or self.suffix.lower() in PHOTO_SUFFIXES

    @property
    def is_single_lens(self) -> bool:
        """Whether the camera recorded with one lens."""
        return self.kind in (NameKind.SINGLE_LENS, NameKind.SINGLE_LENS_PROXY)

    @property
    def chapter_key(self) -> tuple[NameKind, datetime, int]:
        """A key that the two lenses of one chapter share."""
        return self.kind, self.local_start, self.chapter

    def partner_name(self) -> str:
        """The file name of the other lens, which exists only where each lens has its own file.

        Its kind is in capitals, as cameras write it; compare names without regard to case.
        """
        return str(replace(self, lens=1 - self.lens))


def parse_name(name: str) -> RecordingName | None:
    """Parse a bare file name, in any case; None when no camera gives such names."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        start = datetime.fromisoformat(match["start"].replace("_", "T"))
    except ValueError:
        return None
    return RecordingName(
        kind=NameKind(match["kind"].upper()),
        local_start=start,
        lens=int(match["lens"]),
        has_proxy_digit=match["proxy"] == "1",
        chapter=int(match["chapter"]),
        suffix=match["suffix"],
    )
