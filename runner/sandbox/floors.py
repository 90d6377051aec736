"""Drawings, which Evercam calls floors: made from what is public of the request, and kept.

Of the body, `overlay` with `url` and `title` is public, and that it has north, south, east and west
and a map style. Where those stand, and under which key the map style, is not: they are looked for
anywhere in the body, and every other key is taken as it is.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from runner.sandbox.accounts import Accounts
from runner.sandbox.api import complete_url, json_object, query_of, text_of, user_of
from runner.sandbox.refusal import Refusal
from runner.sandbox.store import Store

FIRST_FLOOR_ID: Final = 6000
EDGES: Final = ("north", "south", "east", "west")
STYLES: Final = ("blank", "satellite")


@dataclass(frozen=True, slots=True)
class Floor:
    """A drawing as the request made it; `map_style` is None where the body names none."""

    id: int
    project_id: str
    created_by: str
    url: str
    title: str
    bounds: Mapping[str, float]
    map_style: str | None


class FloorStore:
    """The drawings in a folder, which is made if necessary; each is one JSON file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def all(self) -> tuple[Floor, ...]:
        """Every drawing, in the order of the ids."""
        paths = sorted(self._folder.glob("*.json"), key=lambda path: int(path.stem))
        return tuple(Floor(**json.loads(path.read_text(encoding="utf-8"))) for path in paths)

    def add(self, **facts: Any) -> Floor:
        """Keep a drawing under the next id."""
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            ids = (floor.id for floor in self.all())
            floor = Floor(max(ids, default=FIRST_FLOOR_ID - 1) + 1, **facts)
            draft = self._folder / f"{floor.id}.draft"
            draft.write_text(json.dumps(asdict(floor)), encoding="utf-8")
            draft.replace(draft.with_suffix(".json"))
        return floor


class FloorApi:
    """The request that makes a drawing."""

    def __init__(self, floors: FloorStore, store: Store, accounts: Accounts) -> None:
        self._floors = floors
        self._store = store
        self._accounts = accounts

    async def create(self, request: Request) -> Response:
        """Make a drawing: `PUT /360/floors/{project_id}`; each request makes another one."""
        self._accounts.require_token(request)
        body = await json_object(request)
        overlay = body.get("overlay")
        if not isinstance(overlay, dict):
            raise Refusal(422, "the body lacks overlay, an object")
        found = list(_pairs(body))
        style = next((text for text in _styles(found)), None)
        floor = self._floors.add(
            project_id=request.path_params["project_id"],
            created_by=user_of(query_of(request, ("created_by",))["created_by"], "created_by"),
            url=complete_url(self._store, text_of(overlay.get("url"), "overlay.url"), "overlay"),
            title=text_of(overlay.get("title"), "overlay.title"),
            bounds=_bounds(found, style),
            map_style=style,
        )
        return JSONResponse({"id": floor.id, "project_id": floor.project_id}, 201)


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, however deep."""
    if isinstance(value, dict):
        yield from value.items()
    items = value.values() if isinstance(value, dict) else value
    for item in items if isinstance(value, dict | list) else ():
        yield from _pairs(item)


def _styles(found: list[tuple[str, Any]]) -> Iterator[str]:
    for _, value in found:
        if isinstance(value, str) and value.lower() in STYLES:
            yield value.lower()


def _bounds(found: list[tuple[str, Any]], style: str | None) -> dict[str, float]:
    edges = {edge: _edge(found, edge) for edge in EDGES}
    if not (edges["north"] > edges["south"] and edges["east"] > edges["west"]):
        raise Refusal(422, "north must be larger than south, and east larger than west")
    if style == "blank" and not all(0 <= edge <= 1 for edge in edges.values()):
        raise Refusal(422, "the bounds must be between 0 and 1 where the map style is Blank")
    if max(edges["north"], -edges["south"]) > 90 or max(edges["east"], -edges["west"]) > 180:  # noqa: PLR2004 - degrees
        raise Refusal(422, "the bounds are no degrees: north and south to 90, east and west to 180")
    return edges


def _edge(found: list[tuple[str, Any]], edge: str) -> float:
    values = [value for key, value in found if key == edge]
    if len(values) != 1:
        raise Refusal(422, f"the body must have {edge} once, and has it {len(values)} times")
    if isinstance(values[0], bool) or not isinstance(values[0], int | float):
        raise Refusal(422, f"{edge} must be a number, not {values[0]!r}")
    return float(values[0])
