"""Takes: all lenses and chapters that one press of the camera's button recorded."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runner.recordings.insv.facts import InsvFacts
    from runner.recordings.names import RecordingName

    _Lenses = Sequence[InsvFacts | None]

SEAMLESS = 5.0
"""Seconds that may pass from the end of one file to the start of the next if none is missing."""
SAME = 2.0
"""Seconds by which the starts and the lengths of the two files of a pair may differ."""
_CLOCK_SLACK = dt.timedelta(seconds=5)
_LONGEST_TAKE = dt.timedelta(hours=12)


class TakeFile(Protocol):
    """A file that may be part of a take, as a card or a manifest shows it.

    `name` holds the parts of a camera's file name, `facts` what the content says.
    """

    __slots__ = ()

    @property
    def name(self) -> RecordingName | None:
        """The parts of its name; None where no camera gives such names."""

    @property
    def facts(self) -> InsvFacts | None:
        """What it says of itself; None where the file is not there, or is no recording."""

    @property
    def is_sound(self) -> bool:
        """Whether its video should play, so that what it says can be relied on."""
        return self.facts is not None and not self.facts.loses_video

    @property
    def is_lens(self) -> bool:
        """Whether it is one lens of two, and otherwise sound."""
        return self.facts is not None and self.facts.is_half

    @property
    def serial(self) -> str | None:
        """The serial number of its camera."""
        return self.facts.serial if self.facts else None

    @property
    def clock(self) -> dt.datetime | None:
        """The start by the camera's clock, without a time zone, as the content says it."""
        return self.facts.local_start if self.facts else None

    @property
    def chapter(self) -> int | None:
        """Its number on the card, which only names tell."""
        return self.name.chapter if self.name else None

    @property
    def lens(self) -> int | None:
        """Its place in a pair of lenses, 0 or 1, by the content or else by the name."""
        stated = self.facts.lens if self.facts else None
        return self.name.lens if stated is None and self.name else stated


File = TypeVar("File", bound=TakeFile)


@dataclass(frozen=True, slots=True)
class Take(Generic[File]):
    """The files of one take; `serial` and `start` are None where no file tells them.

    A camera cannot start twice in one second, so the two tell takes apart.
    """

    serial: str | None
    start: dt.datetime | None
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Two numbers of a take's files between which another is missing.

    `is_sure` is set where both sides name a known camera; other cameras may skip numbers.
    """

    before: int
    after: int
    is_sure: bool


_Key = tuple[str | None, dt.datetime]
"""The camera's serial number and the second in which a take began."""

_Takes = dict[_Key, list[File]]


def group_takes(files: Iterable[File]) -> list[Take[File]]:
    """Group files by take, even where files of a take are missing.

    A file that does not tell its camera joins the only take of its second. A lens without a
    camera's name joins the take with its clock. Leaving out all files of one take therefore does
    not change the others.
    """
    takes: _Takes[File] = {}
    alone: list[File] = []
    late: list[tuple[_Key, File]] = []
    for file in files:
        start = _take_start(file)
        if start is None:
            alone.append(file)
        elif file.serial is None or (file.is_lens and file.name is None):
            late.append(((file.serial, start), file))
        else:
            takes.setdefault((file.serial, start), []).append(file)
    _join(takes, sorted(late, key=lambda joining: (joining[0][0] is None, joining[0][1])))
    return [
        *(Take(serial, start, tuple(grouped)) for (serial, start), grouped in takes.items()),
        *(Take(file.serial, None, (file,)) for file in alone),
    ]


def _take_start(file: TakeFile) -> dt.datetime | None:
    """When a take began: by the name, which all chapters share, unless the content differs."""
    by_name, by_clock = file.name.local_start if file.name else None, file.clock
    if by_name is None or by_clock is None:
        return by_name or by_clock
    return by_name if -_CLOCK_SLACK <= by_clock - by_name <= _LONGEST_TAKE else by_clock


def _join(takes: _Takes[File], late: Iterable[tuple[_Key, File]]) -> None:
    """Add files to the takes that fit; those that tell their camera come first."""
    by_second: dict[dt.datetime, list[_Key]] = defaultdict(list)
    for key in takes:
        by_second[key[1]].append(key)
    for (serial, start), file in late:
        if serial is None:
            fitting = [key for key in by_second[start] if key[0] is not None]
            key = fitting[0] if len(fitting) == 1 else (None, start)
        else:
            key = _nearest(takes, serial, start)
        if key not in takes:
            by_second[start].append(key)
        takes.setdefault(key, []).append(file)


