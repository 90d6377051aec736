"""What a plan's page shows, gathered from disk: pictures, frames and warnings."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from runner.drawings.failure import PictureError
from runner.drawings.files import PictureLoader
from runner.drawings.picture import Picture
from runner.manifest.model import Drawing
from runner.pages.canvas import Pictured, SheetKey
from runner.pages.frames import can_make_frames, frames_of
from runner.pages.plan_page import Review
from runner.pages.warnings import place_warnings
from runner.plan.expectation import Expectation
from runner.plan.model import WORK
from runner.plan.planner import Source
from runner.timing import Clock
from runner.workflow import Outlook


def gather_review(
    outlook: Outlook,
    made_at: dt.datetime,
    command: str,
    expectation: Expectation | None,
    clock: Clock,
) -> Review:
    """What the page of a plan shows; a picture or frame that cannot be had is left out."""
    manifests = [source.manifest for source in outlook.sources]
    return Review(
        plan=outlook.plan,
        made_at=made_at,
        command=command,
        drawings=_drawings(outlook.sources, PictureLoader(clock)),
        warnings=place_warnings(outlook.problems, manifests),
        frames=frames_of(list(_by_need(outlook)), clock) if can_make_frames() else {},
        expectation=expectation,
    )


def _drawings(sources: Sequence[Source], loader: PictureLoader) -> dict[SheetKey, Pictured]:
    """Every drawing with a walk, with the first picture that a manifest has of it."""
    found: dict[SheetKey, Pictured] = {}
    for source in sources:
        folder = Path(source.manifest.path).parent
        for drawing in dict.fromkeys(walk.drawing for walk in source.manifest.walkthroughs):
            key = (source.manifest.project, drawing.id)
            if key not in found or found[key].picture is None:
                found[key] = Pictured(drawing, _picture(loader, folder, drawing))
    return found


def _picture(loader: PictureLoader, folder: Path, drawing: Drawing) -> Picture | None:
    """None also where it cannot be shown; a warning of the manifest says why."""
    if drawing.image is None:
        return None
    try:
        return loader.load(folder, drawing.image)
    except PictureError:
        return None


def _by_need(outlook: Outlook) -> Iterator[tuple[str, Path]]:
    """Recordings in the order in which a frame of them helps: first one of each walk to be sent."""
    walks = sorted(outlook.plan.walkthroughs, key=lambda walk: walk.action not in WORK)
    files = [[outlook.files[w.project, w.id, part.name] for part in w.recordings] for w in walks]
    firsts = [file for recordings in files for file in recordings[:1]]
    others = [file for recordings in files for file in recordings[1:]]
    for file in (*firsts, *others):
        yield str(file.identity), file.location
