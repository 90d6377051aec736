"""The page on which positions are picked, as a file or served by `server.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from runner.manifest.edit.positions import Positions, in_line
from runner.manifest.model import MapStyle
from runner.pages.pick.desk import DeskView, PickCanvas, PickSubject
from runner.pages.rendering import render

WIDTH = 1000.0
"""Width of a drawing on the page, in its own units; the height follows from its shape."""

_NO_FRAMES: Mapping[str, Sequence[str]] = {}


def pick_html(
    view: DeskView,
    *,
    is_served: bool,
    first_drawing: str = "",
    frames: Mapping[str, Sequence[str]] = _NO_FRAMES,
) -> str:
    """The page for some manifests; `first_drawing` is shown where a walk has none yet.

    `frames` are data URIs by a subject's key; a served page asks for them.
    """
    walks = [entry for entry in view.subjects if not entry.subject.is_route]
    return render(
        "pick.html.j2",
        styles=("pick.css",),
        scripts=("pick.js",),
        is_served=is_served,
        view=view,
        served=is_served,
        groups={
            "Walks to place": [entry for entry in walks if entry.subject.is_open],
            "Walks that are placed": [entry for entry in walks if not entry.subject.is_open],
            "Routes": [entry for entry in view.subjects if entry.subject.is_route],
        },
        frames=frames,
        data=_data(view, first_drawing),
    )


def _data(view: DeskView, first_drawing: str) -> dict[str, Any]:
    """The values that `pick.js` works with, by its names for them."""
    return {
        "first": first_drawing,
        "canvases": [_canvas(canvas) for canvas in view.canvases],
        "manifests": [
            {
                "drawings": {
                    name: {"canvas": canvas, "yaml": in_line(name)}
                    for name, canvas in drawings.items()
                },
                "routes": {
                    name: {"yaml": in_line(name), "values": _values(route)}
                    for name, route in routes.items()
                },
            }
            for drawings, routes in zip(view.drawings, view.routes, strict=True)
        ],
        "subjects": {entry.key: _subject(entry) for entry in view.subjects},
    }


def _canvas(canvas: PickCanvas) -> dict[str, Any]:
    is_in_degrees = canvas.drawing.map_style is MapStyle.SATELLITE
    unit = (
        "degrees: latitude, longitude"
        if is_in_degrees
        else "0 to 1 from the lower left corner: latitude (up), longitude (right)"
    )
    return {
        "bounds": asdict(canvas.frame.bounds),
        "decimals": canvas.frame.decimals,
        "width": WIDTH,
        "height": WIDTH / canvas.frame.aspect,
        "picture": canvas.picture.data_uri if canvas.picture else None,
        "about": f"{canvas.drawing.name}, drawing {canvas.drawing.id}. Positions are {unit}.",
        "remark": canvas.remark,
    }


def _subject(entry: PickSubject) -> dict[str, Any]:
    return {
        "name": entry.subject.name,
        "manifest": entry.manifest,
        "isRoute": entry.subject.is_route,
        "own": _values(entry.subject.own),
        "inherited": _values(entry.subject.inherited),
        "routes": [{"name": route.name, "why": route.why} for route in entry.routes],
    }


def _values(positions: Positions) -> dict[str, Any]:
    points = positions.target_points
    return {
        "route": positions.route,
        "drawing": positions.drawing,
        "start": asdict(positions.start) if positions.start else None,
        "end": asdict(positions.end) if positions.end else None,
        "points": [asdict(point) for point in points] if isinstance(points, tuple) else points,
    }
