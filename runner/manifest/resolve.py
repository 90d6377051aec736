"""Own the step from a document's sound values to Drafts, each value resolved on its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.manifest.courses import NOTHING_SAID, Way, read_course
from runner.manifest.document import Document
from runner.manifest.draft import Draft
from runner.manifest.drafting import Drafting, report_missing
from runner.manifest.drawings import Sheet, read_drawings, read_sheets
from runner.manifest.model import Drawing
from runner.manifest.names import Names
from runner.manifest.notation import parse_project
from runner.manifest.sound import Fault, Sound
from runner.problems import Problem
from runner.rules.rule import Rule
from runner.units import shorten

PROJECT_ID = Rule("M020", "project-id")
UNDEFINED_DRAWING = Rule("M022", "undefined-drawing")
UNDEFINED_ROUTE = Rule("M023", "undefined-route")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What could be resolved, and the problems met on the way."""

    project: str | None
    uploaded_by: str | None
    sheets: Mapping[str, Sheet]
    drawings: Mapping[str, Drawing]
    routes: tuple[Way, ...]
    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


def resolve(document: Document, faults: Iterable[Fault]) -> Resolved:
    """Resolve every sound value; `faults` are what the schema layer found."""
    sound = Sound.of(document, faults)
    top = sound.mapping(())
    project = _project(sound, top.get("project"))
    sheets = read_sheets(sound)
    drawings = read_drawings(sound, sheets, project)
    routes, drafts = _walks(sound)
    return Resolved(
        project=project,
        uploaded_by=top.get("uploaded_by"),
        sheets=sheets,
        drawings=drawings,
        routes=routes,
        drafts=drafts,
        problems=tuple(sound.problems),
    )


def _project(sound: Sound, text: str | None) -> str | None:
    project = None if text is None else parse_project(text)
    if text is not None and project is None:
        shown = shorten(text, 60)
        message = f"`{shown}` is neither a project id nor a project's dashboard address"
        help_ = "the id stands between `projects` and `drawings` in the dashboard's address"
        sound.report(PROJECT_ID, message, ("project",), help_)
    return project


def _walks(sound: Sound) -> tuple[tuple[Way, ...], tuple[Draft, ...]]:
    drawings = Names("drawings", UNDEFINED_DRAWING, sound)
    routes = Names("routes", UNDEFINED_ROUTE, sound)
    ways = {
        name: Way(NOTHING_SAID, read_course(sound, ("routes", name), drawings))
        for name in sound.names(("routes",))
    }
    listed = sound.written(("walkthroughs",))
    drafting = Drafting(sound, drawings, routes, ways)
    drafts = tuple(
        drafting.draft(("walkthroughs", index))
        for index in range(len(listed) if isinstance(listed, list) else 0)
    )
    report_missing(sound, drafts)  # errors go first: what comes late may not be listed
    if not drafts:  # what they would name is not known
        routes.doubt()
        drawings.doubt()
    routes.report_unused("walkthrough")
    drawings.report_unused("walkthrough or route")
    return tuple(ways.values()), drafts
