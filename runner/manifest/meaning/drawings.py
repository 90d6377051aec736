"""The drawings of a manifest, and what positions on them mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from runner.base.wording import for_shell, shorten
from runner.manifest.model import Bounds, Drawing, MapStyle
from runner.manifest.schema.accepted import MISSING_KEY, AcceptedValues, Path
from runner.manifest.schema.formats import parse_drawing, parse_project
from runner.manifest.yaml.document import Document
from runner.problems.problem import Rule

DRAWING_ADDRESS = Rule("M021", "drawing-address")


@dataclass(frozen=True, slots=True)
class CoordinateSystem:
    """What positions on a drawing mean and where its edges are, even where its id is unknown."""

    name: str
    map_style: MapStyle
    bounds: Bounds | None = None


def read_coordinate_systems(accepted: AcceptedValues) -> dict[str, CoordinateSystem]:
    """The coordinate system of every drawing whose map style is known."""
    return {
        name: _system(name, accepted.mapping(("drawings", name)))
        for name in accepted.names(("drawings",))
        if not accepted.is_incomplete_at(("drawings", name, "map_style"))
    }


def _system(name: str, data: Mapping[str, Any]) -> CoordinateSystem:
    bounds = Bounds(**data["bounds"]) if "bounds" in data else None
    return CoordinateSystem(name, MapStyle(data.get("map_style", MapStyle.BLANK)), bounds)


def read_drawings(
    accepted: AcceptedValues, systems: Mapping[str, CoordinateSystem], project: str | None
) -> dict[str, Drawing]:
    """Every drawing that was accepted as a whole, by name; reports wrong ids and addresses."""
    drawings = {}
    for name in accepted.names(("drawings",)):
        path = ("drawings", name)
        data = accepted.mapping(path)
        id_ = _Address(accepted, path, project).id_of(data)
        system = systems.get(name)
        if id_ is not None and system is not None:
            image = data.get("image")
            place = accepted.document.place((*path, "image")) if image else None
            drawings[name] = Drawing(name, id_, system.map_style, image, system.bounds, place)
    return drawings


def drawings_to_create(accepted: AcceptedValues) -> tuple[str, ...]:
    """The project file's drawings that have a picture and neither id nor address.

    One that only a manifest names is not created: its id would be lost to the other manifests.
    """
    return tuple(
        name
        for name in accepted.names(("drawings",))
        if accepted.document.is_shared(("drawings", name)) and _is_to_be_created(accepted, name)
    )


def _is_to_be_created(accepted: AcceptedValues, name: str) -> bool:
    path = ("drawings", name)
    data = accepted.mapping(path)
    return "image" in data and not any(
        key in data or accepted.is_incomplete_at((*path, key)) for key in _ADDRESS_KEYS
    )


_ADDRESS_KEYS = ("id", "url")


def create_command(document: Document, name: str) -> str:
    """The command that creates a drawing of the project file, from where manifests are named."""
    project = PurePath((document.shared or document).file)
    is_found = all(part == ".." for part in project.parent.parts)  # it is looked for upward
    where = "" if is_found else f" --manifest {for_shell(str(project))}"
    return f"sitewalk drawing create {for_shell(name)}{where}"


class _Address:
    """How a drawing of the project is found on Evercam: by its id, its address, or both."""

    def __init__(self, accepted: AcceptedValues, path: Path, project: str | None) -> None:
        self.accepted = accepted
        self.path = path
        self.project = project

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
        if any(
            key in data or self.accepted.is_incomplete_at((*self.path, key))
            for key in _ADDRESS_KEYS
        ):
            return
        is_shared = self.accepted.document.is_shared(self.path)
        if is_shared and _is_to_be_created(self.accepted, str(self.path[-1])):
            return
        message = f"drawing `{shorten(str(self.path[-1]), 60)}` has neither `id` nor `url`"
        help_ = "the id ends the drawing's dashboard address: …/drawings/map?id=6143"
        if is_shared:
            help_ += "; one that is to be created needs an `image`"
        self.accepted.report(MISSING_KEY, message, self.path, help_)

    def _is_of_the_project(self, url: str) -> bool:
        project = parse_project(url)
        if self.project is None or project == self.project:
            return True
        message = f"this drawing is of project `{project}`, the manifest of `{self.project}`"
        self._refuse(message, "one manifest is for one project")
        return False

    def _refuse(self, message: str, help_: str) -> None:
        self.accepted.report(DRAWING_ADDRESS, message, (*self.path, "url"), help_)
