"""The Manifest and its parts: values in which every route and alias is resolved."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from runner.problems.problem import Place


class MapStyle(StrEnum):
    """What positions on a drawing mean."""

    BLANK = "blank"
    SATELLITE = "satellite"


@dataclass(frozen=True, slots=True)
class Position:
    """A point on a drawing: 0 to 1 on a blank drawing, WGS84 degrees on a satellite drawing."""

    lat: float
    lng: float

    def __str__(self) -> str:
        return f"{_plain(self.lat)},{_plain(self.lng)}"


def _plain(number: float) -> str:
    """Write a number in digits only: the receiver may not know `1e-05`."""
    text = repr(number)
    if "e" not in text:
        return text
    from decimal import Decimal  # noqa: PLC0415 - hardly a position is as near to zero

    return format(Decimal(text), "f")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The coordinates of the four edges of a drawing's image."""

    north: float
    south: float
    east: float
    west: float


WHOLE_IMAGE = Bounds(north=1, south=0, east=1, west=0)
"""The bounds of a blank drawing, by definition of its coordinates."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of the project; `name` is the manifest's own, `id` is Evercam's."""

    name: str
    id: int
    map_style: MapStyle = MapStyle.BLANK
    image: str | None = None
    bounds: Bounds | None = None
    image_place: Place | None = None

    @property
    def folder(self) -> Path:
        """The folder of the file that names its image."""
        return Path(self.image_place.file).parent if self.image_place else Path()


@dataclass(frozen=True, slots=True)
class Walkthrough:
    """One walk: its recordings as the manifest names them, its day, and where it went.

    `place` is where its id stands in the manifest, `entry` is where the whole walkthrough stands.
    """

    id: str
    name: str
    date: dt.date
    drawing: Drawing
    start_position: Position
    end_position: Position
    files: tuple[str, ...]
    place: Place
    file_places: tuple[Place, ...]
    route: str | None = None
    target_points_count: int = 0
    target_points: tuple[Position, ...] = ()
    entry: Place | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A valid manifest; `uploaded_by` is None when the user who logs in is meant.

    `to_create` are commands, each of which creates a drawing that no walkthrough here is on.
    """

    path: str
    project: str
    walkthroughs: tuple[Walkthrough, ...]
    sha256: str
    uploaded_by: str | None = None
    to_create: tuple[str, ...] = ()
