"""How things are written for people: quantities, commands, did-you-mean, safe text."""

import datetime as dt
import difflib
import json
import os
import re
import shlex
from collections.abc import Collection
from itertools import islice

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


def both_units(per_second: float) -> str:
    """A rate in bytes and in bits, as disks and as lines are sold: `20 MB/s (160 Mbit/s)`."""
    whole, bits = speed(per_second), size(per_second * 8).replace("B", "bit")
    return f"{whole} ({bits}/s)".replace(".0 ", " ")


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


def local_moment(at: dt.datetime) -> str:
    """A moment as clocks show it here, with their zone: `2026-01-20 15:03 +01:00`."""
    return at.astimezone().isoformat(" ", "minutes").replace("+", " +", 1)


def day(date: dt.date) -> str:
    """A date as people write it: `20 January 2026`."""
    return f"{date.day} {date:%B} {date.year}"


def counted(number: int, word: str, plural: str = "") -> str:
    """A number with its noun: `1 walkthrough`, `3 walkthroughs`."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def shorten(text: str, width: int) -> str:
    """The text, cut with `…` when it is longer than `width` characters."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


_LONGEST = 100
_SHOWN = 12
_SHOWN_OF_ONE = 60


class Suggestions:
    """Suggests until so many comparisons were made: nobody reads the ten thousandth."""

    def __init__(self, comparisons: int = 50_000) -> None:
        self.comparisons = comparisons

    def nearest(self, word: str, known: Collection[str]) -> str | None:
        """The most similar of the known words in any case, if one is similar enough."""
        self.comparisons -= len(known)
        if self.comparisons < 0 or len(word) > _LONGEST:  # comparing takes the lengths' product
            return None
        lower = {name.lower(): name for name in reversed(list(known))}
        near = difflib.get_close_matches(word.lower(), lower, n=1)
        return lower[near[0]] if near else None


def listed(words: Collection[str]) -> str:
    """The first of some words for a message: "`a`, `b` and 3 more"."""
    shown = ", ".join(f"`{shorten(word, _SHOWN_OF_ONE)}`" for word in islice(words, _SHOWN))
    more = len(words) - _SHOWN
    return f"{shown} and {counted(more, 'more', 'more')}" if more > 0 else shown or "none"


IS_WINDOWS = os.name == "nt"

_PLAIN = r"[\w./\\:+-]+\Z"
_QUOTABLE = r"[\w ./\\:+,;()=@#&'~-]*\Z"
"""Within double quotes, to cmd.exe and PowerShell these are themselves and nothing else."""

PLACEHOLDER = "NAME"
_BACKSLASHES_BEFORE_QUOTE = r'(\\*)("|\Z)'


def for_shell(text: str, *, windows: bool = IS_WINDOWS) -> str:
    """One word of a command.

    A leading dash would make an option of it, so it stands behind `./`. `windows` quotes as cmd.exe
    and PowerShell both take it: to them a single quote is no quote, or quotes what is a name in the
    other. Of a name in which one of them may find something to run, NAME is left to be filled in.
    """
    if text.startswith("-"):
        text = f"./{text}"
    if not windows:
        return shlex.quote(text)
    if re.match(_PLAIN, text):
        return text
    if not re.match(_QUOTABLE, text):
        return PLACEHOLDER
    return f'"{re.sub(_BACKSLASHES_BEFORE_QUOTE, _doubled, text)}"'


def _doubled(found: re.Match[str]) -> str:
    r"""Backslashes in front of a quote are doubled: `"\\nas\my share\"` would never end."""
    backslashes, quote = found.groups()
    return backslashes * 2 + (f"\\{quote}" if quote else "")


def printable(text: str) -> str:
    """The text with control characters written out as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def json_text(value: object) -> str:
    """A value as JSON for people and programs: nothing in it steers a terminal or a build's log."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    text = "\n".join(line if line.isprintable() else _json_escaped(line) for line in lines)
    return text.replace("##[", r"#\u0023[") + "\n"


def _json_escaped(line: str) -> str:
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)


_COMMAND = r"(?m)^(\s*):(?=:)|#(?=#\[)"


def without_commands(text: str) -> str:
    """The text with what GitHub takes for a command broken up: `: :` at a line's start, `# #[`."""
    return re.sub(_COMMAND, lambda found: f"{found[0]} ", text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
