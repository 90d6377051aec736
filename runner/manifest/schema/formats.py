"""Formats: dates, positions and dashboard addresses as text, and corrections of wrong ones."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from runner.manifest.model import Position

_DAY_FIRST = re.compile(r"(\d{2})-(\d{2})-(\d{4})\Z", re.ASCII)
_PROJECT_IN_PATH = re.compile(r"/projects/([^/]+)(?:/|\Z)")
PROJECT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?\Z")
"""Letters, digits, points, dashes and underscores: nothing that changes a request's path."""


def parse_date(text: str) -> dt.date:
    """Parse a day written YYYY-MM-DD or DD-MM-YYYY; raises ValueError when there is none such."""
    day_first = _DAY_FIRST.match(text)
    if day_first:
        day, month, year = (int(part) for part in day_first.groups())
        return dt.date(year, month, day)
    return dt.date.fromisoformat(text)


def parse_position(value: str | Mapping[str, Any]) -> Position:
    """Parse a position, text or mapping, that already has the form the schema asks for."""
    if isinstance(value, str):
        lat, _, lng = value.partition(",")
        return Position(float(lat), float(lng))
    return Position(float(value["lat"]), float(value["lng"]))


def parse_project(text: str) -> str | None:
    """The project id in a dashboard address, or the text itself when it is an id; else None."""
    if "/" in text:
        found = _PROJECT_IN_PATH.search(_split(text).path)
        text = found[1] if found else ""
    return text if PROJECT_ID.match(text) else None


def parse_drawing(address: str) -> int | None:
    """The drawing id in a dashboard address; None when it has none."""
    ids = parse_qs(_split(address).query).get("id", [])
    return int(ids[0]) if len(ids) == 1 and re.match(r"[1-9][0-9]{0,17}\Z", ids[0]) else None


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # for example a bracket, which no host may have
        return SplitResult("", "", "", "", "")


_QUOTES = "\"'\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb()"
_DASHES = str.maketrans(dict.fromkeys("\u2212\u2013\u2014\u2010\u2011", "-"))
_TWO_NUMBERS = r"(?a)(-?\d*[.,]?\d+)(?:\s*[,;]\s*|\s+)(-?\d*[.,]?\d+)\Z"
_YEAR_FIRST = r"(?a)(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})(?:[T ].*)?\Z"
_DAY_FIRST_WRITTEN = r"(?a)(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4})\Z"
_LONGEST = 80


def correction(text: str, fits: Callable[[str], bool]) -> str | None:
    """The value that was probably meant, when undoing a common slip makes the text fit."""
    if len(text) > _LONGEST:
        return None
    return next((corrected for corrected in _corrections(text) if fits(corrected)), None)


def _corrections(text: str) -> Iterator[str]:
    plain = " ".join(text.translate(_DASHES).split()).strip(_QUOTES)
    yield plain
    yield from _position(plain)
    yield from _day(plain)
    yield plain.replace(" ", "-")


def _position(text: str) -> Iterator[str]:
    """Undo decimal commas, semicolons, or a missing comma between the two numbers."""
    found = re.match(_TWO_NUMBERS, text)
    if found:
        yield ", ".join(number.replace(",", ".") for number in found.groups())


def _day(text: str) -> Iterator[str]:
    """Undo other orders and separators; the result has the year first and is unmistakable."""
    year_first, day_first = re.match(_YEAR_FIRST, text), re.match(_DAY_FIRST_WRITTEN, text)
    parts = year_first.groups() if year_first else day_first.groups()[::-1] if day_first else ()
    if parts:
        try:
            yield dt.date(*map(int, parts)).isoformat()
        except ValueError:
            return
