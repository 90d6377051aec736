"""Own the rules about time: the day of a walk, and one camera in two places at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from runner.preflight.listed import Listed
from runner.problems import Note, Place, Problem, Severity
from runner.rules.rule import Rule

OTHER_DAY = Rule("M059", "other-day", Severity.WARNING)
OVERLAP = Rule("M065", "overlap", Severity.WARNING)

FIRST_CAMERA = date(2016, 1, 1)
"""Insta360 sold none before it; cameras that lost their clock begin at a day before this."""
BREATHER = timedelta(hours=1)
"""Recordings with a longer pause between them may be of different days."""
TOUCHING = timedelta(seconds=2)
"""What two recordings may seem to overlap by: the camera writes its start in whole seconds."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A recording with its start and end by the camera's clock."""

    entry: Listed
    start: datetime
    end: datetime

    @property
    def walk(self) -> Place:
        return self.entry.walk


def check_days(listed: Sequence[Listed]) -> Iterator[Problem]:
    """Recordings of which the camera says another day than the manifest, once for each outing."""
    for _, walk in groupby(listed, key=lambda one: one.walk):
        for outing in _outings(_spans(walk)):
            first, last = outing[0].start.date(), max(span.end for span in outing).date()
            day = outing[0].entry.draft.date
            if day and not first <= day <= last:
                yield _other_day(outing[0], day)


def _spans(listed: Iterable[Listed]) -> list[_Span]:
    """Those of which the start is known, in their order."""
    spans = [_Span(one, one.start, one.end or one.start) for one in listed if one.start]
    return sorted(spans, key=lambda span: span.start)


def _outings(spans: Sequence[_Span]) -> Iterator[list[_Span]]:
    """Recordings that follow each other closely, so that a walk may go on past midnight."""
    outing: list[_Span] = []
    end: datetime | None = None
    for span in spans:
        if end and span.start - end > BREATHER:
            yield outing
            outing = []
        end = max(end or span.end, span.end)
        outing.append(span)
    if outing:
        yield outing


def _other_day(span: _Span, walked: date) -> Problem:
    entry, day = span.entry, span.start.date()
    says = "the camera" if entry.info and entry.info.local_start else "its name"
    message = f"{says} puts `{entry.written}` on {day}, the manifest on {walked}"
    help_ = "is it the right file, and the right date? a clock of another time zone says so, too"
    if day < FIRST_CAMERA:
        message += ": its clock looks unset"
        help_ = "nothing to do for this walk; set the camera's clock before the next"
    return entry.problem(OTHER_DAY, message, help_)


def check_overlaps(listed: Sequence[Listed]) -> Iterator[Problem]:
    """Recordings of one camera at the same time for two walkthroughs."""
    cameras: dict[str, list[Listed]] = {}
    for one in listed:
        if one.serial and one.is_sound and not one.is_proxy:
            cameras.setdefault(one.serial, []).append(one)
    for recordings in cameras.values():
        yield from _overlaps([span for span in _spans(recordings) if _clock_is_set(span)])


def _clock_is_set(span: _Span) -> bool:
    return span.start.date() >= FIRST_CAMERA


def _overlaps(spans: Sequence[_Span]) -> Iterator[Problem]:
    """Each against what runs longest before it: of any walkthrough, and of any but that one."""
    longest: _Span | None = None
    rival: _Span | None = None
    for span in spans:
        other = rival if longest and longest.walk == span.walk else longest
        if other and other.end - span.start > TOUCHING and not _one_recording(other, span):
            yield _overlap(*sorted((other, span), key=lambda one: one.entry.place))
        if longest is None or span.end > longest.end:
            rival = longest if longest and longest.walk != span.walk else rival
            longest = span
        elif span.walk != longest.walk and (rival is None or span.end > rival.end):
            rival = span


def _one_recording(one: _Span, other: _Span) -> bool:
    """Whether they are two files of one recording, of which other rules tell."""
    names = one.entry.name, other.entry.name
    if names[0] and names[1] and names[0].walk_key == names[1].walk_key:
        return True
    return one.start == other.start and one.entry.is_lens and other.entry.is_lens


def _overlap(first: _Span, second: _Span) -> Problem:
    written, other = second.entry.written, first.entry
    message = f"`{written}` was recorded while its camera recorded `{other.written}`"
    message += f" of {other.draft.label}"
    note = Note(other.place, "recorded at the same time")
    return second.entry.problem(OVERLAP, message, "is it in the right walkthrough?", (note,))
