"""The page of a plan, for the person who approves it, and what is gathered for it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runner.base.clock import Clock
from runner.drawings.child import PictureError
from runner.drawings.picture import Picture, PictureLoader
from runner.manifest.model import Drawing
from runner.pages.frames import can_make_frames, frames_of
from runner.pages.plan.canvas import Canvas, DrawingKey, Pictured, canvases_of
from runner.pages.plan.lanes import DrawnWalk
from runner.pages.plan.pins import PIN
from runner.pages.plan.warnings import NO_WARNINGS, Warnings, place_warnings
from runner.pages.rendering import render
from runner.plan.model import WORK, Action, Plan
from runner.plan.planner import Planned, Source
from runner.plan.text import Expectation, in_words

_ALL_OPEN = 12
"""Walkthroughs up to which the details of each are open."""

_WORDS = {
    Action.CREATE: "New",
    Action.UPLOAD: "To be sent",
    Action.RESUME: "Resumed",
    Action.FINISH: "To be linked",
    Action.NOTHING: "Done already",
    Action.HELD: "Needs a decision",
    Action.CHANGED: "Needs a decision",
}


@dataclass(frozen=True, slots=True)
class Review:
    """A plan with everything that helps a person to judge it.

    `command` carries the plan out. `drawings` has every drawing of the plan; `frames` are data URIs
    by a recording's identity.
    """

    plan: Plan
    made_at: dt.datetime
    command: str
    drawings: Mapping[DrawingKey, Pictured]
    warnings: Warnings = NO_WARNINGS
    frames: Mapping[str, str] = field(default_factory=dict)
    expectation: Expectation | None = None


def plan_html(review: Review) -> str:
    """The page of a plan; every value in it is escaped."""
    canvases = canvases_of(review.plan, review.drawings)
    return render(
        "plan.html.j2",
        styles=("plan.css",),
        scripts=("table.js",),
        review=review,
        plan=review.plan,
        in_words=in_words(review.plan),
        words=_WORDS,
        days=sorted({walkthrough.date for walkthrough in review.plan.walkthroughs}),
        canvases=canvases,
        walks=_by_number(canvases),
        has_direct=any(not lane.targets for canvas in canvases for lane in canvas.lanes),
        open_all=len(review.plan.walkthroughs) <= _ALL_OPEN,
        pin=PIN,
    )


def _by_number(canvases: tuple[Canvas, ...]) -> list[DrawnWalk]:
    walks = [walk for canvas in canvases for walk in canvas.walks]
    return sorted(walks, key=lambda walk: walk.number)


def gather_review(
    planned: Planned,
    made_at: dt.datetime,
    command: str,
    expectation: Expectation | None,
    clock: Clock,
) -> Review:
    """Everything the page of a plan shows; pictures and frames that cannot be made are left out."""
    manifests = [source.manifest for source in planned.sources]
    return Review(
        plan=planned.plan,
        made_at=made_at,
        command=command,
        drawings=_drawings(planned.sources, PictureLoader(clock)),
        warnings=place_warnings(planned.problems, manifests),
        frames=frames_of(list(_by_need(planned)), clock) if can_make_frames() else {},
        expectation=expectation,
    )


def _drawings(sources: Sequence[Source], loader: PictureLoader) -> dict[DrawingKey, Pictured]:
    """Every drawing with a walk, with the first picture that a manifest has of it."""
    found: dict[DrawingKey, Pictured] = {}
    for source in sources:
        for drawing in dict.fromkeys(walk.drawing for walk in source.manifest.walkthroughs):
            key = (source.manifest.project, drawing.id)
            if key not in found or found[key].picture is None:
                found[key] = Pictured(drawing, _picture(loader, drawing))
    return found


def _picture(loader: PictureLoader, drawing: Drawing) -> Picture | None:
    """None also where it cannot be shown; a warning of the manifest says why."""
    if drawing.image is None:
        return None
    try:
        return loader.load(drawing.folder, drawing.image)
    except PictureError:
        return None


def _by_need(planned: Planned) -> Iterator[tuple[str, Path]]:
    """Identities and files in the order in which frames help: first one of each walk to be sent."""
    walks = sorted(planned.plan.walkthroughs, key=lambda walk: walk.action not in WORK)
    files = [
        [planned.files[walk.project, walk.id, recording.name] for recording in walk.recordings]
        for walk in walks
    ]
    firsts = [file for recordings in files for file in recordings[:1]]
    others = [file for recordings in files for file in recordings[1:]]
    for file in (*firsts, *others):
        if isinstance(file.location, Path):  # one in a store would be fetched by halves
            yield str(file.identity), file.location
