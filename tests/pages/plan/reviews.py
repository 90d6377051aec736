"""Plans to look at: walkthroughs of any number and text, with what a page shows beside them."""

import datetime as dt
from collections.abc import Sequence

from runner.drawings.picture import make_picture
from runner.evercam.addresses import Addresses
from runner.manifest.model import Drawing
from runner.pages.plan.canvas import Pictured
from runner.pages.plan.page import Review
from runner.pages.plan.warnings import Warnings
from runner.plan.model import (
    Action,
    Change,
    Plan,
    PlannedManifest,
    PlannedRecording,
    PlannedWalkthrough,
    TransferKind,
)
from runner.plan.text import Expectation
from runner.problems.problem import Place, Problem, Severity

DAY = dt.date(2026, 1, 20)
MADE_AT = dt.datetime(2026, 1, 21, 8, tzinfo=dt.UTC)
PLAN_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200"><path d="M9 9H99"/></svg>'
)


def walkthrough(
    name: str,
    action: Action = Action.CREATE,
    drawing: tuple[str, int] = ("level-2", 6143),
    ends: tuple[str, str] = ("0.1,0.2", "0.9,0.8"),
    targets: tuple[str, ...] = (),
) -> PlannedWalkthrough:
    """A planned walkthrough whose every text holds its name."""
    recording = PlannedRecording(
        name, name, f"7-{name}", 4_000_000, TransferKind.SEND, name, 0, name, 332.0, None
    )
    return PlannedWalkthrough(
        project="evercam",
        manifest="manifest.yaml",
        id=name,
        action=action,
        reason=name,
        name=name,
        date=DAY,
        drawing=drawing[0],
        drawing_id=drawing[1],
        uploaded_by=name,
        start_position=ends[0],
        end_position=ends[1],
        target_points_count=len(targets),
        recordings=(recording,),
        next_steps=(name,),
        changes=(Change(name, name, name),) if action is Action.CHANGED else (),
        target_points=targets,
    )


def review(
    walkthroughs: Sequence[PlannedWalkthrough], *drawings: Drawing, text: str = "manifest.yaml"
) -> Review:
    """A review of walkthroughs; `text` stands wherever no walkthrough's text does."""
    known = {("evercam", drawing.id): Pictured(drawing) for drawing in drawings}
    for planned in walkthroughs:
        key = (planned.project, planned.drawing_id)
        known.setdefault(key, Pictured(Drawing(planned.drawing, planned.drawing_id)))
    manifest = PlannedManifest(text, "00", "evercam")
    return Review(
        plan=Plan(Addresses(), (manifest,), tuple(walkthroughs)),
        made_at=MADE_AT,
        command=f"sitewalk apply {text}",
        drawings=known,
        expectation=Expectation(2_000_000.0, DAY),
    )


def a_year() -> Review:
    """A thousand walks on 20 drawings, 998 of them done; one is new, one needs a decision."""
    actions = [Action.NOTHING] * 998 + [Action.CREATE, Action.HELD]
    walks = [
        walkthrough(
            f"Level {at % 20}, week {at // 20}",
            action,
            (f"level-{at % 20}", 6100 + at % 20),
            targets=("0.5,0.5", "0.6,0.6"),
        )
        for at, action in enumerate(actions)
    ]
    return review(walks)


def hostile(text: str) -> Review:
    """A page that shows everything it can, all of it this text."""
    walks = [walkthrough(text, action, (text, 6143)) for action in Action]
    problem = Problem(text, text, Place(text), text, Severity.WARNING)
    made = review(walks, text=text)
    picture = make_picture(PLAN_SVG)
    return Review(
        plan=made.plan,
        made_at=MADE_AT,
        command=made.command,
        drawings={("evercam", 6143): Pictured(Drawing(text, 6143), picture)},
        warnings=Warnings({("evercam", text): [problem]}, [problem]),
        frames={f"7-{text}": "data:image/jpeg;base64,/9j/"},
        expectation=made.expectation,
    )
