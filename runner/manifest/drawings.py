"""Own the step from the section `drawings` to Drawings, and to what positions on them mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.manifest.model import Bounds, Drawing, MapStyle
from runner.manifest.notation import parse_drawing, parse_project
from runner.manifest.shape import MISSING_KEY
from runner.manifest.sound import Path, Sound
from runner.rules.rule import Rule
from runner.units import shorten

DRAWING_ADDRESS = Rule("M021", "drawing-address")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What positions on a drawing mean and where its edges are; its id need not be known."""

    name: str
    map_style: MapStyle
    bounds: Bounds | None = None


def read_sheets(sound: Sound) -> dict[str, Sheet]:
    """The sheet of every drawing whose map style can be told."""
    return {
        name: _sheet(name, sound.mapping(("drawings", name)))
        for name in sound.names(("drawings",))
        if sound.knows(("drawings", name, "map_style"))
    }


def _sheet(name: str, data: Mapping[str, Any]) -> Sheet:
    bounds = Bounds(**data["bounds"]) if "bounds" in data else None
    return Sheet(name, MapStyle(data.get("map_style", MapStyle.BLANK)), bounds)


def read_drawings(
    sound: Sound, sheets: Mapping[str, Sheet], project: str | None
) -> dict[str, Drawing]:
    """Every drawing that is sound as a whole; reports ids and addresses that are not."""
    drawings = {}
    for name in sound.names(("drawings",)):
        path = ("drawings", name)
        data = sound.mapping(path)
        id_ = _Address(sound, path, project).id_of(data)
        sheet = sheets.get(name)
        if id_ is not None and sheet is not None:
            image = data.get("image")
            place = sound.document.place((*path, "image")) if image else None
            drawings[name] = Drawing(name, id_, sheet.map_style, image, sheet.bounds, place)
    return drawings


@dataclass(frozen=True, slots=True)
class _Address:
    """How a drawing of the project is found on Evercam: by its id, its address, or both."""

    sound: Sound
    path: Path
    project: str | None

    def id_of(self, data: Mapping[str, Any]) -> int | None:
        url, id_ = data.get("url"), data.get("id")
        if url is None:
            self._need_one(data)
            return id_
        in_url = parse_drawing(url)
        if in_url is None:
            self._refuse("the address has no `?id=` number", "copy it once more")
            return None
        if id_ is not None and id_ != in_url:
            self._refuse(f"the address says {in_url}, `id` {id_}", "keep one of the two")
            return None
        return in_url if self._is_of_the_project(url) else None

    def _need_one(self, data: Mapping[str, Any]) -> None:
        keys = ("id", "url")
        if any(key in data or not self.sound.knows((*self.path, key)) for key in keys):
            return
        message = f"drawing `{shorten(str(self.path[-1]), 60)}` has neither `id` nor `url`"
        help_ = "the id ends the drawing's dashboard address: …/drawings/map?id=6143"
        self.sound.report(MISSING_KEY, message, self.path, help_)

    def _is_of_the_project(self, url: str) -> bool:
        project = parse_project(url)
        if self.project is None or project == self.project:
            return True
        message = f"this drawing is of project `{project}`, the manifest of `{self.project}`"
        self._refuse(message, "one manifest is for one project")
        return False

    def _refuse(self, message: str, help_: str) -> None:
        self.sound.report(DRAWING_ADDRESS, message, (*self.path, "url"), help_)
