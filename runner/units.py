"""Own how quantities are written for people: sizes, speeds, times, counts."""

import calendar
import datetime as dt

_STEP = 1000


def size(count: float) -> str:
    """Bytes in decimal units, as disks and uplinks are sold: `4.2 GB`."""
    if count < _STEP:
        return f"{count:.0f} B"
    for unit in ("kB", "MB", "GB"):
        count /= _STEP
        if count < _STEP:
            return f"{count:.1f} {unit}"
    return f"{count / _STEP:.1f} TB"


def speed(per_second: float) -> str:
    """Bytes a second: `4.2 MB/s`."""
    return f"{size(per_second)}/s"


def duration(seconds: float) -> str:
    """A time span: `0.4 s`, `42 s`, `3 min 20 s`, `5 h 7 min`."""
    if 0 < seconds < 1:
        return f"{max(seconds, 0.1):.1f} s"
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def rough_duration(seconds: float) -> str:
    """A time span without its seconds, where it has minutes: `42 s`, `3 min`, `5 h 7 min`."""
    text, minute, _seconds = duration(seconds).partition(" min")
    return text + minute


def moment(at: dt.datetime) -> str:
    """A moment in UTC to the second: `2026-01-20 14:03:12Z`."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def day(date: dt.date) -> str:
    """A date as people write it: `20 January 2026`."""
    return f"{date.day} {calendar.month_name[date.month]} {date.year}"


def counted(number: int, word: str, plural: str = "") -> str:
    """A number with its noun: `1 walkthrough`, `3 walkthroughs`."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def shorten(text: str, width: int) -> str:
    """The text, cut with `…` when it is longer than `width` characters."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
