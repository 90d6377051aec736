"""Results of a run: a fold of its events, for a live run, the ledger and a run's log alike. Pure.

The events of a run are enough. Only a live run knows two things more: its timeline as it was
measured, and what its walkthroughs without work are (`Results.others` counts them). What the ledger
knew before is needed only for runs of an older program, whose first event does not tell it; their
last event may hold whole results, which are taken as they are.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from runner.evercam.addresses import Addresses
from runner.ledger.events import Event, Kind
from runner.ledger.state import NOTHING_KNOWN, States, fold
from runner.report.forms.as_json import walkthrough_from_json
from runner.report.results import Outcome, Results, WalkthroughResult
from runner.report.walkthrough_fold import WalkthroughRun

_Key = tuple[str, str]
"""A project and a walkthrough's id."""

_NO_STATES: States = {}


def results_of_run(
    events: Sequence[Event], before: States = _NO_STATES, manifest: str = ""
) -> Results:
    """The results of the run that left these events, of which there is at least one.

    `manifest` is named in next steps instead of the path that the run was given. A run without an
    end is told as one that was killed.
    """
    ends = [event.data for event in events if event.kind is Kind.RUN_ENDED]
    end = ends[-1] if ends else {}
    return Results(
        events[0].run,
        _moment(end, "started", events[0]),
        _moment(end, "ended", events[-1]),
        _addresses(events[0]),
        tuple(_walkthroughs(events, end if ends else None, before, manifest)),
        interrupted=bool(end.get("interrupted", not ends)),
        refused=end.get("refused", ""),
        killed=not ends,
        unexpected=end.get("unexpected", False),
        others=_others(events),
    )


def states_before(events: Sequence[Event], run: str) -> States:
    """What a ledger knew of each walkthrough before the first event of a run."""
    destinations = {event.destination for event in events if event.run == run}
    states: dict[_Key, Any] = {}
    for destination in destinations:
        here = [event for event in events if event.destination == destination]
        first = next(number for number, event in enumerate(here) if event.run == run)
        known = fold(here[:first]).items()
        states |= {(destination.project, id_): state for id_, state in known}
    return states


def _moment(end: Mapping[str, Any], key: str, otherwise: Event) -> dt.datetime:
    text = end.get(key)
    return dt.datetime.fromisoformat(text) if text else otherwise.at


def _addresses(start: Event) -> Addresses:
    given = start.data.get("addresses")
    if given:
        return Addresses(given["media"], given["ingest"], given["tus"])
    return Addresses("", start.destination.ingest, "")


def _others(events: Iterable[Event]) -> dict[Outcome, int]:
    """How many walkthroughs there was nothing to do for, by what they are."""
    counts: Counter[Outcome] = Counter()
    for event in events:
        if event.kind is Kind.RUN_STARTED:
            others = event.data.get("others", {})
            counts.update({Outcome(action): count for action, count in others.items()})
    return dict(counts)


def _walkthroughs(
    events: Sequence[Event], end: Mapping[str, Any] | None, before: States, manifest: str
) -> Iterator[WalkthroughResult]:
    """The walkthroughs that took part, in the plan's order or that of their events."""
    planned, ended = _framed(Kind.RUN_STARTED, events), _framed(Kind.RUN_ENDED, events)
    own = _by_walkthrough((*ended, *planned), events)
    not_started = _not_started(end, is_begun=any(own.values()))
    for key, moves in own.items():
        plan = planned.get(key, {})
        stored = ended.get(key) or ({} if moves else plan)
        if "outcome" in stored and "name" in stored:
            yield walkthrough_from_json(stored)
        elif moves or key in before or "action" in plan:
            state = before.get(key, NOTHING_KNOWN)
            run = WalkthroughRun(*key, plan, state, moves, manifest, not_started)
            yield run.result()


def _framed(kind: Kind, events: Iterable[Event]) -> dict[_Key, Mapping[str, Any]]:
    """The walkthroughs that the run's first or last events tell of."""
    return {
        (event.destination.project, walkthrough["id"]): walkthrough
        for event in events
        if event.kind is kind
        for walkthrough in event.data.get("walkthroughs", ())
    }


def _by_walkthrough(keys: Iterable[_Key], events: Iterable[Event]) -> dict[_Key, list[Event]]:
    """The events of each walkthrough, `keys` first."""
    own: dict[_Key, list[Event]] = {key: [] for key in keys}
    for event in events:
        if event.walkthrough:
            own.setdefault((event.destination.project, event.walkthrough), []).append(event)
    return own


def _not_started(end: Mapping[str, Any] | None, *, is_begun: bool) -> str:
    """Why a walkthrough of which there is no event was not begun."""
    if end is None:
        return "the run ended before its turn"
    refused = str(end.get("refused", ""))
    return refused if refused and not is_begun else "the run was stopped before its turn"
