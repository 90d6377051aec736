"""Results of a run as a fold of its events: live, from the ledger, from a run's log. Pure.

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
from runner.ledger.drawings import is_drawing
from runner.ledger.events import Event, Kind
from runner.ledger.fold import fold
from runner.ledger.state import NOTHING_KNOWN, States
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

    `manifest` replaces, in next steps, the path that the run was given. A run without an end event
    counts as killed.
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
    """The states of all walkthroughs before the first event of a run."""
    destinations = {event.destination for event in events if event.run == run}
    states: dict[_Key, Any] = {}
    for destination in destinations:
        events_there = [event for event in events if event.destination == destination]
        first = next(number for number, event in enumerate(events_there) if event.run == run)
        known = fold(events_there[:first]).items()
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
    """The number of walkthroughs without work, by outcome."""
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
    planned, ended = _listed_in(Kind.RUN_STARTED, events), _listed_in(Kind.RUN_ENDED, events)
    events_of = _by_walkthrough((*ended, *planned), events)
    not_started = _not_started(end, is_begun=any(events_of.values()))
    for key, walkthrough_events in events_of.items():
        plan = planned.get(key, {})
        stored = ended.get(key) or ({} if walkthrough_events else plan)
        if "outcome" in stored and "name" in stored:
            yield walkthrough_from_json(stored)
        elif walkthrough_events or key in before or "action" in plan:
            state = before.get(key, NOTHING_KNOWN)
            run = WalkthroughRun(*key, plan, state, walkthrough_events, manifest, not_started)
            yield run.result()


def _listed_in(kind: Kind, events: Iterable[Event]) -> dict[_Key, Mapping[str, Any]]:
    """The walkthroughs that a run's start or end events list."""
    return {
        (event.destination.project, walkthrough["id"]): walkthrough
        for event in events
        if event.kind is kind
        for walkthrough in event.data.get("walkthroughs", ())
    }


def _by_walkthrough(keys: Iterable[_Key], events: Iterable[Event]) -> dict[_Key, list[Event]]:
    """The events of each walkthrough, `keys` first."""
    found: dict[_Key, list[Event]] = {key: [] for key in keys}
    for event in events:
        if event.walkthrough and not is_drawing(event.walkthrough):
            found.setdefault((event.destination.project, event.walkthrough), []).append(event)
    return found


def _not_started(end: Mapping[str, Any] | None, *, is_begun: bool) -> str:
    """The reason why a walkthrough without events was not begun."""
    if end is None:
        return "the run ended before its turn"
    refused = str(end.get("refused", ""))
    return refused if refused and not is_begun else "the run was stopped before its turn"
