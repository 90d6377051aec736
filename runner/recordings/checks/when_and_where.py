"""Rules about time and place: the day of a walk, overlaps, and GPS far from a drawing."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from runner.manifest.model import MapStyle, Position, Walkthrough
from runner.problems.problem import Note, Place, Problem, Rule, Severity
from runner.recordings.checks.listed import ListedFile
from runner.recordings.takes import group_takes

OTHER_DAY = Rule("M059", "other-day", Severity.WARNING)
OVERLAP = Rule("M065", "overlap", Severity.WARNING)

FIRST_CAMERA = date(2016, 1, 1)
"""Insta360 sold none before it; cameras that lost their clock begin at a day before this."""
BREATHER = timedelta(hours=1)
"""Recordings with a longer pause between them may be from different days."""
TOUCHING = timedelta(seconds=2)
"""Up to this, two recordings may only seem to overlap: cameras write starts in whole seconds."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A recording with its start and end by the camera's clock, and the number of its take."""

    entry: ListedFile
    start: datetime
    end: datetime
    take: int

    @property
    def walk(self) -> Place:
        return self.entry.walk


def check_days(listed: Sequence[ListedFile]) -> Iterator[Problem]:
    """Yield recordings whose camera says another day than the manifest, one for each outing."""
    for _, walk in groupby(listed, key=lambda entry: entry.walk):
        for outing in _outings(_recorded(walk)):
            first, last = outing[0].start.date(), max(span.end for span in outing).date()
            day = outing[0].entry.draft.date
            if day and not first <= day <= last:
                yield _other_day(outing[0], day)


def _recorded(listed: Iterable[ListedFile]) -> list[_Recorded]:
    """The recordings whose start is known, in the order of time."""
    spans = [
        _Recorded(entry, entry.start, entry.end or entry.start, take)
        for take, files in enumerate(group_takes(entry for entry in listed if entry.facts))
        for entry in files.files
        if entry.start
    ]
    return sorted(spans, key=lambda span: (span.start, span.entry.place))


def _outings(spans: Sequence[_Recorded]) -> Iterator[list[_Recorded]]:
    """Group recordings that follow each other closely, so that a walk may go on past midnight."""
    outing: list[_Recorded] = []
    end: datetime | None = None
    for span in spans:
        if end and span.start - end > BREATHER:
            yield outing
            outing = []
        end = max(end or span.end, span.end)
        outing.append(span)
    if outing:
        yield outing


def _other_day(span: _Recorded, walked: date) -> Problem:
    entry, day = span.entry, span.start.date()
    says = "the camera" if entry.facts and entry.facts.local_start else "its name"
    message = f"{says} puts `{entry.written}` on {day}, the manifest on {walked}"
    help_ = "is it the right file, and the right date? a clock of another time zone says so, too"
    if day < FIRST_CAMERA:
        message += ": its clock looks unset"
        help_ = "nothing to do for this walk; set the camera's clock before the next"
    return entry.problem(OTHER_DAY, message, help_)


def check_overlaps(listed: Sequence[ListedFile]) -> Iterator[Problem]:
    """Yield recordings that one camera made at the same time for two walkthroughs."""
    cameras: dict[str, list[ListedFile]] = {}
    for entry in listed:
        if entry.serial and entry.is_sound and not entry.is_proxy:
            cameras.setdefault(entry.serial, []).append(entry)
    for recordings in cameras.values():
        yield from _overlaps([span for span in _recorded(recordings) if _clock_is_set(span)])


def _clock_is_set(span: _Recorded) -> bool:
    return span.start.date() >= FIRST_CAMERA


def _overlaps(spans: Sequence[_Recorded]) -> Iterator[Problem]:
    """Compare each recording with the one before it that runs longest, of another walkthrough.

    `rival` runs longest among the walkthroughs other than that of `longest`. Files of one take are
    left to other rules.
    """
    longest: _Recorded | None = None
    rival: _Recorded | None = None
    for span in spans:
        other = rival if longest and longest.walk == span.walk else longest
        if other and other.end - span.start > TOUCHING and other.take != span.take:
            yield _overlap(*sorted((other, span), key=lambda span: span.entry.place))
        if longest is None or span.end > longest.end:
            rival = longest if longest and longest.walk != span.walk else rival
            longest = span
        elif span.walk != longest.walk and (rival is None or span.end > rival.end):
            rival = span


def _overlap(first: _Recorded, second: _Recorded) -> Problem:
    written, other = second.entry.written, first.entry
    message = f"`{written}` was recorded while its camera recorded `{other.written}`"
    message += f" of {other.draft.label}"
    note = Note(other.place, "recorded at the same time")
    return second.entry.problem(OVERLAP, message, "is it in the right walkthrough?", (note,))


FAR_AWAY = Rule("M070", "far-away", Severity.WARNING)

FAR = 2000.0
"""Metres: wider than most sites, nearer than the next one."""
EARTH_RADIUS = 6_371_000.0


def check_places(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """Yield walks on satellite drawings that were recorded somewhere else, each once."""
    for _, entries in groupby(listed, key=lambda entry: entry.walk):
        far = (problem for entry in entries for problem in _elsewhere(entry))
        yield from (problem for problem in [next(far, None)] if problem)


def _elsewhere(entry: ListedFile) -> Iterator[Problem]:
    ends = _ends(entry.walkthrough)
    if not ends or entry.facts is None or entry.facts.gps is None:
        return
    fix = entry.facts.gps.first
    recorded = Position(fix.latitude, fix.longitude)
    away = min(_metres(recorded, end) for end in ends)
    if away > FAR:
        where = f"{fix.latitude:.5f},{fix.longitude:.5f}"
        message = f"`{entry.written}` was recorded at {where}, {away / 1000:,.0f} km from the walk"
        yield entry.problem(FAR_AWAY, message, _explanation(recorded, ends))


def _ends(walk: Walkthrough | None) -> list[Position]:
    """The start and end of a walk in degrees; none when its drawing has no degrees."""
    if walk is None or walk.drawing.map_style is not MapStyle.SATELLITE:
        return []
    return [walk.start_position, walk.end_position]


def _explanation(recorded: Position, ends: Iterable[Position]) -> str:
    swapped = [Position(end.lng, end.lat) for end in ends]
    if any(_metres(recorded, end) <= FAR for end in swapped):
        return "latitude and longitude of its positions look swapped; latitude comes first"
    return "is it the right file, the right drawing, the right position?"


def _metres(place: Position, other: Position) -> float:
    """The great-circle distance in metres."""
    lat, other_lat = math.radians(place.lat), math.radians(other.lat)
    half_lat, half_lng = (other_lat - lat) / 2, math.radians(other.lng - place.lng) / 2
    chord = math.sin(half_lat) ** 2
    chord += math.cos(lat) * math.cos(other_lat) * math.sin(half_lng) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))
