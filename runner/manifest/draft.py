"""Own the Draft: a walkthrough as far as it could be understood."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from runner.manifest.courses import TargetPoints, Way
from runner.manifest.model import Drawing, Walkthrough
from runner.manifest.sound import Path
from runner.problems import Place


@dataclass(frozen=True, slots=True)
class Draft:
    """A walkthrough of which every value was understood on its own.

    A value is None, and a file left out, when it is missing or not sound: a problem says so.
    `place` is that of its id or, without one, of the whole walkthrough, which is its `entry`.
    """

    path: Path
    place: Place
    way: Way
    id: str | None = None
    name: str | None = None
    date: dt.date | None = None
    route: str | None = None
    files: tuple[str, ...] = ()
    file_places: tuple[Place, ...] = ()
    entry: Place | None = None

    @property
    def label(self) -> str:
        """The walkthrough in a message: by its id or, without one, by its number."""
        return f"`{self.id}`" if self.id else str(int(self.path[-1]) + 1)

    def walkthrough(self, drawings: Mapping[str, Drawing]) -> Walkthrough | None:
        """The walkthrough, when nothing that it needs is missing."""
        drawing = drawings.get(self.way.drawing or "")
        start, end = self.way.start_position, self.way.end_position
        if not (self.id and self.date and drawing and start and end):
            return None
        target_points = self.way.target_points or TargetPoints()
        return Walkthrough(
            id=self.id,
            name=self.name or self.id,
            date=self.date,
            drawing=drawing,
            start_position=start,
            end_position=end,
            files=self.files,
            route=self.route,
            target_points_count=target_points.count,
            target_points=tuple(point for _, point in target_points.points),
            place=self.place,
            file_places=self.file_places,
            entry=self.entry,
        )
