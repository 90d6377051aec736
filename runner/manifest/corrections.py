"""Corrections: what was most likely meant by a text of the wrong form, by the usual slips."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

_QUOTES = "\"'\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb()"
_DASHES = str.maketrans(dict.fromkeys("\u2212\u2013\u2014\u2010\u2011", "-"))
_TWO_NUMBERS = re.compile(r"(-?\d*[.,]?\d+)(?:\s*[,;]\s*|\s+)(-?\d*[.,]?\d+)\Z", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})(?:[T ].*)?\Z", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4})\Z", re.ASCII)
_LONGEST = 80


def correction(text: str, fits: Callable[[str], bool]) -> str | None:
    """What was meant, when a usual slip explains it and the outcome is of the right form."""
    if len(text) > _LONGEST:
        return None
    return next((reading for reading in _readings(text) if fits(reading)), None)


def _readings(text: str) -> Iterator[str]:
    plain = " ".join(text.translate(_DASHES).split()).strip(_QUOTES)
    yield plain
    yield from _position(plain)
    yield from _day(plain)
    yield plain.replace(" ", "-")


def _position(text: str) -> Iterator[str]:
    """Decimal commas, semicolons, or nothing between the two numbers."""
    found = _TWO_NUMBERS.match(text)
    if found:
        yield ", ".join(number.replace(",", ".") for number in found.groups())


def _day(text: str) -> Iterator[str]:
    """Other orders and separators; the year first in any case, so that nobody mistakes it."""
    year_first, day_first = _YEAR_FIRST.match(text), _DAY_FIRST.match(text)
    parts = year_first.groups() if year_first else day_first.groups()[::-1] if day_first else ()
    if parts:
        try:
            yield dt.date(*map(int, parts)).isoformat()
        except ValueError:
            return
