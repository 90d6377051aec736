"""Formats inside a manifest's values: dates, positions, dashboard addresses."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from runner.manifest.model import Position

_DAY_FIRST = re.compile(r"(\d{2})-(\d{2})-(\d{4})\Z", re.ASCII)
_PROJECT_IN_PATH = re.compile(r"/projects/([^/]+)(?:/|\Z)")
PROJECT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?\Z")
"""Letters, digits, points, dashes, underscores: nothing that changes a request's path."""


def parse_date(text: str) -> dt.date:
    """A day written YYYY-MM-DD or DD-MM-YYYY; raises ValueError when there is no such day."""
    day_first = _DAY_FIRST.match(text)
    if day_first:
        day, month, year = (int(part) for part in day_first.groups())
        return dt.date(year, month, day)
    return dt.date.fromisoformat(text)


def parse_position(value: str | Mapping[str, Any]) -> Position:
    """A position written as text or as a mapping, already known to have the schema's shape."""
    if isinstance(value, str):
        lat, _, lng = value.partition(",")
        return Position(float(lat), float(lng))
    return Position(float(value["lat"]), float(value["lng"]))


def parse_project(text: str) -> str | None:
    """The project id in a dashboard address, or the text itself when it is an id."""
    if "/" in text:
        found = _PROJECT_IN_PATH.search(_split(text).path)
        text = found[1] if found else ""
    return text if PROJECT_ID.match(text) else None


def parse_drawing(address: str) -> int | None:
    """The drawing id in a dashboard address."""
    ids = parse_qs(_split(address).query).get("id", [])
    return int(ids[0]) if len(ids) == 1 and re.match(r"[1-9][0-9]{0,17}\Z", ids[0]) else None


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # a bracket that no host may have
        return SplitResult("", "", "", "", "")
