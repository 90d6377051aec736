"""The one use of a recording's GPS: a hint that a walk on a satellite drawing is elsewhere.

It is never a default for a position: a fix may be minutes old, and indoors there is none.
"""

import math
from collections.abc import Iterable, Iterator
from itertools import groupby

from runner.manifest.model import MapStyle, Position, Walkthrough
from runner.preflight.listed import ListedFile
from runner.problems import Problem, Severity
from runner.rules.rule import Rule

FAR_AWAY = Rule("M070", "far-away", Severity.WARNING)

FAR = 2000.0
"""Metres: wider than most sites, nearer than the next."""
EARTH_RADIUS = 6_371_000.0


def check_places(listed: Iterable[ListedFile]) -> Iterator[Problem]:
    """Walks on satellite drawings that were recorded somewhere else, once for each walk."""
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
    """Where it starts and ends in degrees; what can be none is a problem of its own."""
    if walk is None or walk.drawing.map_style is not MapStyle.SATELLITE:
        return []
    return [walk.start_position, walk.end_position]


def _explanation(recorded: Position, ends: Iterable[Position]) -> str:
    swapped = [Position(end.lng, end.lat) for end in ends]
    if any(_metres(recorded, end) <= FAR for end in swapped):
        return "latitude and longitude of its positions look swapped; latitude comes first"
    return "is it the right file, the right drawing, the right position?"


def _metres(place: Position, other: Position) -> float:
    """The great-circle distance."""
    lat, other_lat = math.radians(place.lat), math.radians(other.lat)
    half_lat, half_lng = (other_lat - lat) / 2, math.radians(other.lng - place.lng) / 2
    chord = math.sin(half_lat) ** 2
    chord += math.cos(lat) * math.cos(other_lat) * math.sin(half_lng) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))
