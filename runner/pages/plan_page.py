"""The plan as one HTML page for the person who approves it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.pages.canvas import Canvas, Pictured, SheetKey, canvases_of
from runner.pages.lanes import DrawnWalk
from runner.pages.pins import PIN
from runner.pages.rendering import render
from runner.pages.warnings import NO_WARNINGS, Warnings
from runner.plan.expectation import Expectation
from runner.plan.model import Action, Plan
from runner.plan.text import in_words

_ALL_OPEN = 12
"""Walkthroughs up to which everything about each is shown without asking."""

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
    """A plan with all that helps a person to judge it.

    `command` carries the plan out. `drawings` has every drawing of the plan; `frames` are data URIs
    by a recording's identity.
    """

    plan: Plan
    made_at: dt.datetime
    command: str
    drawings: Mapping[SheetKey, Pictured]
    warnings: Warnings = NO_WARNINGS
    frames: Mapping[str, str] = field(default_factory=dict)
    expectation: Expectation | None = None


def plan_html(review: Review) -> str:
    """The page; every value in it is escaped."""
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
        walks=_in_order(canvases),
        has_direct=any(not lane.targets for canvas in canvases for lane in canvas.lanes),
        open_all=len(review.plan.walkthroughs) <= _ALL_OPEN,
        pin=PIN,
    )


def _in_order(canvases: tuple[Canvas, ...]) -> list[DrawnWalk]:
    walks = [walk for canvas in canvases for walk in canvas.walks]
    return sorted(walks, key=lambda walk: walk.number)
