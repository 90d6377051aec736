"""Own the plan as one HTML page for the person who approves it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.pages.rendering import render
from runner.pages.sheets import Pictured, Sheet, SheetKey, Walk, sheets_of
from runner.pages.spots import PIN
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
    sheets = sheets_of(review.plan, review.drawings)
    return render(
        "plan.html.j2",
        styles=("plan.css",),
        scripts=("table.js",),
        review=review,
        plan=review.plan,
        in_words=in_words(review.plan),
        words=_WORDS,
        days=sorted({one.date for one in review.plan.walkthroughs}),
        sheets=sheets,
        walks=_in_order(sheets),
        open_all=len(review.plan.walkthroughs) <= _ALL_OPEN,
        pin=PIN,
    )


def _in_order(sheets: tuple[Sheet, ...]) -> list[Walk]:
    walks = [walk for sheet in sheets for walk in sheet.walks]
    return sorted(walks, key=lambda walk: walk.number)
