"""Own what a scan need not find again: what a manifest lists and what the ledger knows."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.inside import is_inside
from runner.ledger.events import Event
from runner.ledger.state import Phase, WalkthroughState, fold
from runner.recordings.identity import Identity
from runner.scan.model import Known, Listed, Owner, Reason


def known_recordings(data: Mapping[str, Any], root: Path, events: Iterable[Event]) -> Known:
    """What a manifest's values list, which may be unfinished, and what a ledger's events tell."""
    listed = tuple(
        Listed(_tidy(name), str(root / name), _size(root / name), (Reason.LISTED, id_))
        for name, id_ in _names(data)
    )
    return Known(listed, _in_ledger(events))


def _names(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for walkthrough in data.get("walkthroughs") or ():
        if isinstance(walkthrough, dict):
            files = walkthrough.get("files")
            for name in files if isinstance(files, list) else ():
                if isinstance(name, str) and is_inside(name):
                    yield name, str(walkthrough.get("id"))


def _tidy(name: str) -> str:
    return os.path.normpath(name).replace(os.sep, "/")


def _size(location: Path) -> int:
    try:
        return location.stat().st_size
    except OSError:
        return 0


def _in_ledger(events: Iterable[Event]) -> dict[Identity, Owner]:
    by_destination = defaultdict(list)
    for event in events:
        by_destination[event.destination].append(event)
    return {
        Identity.parse(key): (_reason(state), id_)
        for own in by_destination.values()
        for id_, state in fold(own).items()
        for key in state.recordings
    }


def _reason(state: WalkthroughState) -> Reason:
    return Reason.FINISHED if state.phase is Phase.FINISHED else Reason.UNDER_WAY
