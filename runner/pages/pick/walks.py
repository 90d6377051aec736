"""Walks on the desk: what helps to tell which is which, and the routes they likely took."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.base.wording import day
from runner.ledger.state import Phase, WalkthroughState
from runner.manifest.meaning.drafts import Draft
from runner.recordings.files import RecordingFile
from runner.recordings.identity import Identity
from runner.recordings.names import parse_name

_RECENT = 4
"""Walks of a route that count for where it stands in a day's order, and how long it is."""

_UNLIKE = 0.5
"""What counts for lengths that cannot be compared: as much as half a place in the order."""

_WEIGHT = 3.0
"""A walk twice as long differs as much as one that is two places away in the order."""


@dataclass(frozen=True, slots=True)
class WalkFacts:
    """What the recordings of a walk say: `start` by the camera's clock, `seconds` of its video.

    `length` is in bytes; `first` is where the first recording lies, None when it is not there.
    """

    camera: str = ""
    start: dt.datetime | None = None
    seconds: float | None = None
    length: int = 0
    first: Path | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk of a manifest; `rank` is its place among the walks of its day, from 0."""

    id: str
    date: dt.date | None
    route: str | None
    rank: int
    facts: WalkFacts
    is_finished: bool


@dataclass(frozen=True, slots=True)
class LikelyRoute:
    """A route that a walk may have taken, and why it stands where it does in the list."""

    name: str
    why: str


def facts_of(draft: Draft, files: Mapping[str, RecordingFile]) -> WalkFacts:
    """What is known of a walk from those of its recordings that are there."""
    found = [files[name] for name in draft.files if name in files]
    infos = [file.info for file in found if file.info]
    named = [parsed for name in draft.files if (parsed := parse_name(name.rpartition("/")[2]))]
    starts = [info.local_start for info in infos if info.local_start]
    seconds: dict[int, float] = {}
    for file in found:
        name = parse_name(file.name.rpartition("/")[2])
        chapter = name.chapter if name else 0  # both lenses of a chapter took the same time
        if file.info and file.info.duration:
            seconds[chapter] = max(seconds.get(chapter, 0), file.info.duration)
    return WalkFacts(
        next((info.camera for info in infos if info.camera), ""),
        min([*starts, *(name.local_start for name in named)], default=None),
        sum(seconds.values()) or None,
        sum(file.identity.length for file in found),
        next((file.location for file in found if isinstance(file.location, Path)), None),
    )


def sent_length(state: WalkthroughState | None) -> int:
    """The bytes of a walk that the ledger knows, whose recordings may be gone by now."""
    if state is None:
        return 0
    sent = state.link.get("recordings") or state.intent.get("recordings") or {}
    return sum(Identity.parse(identity).length for identity in sent)


def walks_of(
    drafts: Sequence[Draft],
    files: Mapping[str, RecordingFile],
    states: Mapping[str, WalkthroughState],
) -> tuple[Walk, ...]:
    """The walks of a manifest, each with its place in the order of its day."""
    by_day: dict[dt.date | None, list[tuple[Draft, WalkFacts]]] = defaultdict(list)
    for draft in drafts:
        if draft.id:
            by_day[draft.date].append((draft, facts_of(draft, files)))
    return tuple(
        _walk(draft, rank, facts, states.get(draft.id or ""))
        for found in by_day.values()
        for rank, (draft, facts) in enumerate(sorted(found, key=lambda each: _began(each[1])))
    )


def _began(facts: WalkFacts) -> str:
    return facts.start.isoformat() if facts.start else ""


def _walk(draft: Draft, rank: int, facts: WalkFacts, state: WalkthroughState | None) -> Walk:
    if not facts.length:
        facts = WalkFacts(facts.camera, facts.start, facts.seconds, sent_length(state))
    is_finished = state is not None and state.phase is Phase.FINISHED
    return Walk(draft.id or "", draft.date, draft.route, rank, facts, is_finished)


def likely_routes(
    walk: Walk, walks: Iterable[Walk], routes: Iterable[str]
) -> tuple[LikelyRoute, ...]:
    """All routes: first those walked in the same order and length on earlier days, best first."""
    earlier: dict[str, list[Walk]] = defaultdict(list)
    for other in walks:
        if other.route and walk.date and other.date and other.date < walk.date:
            earlier[other.route].append(other)
    recent = {
        name: sorted(found, key=lambda other: str(other.date))[-_RECENT:]
        for name, found in earlier.items()
    }
    known = sorted((name for name in routes if name in recent), key=_cost_for(walk, recent))
    return (
        *(LikelyRoute(name, _why(recent[name][-1])) for name in known),
        *(LikelyRoute(name, "") for name in routes if name not in recent),
    )


def _cost_for(walk: Walk, recent: Mapping[str, Sequence[Walk]]) -> Callable[[str], float]:
    def cost(name: str) -> float:
        return sum(_differences(walk, recent[name])) / len(recent[name])

    return cost


def _differences(walk: Walk, others: Iterable[Walk]) -> Iterator[float]:
    for other in others:
        lengths = (walk.facts.length, other.facts.length)
        ratio = abs(math.log(lengths[0] / lengths[1])) if all(lengths) else _UNLIKE
        yield abs(walk.rank - other.rank) + _WEIGHT * ratio


_PLACES = ("1st", "2nd", "3rd")


def _why(walk: Walk) -> str:
    """When the route was walked last, and as which walk of that day."""
    place = _PLACES[walk.rank] if walk.rank < len(_PLACES) else f"{walk.rank + 1}th"
    return f"{place} on {day(walk.date)}" if walk.date else ""
