"""Own the results of a run as the ledger tells them, for a run whose report is gone. Pure.

What the run wrote at its end is taken as it is. Of a run that was killed, the events of each
walkthrough say what became of it, and its beginning which walkthroughs were still to come.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from runner.destination import Destination
from runner.evercam.addresses import Addresses
from runner.ledger.events import Event, Kind
from runner.ledger.state import NOTHING_KNOWN, fold
from runner.report.as_json import walkthrough_from_json, walkthrough_json
from runner.report.results import Outcome, Results, WalkthroughResult
from runner.report.spread import spread_evenly
from runner.report.story import Story


def opening_data(expected: Iterable[WalkthroughResult], project: str) -> dict[str, object]:
    """What the first event of a run keeps: the results it has if nothing comes of it."""
    return {"walkthroughs": [_kept(one) for one in expected if one.project == project]}


def closing_data(results: Results, project: str) -> dict[str, object]:
    """What the last event of a run keeps of its results.

    Of a walkthrough that was done before the run, only that it took part: the ledger knows it.
    """
    return {
        "exit_status": int(results.exit_status),
        "started": results.started.isoformat(),
        "ended": results.ended.isoformat(),
        "bytes": results.bytes_sent,
        "seconds": results.seconds,
        "refused": results.refused,
        "interrupted": results.interrupted,
        "unexpected": results.unexpected,
        **opening_data(results.walkthroughs, project),
    }


def _kept(walkthrough: WalkthroughResult) -> dict[str, Any]:
    if walkthrough.outcome is Outcome.NOTHING:
        return {"id": walkthrough.id, "outcome": str(walkthrough.outcome)}
    return walkthrough_json(walkthrough)


def results_of_run(events: Sequence[Event], run: str, manifest: str = "") -> Results:
    """The results of a run that the ledger has events of; `manifest` is named in next steps."""
    own = [event for event in events if event.run == run]
    ends = [event for event in own if event.kind is Kind.RUN_ENDED]
    last = ends[-1].data if ends else {}
    places = dict.fromkeys(event.destination for event in own)
    walks = (one for place in places for one in _walkthroughs(events, run, place, manifest))
    results = Results(
        run,
        _moment(last, "started", own[0]),
        _moment(last, "ended", own[-1]),
        _addresses(own[0]),
        tuple(walks),
        interrupted=bool(last.get("interrupted", not ends)),
        refused=last.get("refused", ""),
        rebuilt=True,
        killed=not ends,
        unexpected=last.get("unexpected", False),
    )
    return replace(results, timeline=spread_evenly(results))


def _moment(end: Mapping[str, Any], key: str, otherwise: Event) -> dt.datetime:
    told = end.get(key)
    return dt.datetime.fromisoformat(told) if told else otherwise.at


def _addresses(start: Event) -> Addresses:
    told = start.data.get("addresses")
    if told:
        return Addresses(told["media"], told["ingest"], told["tus"])
    return Addresses("", start.destination.ingest, "")


def _walkthroughs(
    events: Sequence[Event], run: str, destination: Destination, manifest: str
) -> Iterator[WalkthroughResult]:
    """The walkthroughs that took part, in the plan's order or that of their events."""
    here = [event for event in events if event.destination == destination]
    first = next(number for number, event in enumerate(here) if event.run == run)
    own = [event for event in here[first:] if event.run == run]
    expected, told = _kept_by(Kind.RUN_STARTED, own), _kept_by(Kind.RUN_ENDED, own)
    before, after = fold(here[:first]), fold([*here[:first], *own])
    for id_, moves in _moves((*told, *expected), own).items():
        plan = expected.get(id_, {})
        kept = told.get(id_) or ({} if moves else plan)
        if "name" in kept:
            yield walkthrough_from_json(kept)
        elif id_ in after:
            known = before.get(id_, NOTHING_KNOWN)
            yield Story(destination, id_, known, after[id_], moves, plan, manifest).result()


def _moves(ids: Iterable[str], own: Iterable[Event]) -> dict[str, list[Event]]:
    """The run's events of each walkthrough, `ids` first."""
    moves: dict[str, list[Event]] = {id_: [] for id_ in ids}
    for event in own:
        if event.walkthrough:
            moves.setdefault(event.walkthrough, []).append(event)
    return moves


def _kept_by(kind: Kind, own: Sequence[Event]) -> dict[str, Mapping[str, Any]]:
    """The walkthroughs that the run's first or last event tells of, by id."""
    frames = [event.data for event in own if event.kind is kind]
    return {one["id"]: one for data in frames for one in data.get("walkthroughs", ())}
