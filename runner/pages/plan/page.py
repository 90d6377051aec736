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
from runner.pages.plan.pins import EDGE, PIN
from runner.pages.plan.warnings import NO_WARNINGS, Warnings, place_warnings
from runner.pages.rendering import render
from runner.plan.model import DECISIONS, WORK, Action, Plan
from runner.plan.planner import Files, Planned, Source
from runner.plan.text import Expectation, in_words

_ALL_OPEN = 12
"""Walkthroughs up to which the details of each are open, and up to which none is folded."""

_FIRST = 8
"""Walkthroughs that the page begins with."""

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
    groups = _groups(canvases)
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
        groups=groups,
        has_direct=any(not lane.targets for canvas in canvases for lane in canvas.lanes),
        open_all=len(groups.listed) <= _ALL_OPEN,
        pin=PIN,
        edge=EDGE,
    )


@dataclass(frozen=True, slots=True)
class _Groups:
    """The walks of a plan by number, in those to look at and those that are done already.

    `first` are the open ones that the page begins with. Many that are done are `folded`, and so
    are `done_drawings`, by number, where there are others; `listed` are all that are not.
    """

    open: Sequence[DrawnWalk]
    done: Sequence[DrawnWalk]
    first: Sequence[DrawnWalk]
    listed: Sequence[DrawnWalk]
    folded: Sequence[DrawnWalk]
    done_drawings: frozenset[int]


def _groups(canvases: Sequence[Canvas]) -> _Groups:
    walks = sorted(
        (walk for canvas in canvases for walk in canvas.walks), key=lambda walk: walk.number
    )
    open_ = [walk for walk in walks if not walk.is_finished]
    done = [walk for walk in walks if walk.is_finished]
    folded = done if open_ and len(done) > _ALL_OPEN else []
    kept = {walk.canvas for walk in open_}
    return _Groups(
        open_,
        done,
        sorted(open_, key=lambda walk: walk.planned.action not in DECISIONS)[:_FIRST],
        open_ if folded else walks,
        folded,
        frozenset(canvas.number for canvas in canvases if folded and canvas.number not in kept),
    )


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
        frames=frames_of(list(files_by_need(planned.plan, planned.files)), clock)
        if can_make_frames()
        else {},
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


def files_by_need(plan: Plan, files: Files) -> Iterator[tuple[str, Path]]:
    """Identities and files in the order in which frames help: first one of each walk to be sent.

    What is done already has none: it was looked at before.
    """
    open_ = (walk for walk in plan.walkthroughs if walk.action is not Action.NOTHING)
    walks = sorted(open_, key=lambda walk: walk.action not in WORK)
    found = [
        [files[walk.project, walk.id, recording.name] for recording in walk.recordings]
        for walk in walks
    ]
    firsts = [file for recordings in found for file in recordings[:1]]
    others = [file for recordings in found for file in recordings[1:]]
    for file in (*firsts, *others):
        if isinstance(file.location, Path):  # one in a store would be fetched by halves
            yield str(file.identity), file.location
