"""Frames: from positions on a drawing to points on its picture, and back.

Latitude grows upwards and longitude to the right, also on a blank drawing. Within a building site
the mapping is linear for degrees, too: over 2 km the error stays below a pixel of a picture that is
4,000 pixels wide.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from runner.manifest.model import WHOLE_IMAGE, Bounds, Drawing, MapStyle, Position

_MARGIN = 0.15
_LEAST_SPAN = 0.001
"""Degrees, about 110 m of latitude: how much is shown around a single position."""

_ROUNDING = 1e-9
"""A span of 0.001 may be slightly less after a subtraction."""

_STEPS = 4
"""Decimal places of a position on a drawing that spans 1: a step in 10,000."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The coordinates of a picture's edges, and its shape as width ÷ height."""

    bounds: Bounds
    aspect: float

    def place(self, position: Position) -> tuple[float, float]:
        """The point of a position, as fractions of width and height from the upper left corner."""
        box = self.bounds
        x = (position.lng - box.west) / (box.east - box.west)
        y = (box.north - position.lat) / (box.north - box.south)
        return x, y

    def position(self, x: float, y: float) -> Position:
        """The position of a point at fractions of width and height, as exact as a click can be."""
        box = self.bounds
        lat = box.north - y * (box.north - box.south)
        lng = box.west + x * (box.east - box.west)
        return Position(round(lat, self.decimals), round(lng, self.decimals))

    @property
    def decimals(self) -> int:
        """Decimal places that tell two neighbouring pixels of a large picture apart."""
        box = self.bounds
        span = min(box.north - box.south, box.east - box.west)
        return max(0, _STEPS - math.floor(math.log10(span) + _ROUNDING))


def frame_of(
    drawing: Drawing, picture_aspect: float | None, positions: Iterable[Position] = ()
) -> Frame | None:
    """The frame of a drawing's picture, or of the plain grid in its place.

    None when nothing says where it is: a satellite drawing without bounds and without positions.
    """
    bounds = drawing.bounds or (WHOLE_IMAGE if drawing.map_style is MapStyle.BLANK else None)
    if bounds is not None:
        return Frame(bounds, picture_aspect or _aspect(drawing, bounds))
    known = list(positions)
    if not known:
        return None
    bounds = _around(known)
    return Frame(bounds, _aspect(drawing, bounds))


def can_show_picture(drawing: Drawing) -> bool:
    """Whether a picture can be shown under positions: degrees require the bounds of its edges."""
    return drawing.map_style is MapStyle.BLANK or drawing.bounds is not None


def _aspect(drawing: Drawing, bounds: Bounds) -> float:
    """Width ÷ height without a picture; degrees count by their length at that latitude."""
    width, height = bounds.east - bounds.west, bounds.north - bounds.south
    if drawing.map_style is MapStyle.SATELLITE:
        width *= _shrinking((bounds.north + bounds.south) / 2)
    return width / height


def _around(positions: list[Position]) -> Bounds:
    """A square of ground around some positions, with a margin."""
    lats = [position.lat for position in positions]
    lngs = [position.lng for position in positions]
    lat, lng = (max(lats) + min(lats)) / 2, (max(lngs) + min(lngs)) / 2
    shrinking = _shrinking(lat)
    side = max(max(lats) - min(lats), (max(lngs) - min(lngs)) * shrinking, _LEAST_SPAN)
    up = side / 2 * (1 + 2 * _MARGIN)
    across = up / shrinking
    return Bounds(north=lat + up, south=lat - up, east=lng + across, west=lng - across)


def _shrinking(lat: float) -> float:
    """The length of a degree of longitude ÷ that of one of latitude; at least 0.01."""
    return max(math.cos(math.radians(lat)), 0.01)
