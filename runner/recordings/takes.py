"""Takes: what one press of a camera's button made, all lenses and chapters of it."""

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
"""Seconds between the end of one file and the start of the next, if nothing lies between them."""
SAME = 2.0
"""Seconds by which the starts and the lengths of the two files of a pair may differ."""
_CLOCK_SLACK = dt.timedelta(seconds=5)
_LONGEST_TAKE = dt.timedelta(hours=12)


class TakeFile(Protocol):
    """A file that may be part of a take: a card's or a manifest's view of it both are one.

    `name` holds the parts of a name that a camera gave, `facts` what the content says.
    """

    __slots__ = ()

    @property
    def name(self) -> RecordingName | None:
        """None where no camera gives such names."""

    @property
    def facts(self) -> InsvFacts | None:
        """None where the file is not there, or is no recording."""

    @property
    def is_sound(self) -> bool:
        """Whether its pictures can be expected to play, so that what it says can be relied on."""
        return self.facts is not None and not self.facts.loses_video

    @property
    def is_lens(self) -> bool:
        """Whether it is one lens of two, and nothing worse."""
        return self.facts is not None and self.facts.is_half

    @property
    def serial(self) -> str | None:
        """The serial number of its camera."""
        return self.facts.serial if self.facts else None

    @property
    def clock(self) -> dt.datetime | None:
        """The start on the camera's clock, without a time zone, as the content has it."""
        return self.facts.local_start if self.facts else None

    @property
    def chapter(self) -> int | None:
        """Its number on the card: only names tell it."""
        return self.name.chapter if self.name else None

    @property
    def lens(self) -> int | None:
        """Its place in a pair of lenses, 0 or 1: the camera's word, else the name's."""
        stated = self.facts.lens if self.facts else None
        return self.name.lens if stated is None and self.name else stated


File = TypeVar("File", bound=TakeFile)


@dataclass(frozen=True, slots=True)
class Take(Generic[File]):
    """The files of one press of the button; `serial` and `start` are None where none tells them.

    One camera cannot be started twice in one second, so the two tell takes apart.
    """

    serial: str | None
    start: dt.datetime | None
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Two numbers of a take's files between which another is missing.

    It is sure where both sides name a camera that is known; else numbers may skip for all we know.
    """

    before: int
    after: int
    is_sure: bool


_Press = tuple[str | None, dt.datetime]
_Presses = dict[_Press, list[File]]


def group_takes(files: Iterable[File]) -> list[Take[File]]:
    """Put together the files of each press of the button, whatever else is missing of it.

    A file that does not tell its camera joins the only take of its second; a lens without a
    camera's name joins the take whose clock it has. So the others stay as they are where the files
    of a whole take are left out.
    """
    presses: _Presses[File] = {}
    alone: list[File] = []
    late: list[tuple[_Press, File]] = []
    for file in files:
        start = _pressed(file)
        if start is None:
            alone.append(file)
        elif file.serial is None or (file.is_lens and file.name is None):
            late.append(((file.serial, start), file))
        else:
            presses.setdefault((file.serial, start), []).append(file)
    _let_join(presses, sorted(late, key=lambda joining: (joining[0][0] is None, joining[0][1])))
    return [
        *(Take(serial, start, tuple(made)) for (serial, start), made in presses.items()),
        *(Take(file.serial, None, (file,)) for file in alone),
    ]


def _pressed(file: TakeFile) -> dt.datetime | None:
    """The second of the press: the name's, which all chapters share, unless the content differs."""
    named, told = file.name.local_start if file.name else None, file.clock
    if named is None or told is None:
        return named or told
    return named if -_CLOCK_SLACK <= told - named <= _LONGEST_TAKE else told


def _let_join(presses: _Presses[File], late: Iterable[tuple[_Press, File]]) -> None:
    """Add files to the takes that fit; those that tell their camera come first."""
    cameras: dict[dt.datetime, list[_Press]] = defaultdict(list)
    for press in presses:
        cameras[press[1]].append(press)
    for (serial, start), file in late:
        if serial is None:
            fitting = [press for press in cameras[start] if press[0] is not None]
            press = fitting[0] if len(fitting) == 1 else (None, start)
        else:
            press = _nearest(presses, serial, start)
        if press not in presses:
            cameras[start].append(press)
        presses.setdefault(press, []).append(file)


def _nearest(presses: _Presses[File], serial: str, start: dt.datetime) -> _Press:
    """The press of a camera whose second is nearest, if the two lenses of a pair may differ so."""
    seconds = range(-int(SAME), int(SAME) + 1)
    near = [(serial, start + dt.timedelta(seconds=away)) for away in sorted(seconds, key=abs)]
    return next((press for press in near if press in presses), (serial, start))


def pair_lenses(files: Sequence[File]) -> list[tuple[File, File]]:
    """Put together the lens files that may be pairs: by their numbers, then whatever fits.

    What is broken or not there may be the other lens of a file, too.
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
    return [(files[one], files[other]) for one, other in pairs]


def lone_lenses(files: Sequence[File]) -> list[File]:
    """The files that could be a lens of a pair and have no partner among these, in their order."""
    met = {id(file) for pair in pair_lenses(files) for file in pair}
    return [file for file in files if (file.is_lens or not file.is_sound) and id(file) not in met]


_Kind = tuple[bool, int | None]


def _matched(files: Sequence[TakeFile], bucket: Iterable[int]) -> list[tuple[int, int]]:
    """Pairs in a bucket; a renamed file may be anybody's, and comes to those that wait."""
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
    """Whether one of two is a lens file, and they are not of the same lens."""
    return (kind[0] or other[0]) and (kind[1] is None or kind[1] != other[1])


def _belong(file: TakeFile, other: TakeFile) -> bool:
    """Whether nothing else that either says speaks against their being the lenses of a take."""
    if file.name and other.name and file.name.chapter_key != other.name.chapter_key:
        return False
    return file.facts is None or other.facts is None or may_be_pair(file.facts, other.facts)


def may_be_pair(facts: InsvFacts, other: InsvFacts) -> bool:
    """Whether two lens files were recorded by one camera at one time, for all they say."""
    if facts.serial and other.serial and facts.serial != other.serial:
        return False
    if facts.duration and other.duration and abs(facts.duration - other.duration) > SAME:
        return False
    starts = facts.local_start, other.local_start
    return not (starts[0] and starts[1] and abs((starts[0] - starts[1]).total_seconds()) > SAME)


def find_gaps(files: Iterable[TakeFile]) -> Iterator[Gap]:
    """The gaps between the numbers of a take's files.

    A number that no file has is no gap where the camera's clock goes on without a break.
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
    """Whether the camera's clock says that a file goes on where another ends."""
    ends = [facts.local_end for facts in before if facts and facts.local_end]
    starts = [facts.local_start for facts in after if facts and facts.local_start]
    if not ends or not starts:
        return False
    return abs((min(starts) - max(ends)).total_seconds()) <= SEAMLESS


def _names_camera(files: _Lenses) -> bool:
    """Whether a file tells which camera made it, and that is known."""
    return any(facts and facts.serial and facts.camera_is_known for facts in files)
