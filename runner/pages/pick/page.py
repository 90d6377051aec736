"""The page on which positions are picked, as a file or served by `server.py`."""

from dataclasses import asdict
from typing import Any

from runner.manifest.edit.positions import Positions, in_line
from runner.manifest.model import MapStyle
from runner.pages.pick.session import PickCanvas
from runner.pages.pick.subjects import Subject
from runner.pages.rendering import render

WIDTH = 1000.0
"""Width of the drawing on the page, in its own units; the height follows from its shape."""


def pick_html(canvas: PickCanvas, manifest: str, *, is_served: bool) -> str:
    """The page for one drawing; `manifest` is the file's name as people read it."""
    decided = [subject for subject in canvas.subjects if not subject.is_undecided]
    return render(
        "pick.html.j2",
        styles=("pick.css",),
        scripts=("pick.js",),
        is_served=is_served,
        canvas=canvas,
        manifest=manifest,
        width=WIDTH,
        height=WIDTH / canvas.frame.aspect,
        in_degrees=canvas.drawing.map_style is MapStyle.SATELLITE,
        served=is_served,
        routes=[subject for subject in decided if subject.path[0] == "routes"],
        walkthroughs=[subject for subject in decided if subject.path[0] == "walkthroughs"],
        undecided=[subject for subject in canvas.subjects if subject.is_undecided],
        data=_data(canvas),
    )


def _data(canvas: PickCanvas) -> dict[str, Any]:
    """The values that `pick.js` works with, by its names for them."""
    return {
        "bounds": asdict(canvas.frame.bounds),
        "decimals": canvas.frame.decimals,
        "width": WIDTH,
        "height": WIDTH / canvas.frame.aspect,
        "hasPicture": canvas.picture is not None,
        "subjects": {
            subject.key: _subject(subject, canvas.drawing.name) for subject in canvas.subjects
        },
    }


def _subject(subject: Subject, drawing: str) -> dict[str, Any]:
    return {
        "name": subject.name,
        "drawing": f"drawing: {in_line(drawing)}" if subject.is_undecided else "",
        "own": _values(subject.positions),
        "inherited": _values(subject.inherited),
    }


def _values(positions: Positions) -> dict[str, Any]:
    points = positions.target_points
    return {
        "start": asdict(positions.start) if positions.start else None,
        "end": asdict(positions.end) if positions.end else None,
        "points": [asdict(point) for point in points] if isinstance(points, tuple) else points,
    }