def _nearest(takes: _Takes[File], serial: str, start: dt.datetime) -> _Key:
    """The camera's take nearest in time, if the two lenses of a pair may differ by that much."""
    seconds = range(-int(SAME), int(SAME) + 1)
    near = [(serial, start + dt.timedelta(seconds=away)) for away in sorted(seconds, key=abs)]
    return next((key for key in near if key in takes), (serial, start))


def pair_lenses(files: Sequence[File]) -> list[tuple[File, File]]:
    """Pair the lens files that may belong together: by their numbers, then whatever fits.

    A file that is broken or missing may be the other lens of a pair, too.
    """
    pairs: list[tuple[int, int]] = []
    left = [at for at, file in enumerate(files) if file.is_lens or not file.is_sound]
    by_number: dict[int | None, list[int]] = defaultdict(list)
    for at in left:
        by_number[files[at].chapter].append(at)
    by_number.pop(None, None)
    for bucket in by_number.values():
        pairs += _matched(files, bucket)
    met = {at for pair in pairs for at in pair}
    pairs += _matched(files, [at for at in left if at not in met])
    return [(files[lens], files[partner]) for lens, partner in pairs]


def lone_lenses(files: Sequence[File]) -> list[File]:
    """The files that could be a lens of a pair but have no partner here, in their order."""
    met = {id(file) for pair in pair_lenses(files) for file in pair}
    return [file for file in files if (file.is_lens or not file.is_sound) and id(file) not in met]


_Kind = tuple[bool, int | None]


def _matched(files: Sequence[TakeFile], bucket: Iterable[int]) -> list[tuple[int, int]]:
    """Match pairs in a bucket; a renamed file may belong to any other, so it is matched last."""
    pairs: list[tuple[int, int]] = []
    waiting: dict[_Kind, list[int]] = {}
    for at in sorted(bucket, key=lambda at: files[at].name is None):
        kind = (files[at].is_lens, files[at].lens)
        fitting = (known for other in waiting if _fit(other, kind) for known in waiting[other])
        partner = next((known for known in fitting if _belong(files[known], files[at])), None)
        if partner is None:
            waiting.setdefault(kind, []).append(at)
        else:
            waiting[files[partner].is_lens, files[partner].lens].remove(partner)
            pairs.append((partner, at))
    return pairs


def _fit(kind: _Kind, other: _Kind) -> bool:
    """Whether at least one is a lens file, and the two are not of the same lens."""
    return (kind[0] or other[0]) and (kind[1] is None or kind[1] != other[1])


def _belong(file: TakeFile, other: TakeFile) -> bool:
    """Whether two files may be the lenses of one take, by all that their names and content say."""
    if file.name and other.name and file.name.chapter_key != other.name.chapter_key:
        return False
    return file.facts is None or other.facts is None or may_be_pair(file.facts, other.facts)


def may_be_pair(facts: InsvFacts, other: InsvFacts) -> bool:
    """Whether two lens files may come from one camera at one time, by all that they say."""
    if facts.serial and other.serial and facts.serial != other.serial:
        return False
    if facts.duration and other.duration and abs(facts.duration - other.duration) > SAME:
        return False
    starts = facts.local_start, other.local_start
    return not (starts[0] and starts[1] and abs((starts[0] - starts[1]).total_seconds()) > SAME)


def find_gaps(files: Iterable[TakeFile]) -> Iterator[Gap]:
    """Yield the gaps between the numbers of a take's files.

    A skipped number is no gap where the camera's clock goes on without a break.
    """
    numbered: dict[int, list[InsvFacts | None]] = {}
    for file in files:
        if file.chapter is not None:
            numbered.setdefault(file.chapter, []).append(file.facts)
    for before, after in pairwise(sorted(numbered)):
        if after > before + 1 and not _goes_on(numbered[before], numbered[after]):
            is_sure = _names_camera(numbered[before]) and _names_camera(numbered[after])
            yield Gap(before, after, is_sure)


def _goes_on(before: _Lenses, after: _Lenses) -> bool:
    """Whether, by the camera's clock, one file starts where another ends."""
    ends = [facts.local_end for facts in before if facts and facts.local_end]
    starts = [facts.local_start for facts in after if facts and facts.local_start]
    if not ends or not starts:
        return False
    return abs((min(starts) - max(ends)).total_seconds()) <= SEAMLESS


def _names_camera(files: _Lenses) -> bool:
    """Whether any of the files names the camera that made it, and that camera is known."""
    return any(facts and facts.serial and facts.camera_is_known for facts in files)
