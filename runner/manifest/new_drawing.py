"""A drawing of the project file that is to be created on Evercam: all that it takes, or why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.base.errors import UsageError
from runner.base.wording import listed
from runner.manifest.meaning.drawings import read_coordinate_systems
from runner.manifest.meaning.geometry import check_bounds
from runner.manifest.model import WHOLE_IMAGE, Bounds, MapStyle
from runner.manifest.reading import ProjectReading
from runner.manifest.schema.accepted import MISSING_KEY, AcceptedValues
from runner.manifest.schema.formats import parse_drawing
from runner.problems.problem import InvalidManifestError, Place, Problem


@dataclass(frozen=True, slots=True)
class NewDrawing:
    """What a drawing is created from; `image` is named from the project file's folder."""

    name: str
    map_style: MapStyle
    image: str
    bounds: Bounds
    image_place: Place

    @property
    def folder(self) -> Path:
        """The folder of the project file, in which the image is."""
        return Path(self.image_place.file).parent


def id_of_drawing(reading: ProjectReading, name: str) -> int | None:
    """The id that a project file has for a drawing, also in its address; None without one.

    Raises UsageError when there is no such drawing, or no id in the address.
    """
    data = _drawing(reading, name)
    found: int | None = data.get("id")
    if found is None and "url" in data:
        found = parse_drawing(data["url"])
        if found is None:
            message = f"{reading.document.file}: the `url` of `{name}` has no `?id=` number"
            raise UsageError(message, "copy it once more, or take it out to create the drawing")
    return found


def read_new_drawing(reading: ProjectReading, name: str) -> NewDrawing:
    """What the project file says of a drawing without an id.

    Raises UsageError when there is no such drawing, InvalidManifestError for what it lacks and for
    wrong bounds.
    """
    data, document = _drawing(reading, name), reading.document
    problems = list(_lacking(reading, name, data))
    system = read_coordinate_systems(AcceptedValues.of(document, ()))[name]
    problems += check_bounds(document, system)
    if problems:
        raise InvalidManifestError(problems, document.texts)
    place = document.place(("drawings", name, "image"))
    return NewDrawing(name, system.map_style, data["image"], system.bounds or WHOLE_IMAGE, place)


def _drawing(reading: ProjectReading, name: str) -> Mapping[str, Any]:
    data: Any = reading.value("drawings", name)
    if not isinstance(data, dict):
        known = reading.value("drawings")
        help_ = f"it has {listed(known)}" if isinstance(known, dict) and known else "add it there"
        raise UsageError(f"{reading.document.file} has no drawing `{name}`", help_)
    return data


def _lacking(reading: ProjectReading, name: str, data: Mapping[str, Any]) -> Iterator[Problem]:
    needed = ["image", "map_style"]
    if data.get("map_style") == MapStyle.SATELLITE:  # the edges of a blank one are 0 and 1
        needed.append("bounds")
    for key in needed:
        if key not in data:
            message = f"drawing `{name}` has no `{key}`, which creating it takes"
            place = reading.document.key_place(("drawings", name))
            yield MISSING_KEY.problem(message, place, _HELP[key])


_HELP = {
    "image": "name its picture, beside this file or in a folder below",
    "map_style": "say `map_style: blank` or `map_style: satellite`: positions depend on it",
    "bounds": "give north, south, east and west of the picture's edges, in degrees",
}
