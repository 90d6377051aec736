"""The report of a period: every walk that the ledger knows of, by drawing and week. Pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from runner.ledger.drawings import is_drawing
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.ledger.state import Phase, WalkthroughState
from runner.recordings.identity import Identity
from runner.recordings.names import parse_name

_WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class WalkedFile:
    """A recording of a walk: `length` in bytes; digests of the whole file, where computed."""

    name: str
    length: int
    sha256: str | None
    blake3: str | None = None


@dataclass(frozen=True, slots=True)
class WalkedDrawing:
    """A drawing of a project at an ingest address, by its latest name in a manifest."""

    ingest: str
    project: str
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ReportedWalk:
    """A walk as the ledger knows it; `finished` is set once it is on Evercam."""

    drawing: WalkedDrawing
    id: str
    name: str
    date: dt.date
    phase: Phase
    upload_id: int | None
    began: dt.datetime
    finished: dt.datetime | None
    retries: int
    files: tuple[WalkedFile, ...]

    @property
    def length(self) -> int:
        """Bytes of all its files."""
        return sum(file.length for file in self.files)


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar week of a drawing; `expected` if it is over and follows the first walk."""

    monday: dt.date
    walks: tuple[ReportedWalk, ...]
    expected: bool

    @property
    def number(self) -> int:
        """The week's number (ISO 8601)."""
        return self.monday.isocalendar().week

    @property
    def year(self) -> int:
        """The year that number belongs to."""
        return self.monday.isocalendar().year

    @property
    def is_gap(self) -> bool:
        """Whether a walk was expected and none took place."""
        return self.expected and not self.walks

    def __str__(self) -> str:
        return f"week {self.number} of {self.year}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A drawing's weeks, from the period's start or from the first walk of any drawing."""

    drawing: WalkedDrawing
    weeks: tuple[Week, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """The weeks without a walk, in words; weeks in a row are one gap."""
        gaps = [
            list(gap) for is_gap, gap in groupby(self.weeks, lambda week: week.is_gap) if is_gap
        ]
        return tuple(_gap(gap) for gap in gaps)

    @property
    def missed(self) -> int:
        """How many weeks are without a walk."""
        return sum(week.is_gap for week in self.weeks)


@dataclass(frozen=True, slots=True)
class Period:
    """All walks from one day to another, and a calendar for each drawing that has any."""

    since: dt.date
    until: dt.date
    walks: tuple[ReportedWalk, ...]
    calendars: tuple[Calendar, ...]

    @property
    def finished(self) -> int:
        """How many walks are on Evercam."""
        return sum(walk.phase is Phase.FINISHED for walk in self.walks)

    @property
    def unfinished(self) -> tuple[ReportedWalk, ...]:
        """The walks that are not on Evercam: those that need a decision first, then the newest."""
        open_ = [walk for walk in reversed(self.walks) if walk.phase is not Phase.FINISHED]
        return tuple(sorted(open_, key=lambda walk: walk.phase is not Phase.HELD))

    @property
    def length(self) -> int:
        """Bytes of all files."""
        return sum(walk.length for walk in self.walks)


def period_of(
    events: Sequence[Event], since: dt.date, until: dt.date, project: str | None = None
) -> Period:
    """The walks from `since` to `until`, both included; of one project if it is given."""
    walks_of_project = [walk for walk in _walks(events) if project in {None, walk.drawing.project}]
    ordered = sorted(walks_of_project, key=lambda walk: (walk.date, walk.drawing.name, walk.id))
    walks = tuple(walk for walk in ordered if since <= walk.date <= until)
    by_drawing: dict[WalkedDrawing, list[ReportedWalk]] = defaultdict(list)
    for walk in ordered:
        if walk.date <= until:
            by_drawing[walk.drawing].append(walk)
    drawings = sorted(
        by_drawing, key=lambda drawing: (drawing.ingest, drawing.project, drawing.name)
    )
    begin = max([since, *(walk.date for walk in ordered[:1])])
    calendars = (_calendar(by_drawing[drawing], since, begin, until) for drawing in drawings)
    return Period(since, until, walks, tuple(calendars))


def projects_of(events: Sequence[Event]) -> tuple[str, ...]:
    """The projects that have a walk on any day."""
    return tuple(sorted({walk.drawing.project for walk in _walks(events)}))


def _calendar(
    walks: Sequence[ReportedWalk], since: dt.date, begin: dt.date, until: dt.date
) -> Calendar:
    """The weeks from `begin` on; `walks` are all of the drawing, also those before the period."""
    first = walks[0].date
    weeks: list[Week] = []
    monday = _monday(begin)
    while monday <= until:
        walks_of_week = tuple(
            walk for walk in walks if _monday(walk.date) == monday and walk.date >= since
        )
        is_whole = monday >= since and monday + _WEEK <= until
        weeks.append(Week(monday, walks_of_week, expected=is_whole and _monday(first) <= monday))
        monday += _WEEK
    return Calendar(walks[0].drawing, tuple(weeks))


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _gap(weeks: Sequence[Week]) -> str:
    first, last = weeks[0], weeks[-1]
    if first == last:
        return f"no walk in {first}"
    if first.year == last.year:
        return f"no walk in weeks {first.number} to {last.number} of {first.year}"
    return f"no walk from {first} to {last}"


def _walks(events: Sequence[Event]) -> Iterator[ReportedWalk]:
    by_destination = defaultdict(list)
    for event in events:
        by_destination[event.destination].append(event)
    for destination, events_there in by_destination.items():
        states = fold(event for event in events_there if not is_drawing(event.walkthrough))
        names = _drawing_names(states)
        by_walkthrough: dict[str, list[Event]] = defaultdict(list)
        for event in events_there:
            by_walkthrough[event.walkthrough].append(event)
        for id_, state in states.items():
            if "date" in state.intent and "drawing_id" in state.intent:
                drawing_id = int(state.intent["drawing_id"])
                drawing = WalkedDrawing(
                    destination.ingest, destination.project, drawing_id, names[drawing_id]
                )
                yield _walk(drawing, id_, state, by_walkthrough[id_])


def _drawing_names(states: dict[str, WalkthroughState]) -> dict[int, str]:
    """The names of drawings by id; that of the latest walkthrough counts."""
    names: dict[int, str] = {}
    for state in states.values():
        drawing_id = int(state.intent.get("drawing_id", 0))
        name = state.intent.get("drawing")
        names[drawing_id] = str(name) if name else names.get(drawing_id, f"drawing {drawing_id}")
    return names


def _walk(
    drawing: WalkedDrawing, id_: str, state: WalkthroughState, events: Sequence[Event]
) -> ReportedWalk:
    finished = [event.at for event in events if event.kind is Kind.FINISHED]
    return ReportedWalk(
        drawing=drawing,
        id=id_,
        name=str(state.intent.get("name", id_)),
        date=dt.date.fromisoformat(str(state.intent["date"])),
        phase=state.phase,
        upload_id=state.upload_id,
        began=events[0].at,
        finished=finished[-1] if finished and state.phase is Phase.FINISHED else None,
        retries=sum(event.kind is Kind.SENT and bool(event.data.get("error")) for event in events),
        files=tuple(sorted(_files(state), key=lambda file: _as_walked(file.name))),
    )


def _as_walked(file: str) -> tuple[str, int, int, str]:
    """The sort key of a walk's files: both lenses of a chapter, then the next chapter."""
    name = parse_name(file.rpartition("/")[2])
    if name is None:
        return ("", 0, 0, file)
    return (name.local_start.isoformat(), name.chapter, name.lens, file)


def _files(state: WalkthroughState) -> Iterator[WalkedFile]:
    names = state.link.get("recordings") or state.intent.get("recordings") or {}
    begun = {key: recording.name for key, recording in state.recordings.items()}
    for identity, name in (names or begun).items():
        recording = state.recordings.get(identity)
        digests = (recording.sha256, recording.blake3) if recording is not None else (None, None)
        yield WalkedFile(str(name), Identity.parse(identity).length, *digests)
