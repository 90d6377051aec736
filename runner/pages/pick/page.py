"""The page on which positions are picked: by itself, or served by who writes them down."""

from dataclasses import asdict
from typing import Any

from runner.manifest.edit.positions import Positions, in_line
from runner.manifest.model import MapStyle
from runner.pages.pick.session import PickSheet
from runner.pages.pick.subjects import Subject
from runner.pages.rendering import render

WIDTH = 1000.0
"""Of the drawing on the page, in units of its own; the height follows from its shape."""


def pick_html(sheet: PickSheet, manifest: str, *, is_served: bool) -> str:
    """The page for one drawing; `manifest` is the file's name for people."""
    decided = [subject for subject in sheet.subjects if not subject.is_undecided]
    return render(
        "pick.html.j2",
        styles=("pick.css",),
        scripts=("pick.js",),
        is_served=is_served,
        sheet=sheet,
        manifest=manifest,
        width=WIDTH,
        height=WIDTH / sheet.frame.aspect,
        in_degrees=sheet.drawing.map_style is MapStyle.SATELLITE,
        served=is_served,
        routes=[subject for subject in decided if subject.path[0] == "routes"],
        walkthroughs=[subject for subject in decided if subject.path[0] == "walkthroughs"],
        undecided=[subject for subject in sheet.subjects if subject.is_undecided],
        data=_data(sheet),
    )


def _data(sheet: PickSheet) -> dict[str, Any]:
    """What the script works with; its keys are the script's names."""
    return {
        "bounds": asdict(sheet.frame.bounds),
        "decimals": sheet.frame.decimals,
        "width": WIDTH,
        "height": WIDTH / sheet.frame.aspect,
        "hasPicture": sheet.picture is not None,
        "subjects": {
            subject.key: _subject(subject, sheet.drawing.name) for subject in sheet.subjects
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
