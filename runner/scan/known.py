"""Known recordings: what a manifest lists, what the ledger knows, and what equals another file."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from itertools import starmap
from pathlib import Path
from typing import Any

from runner.base.files import is_inside
from runner.ledger.events import Event
from runner.ledger.fold import fold
from runner.ledger.state import Phase, WalkthroughState
from runner.recordings.address import MediaRoot
from runner.recordings.identity import Identity
from runner.recordings.stored import StoredObject
from runner.scan.finding import identify_file
from runner.scan.listing import stored_objects
from runner.scan.model import (
    Duplicates,
    KnownRecordings,
    ManifestRecording,
    Owner,
    Reason,
    ScannedFile,
)


def known_recordings(
    data: Mapping[str, Any], root: MediaRoot, events: Iterable[Event]
) -> KnownRecordings:
    """The recordings that a manifest's values, even unfinished ones, and a ledger's events hold.

    Raises what `stored_objects` does where the media root is a store.
    """
    names = [(_tidy(name), (Reason.LISTED, id_)) for name, id_ in _names(data)]
    if isinstance(root, Path):
        places = ((path, str(root / path), _size(root / path), owner) for path, owner in names)
        return KnownRecordings(tuple(starmap(ManifestRecording, places)), _in_ledger(events))
    there = {found.info.key: found for found in stored_objects(root)} if names else {}
    listed = tuple(
        ManifestRecording(path, there[path], there[path].info.size, owner)
        if path in there
        else ManifestRecording(path, path, 0, owner)
        for path, owner in names
    )
    return KnownRecordings(listed, _in_ledger(events))


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
        for events_there in by_destination.values()
        for id_, state in fold(events_there).items()
        for key in state.recordings
    }


def _reason(state: WalkthroughState) -> Reason:
    return Reason.FINISHED if state.phase is Phase.FINISHED else Reason.UNDER_WAY


def find_duplicates(
    found: Iterable[ScannedFile], known: KnownRecordings, executor: Executor
) -> Duplicates:
    """Compare files with what is known and with each other.

    Only files that share their size with another are read for this, and none that the manifest
    lists by path.
    """
    listed = {recording.path: recording.owner for recording in known.listed}
    unlisted = [file for file in found if file.size and file.path not in listed]
    alike = _with_size_of_another(unlisted, known)
    identities = _identify({file.path: file.location for file in alike}, executor)
    owners = {**_owners_of_listed(unlisted, known, executor), **known.in_ledger}
    same = {path: owners[key] for path, key in identities.items() if key in owners}
    return Duplicates({**listed, **same}, identities)


def _with_size_of_another(
    unlisted: Sequence[ScannedFile], known: KnownRecordings
) -> list[ScannedFile]:
    count = Counter(file.size for file in unlisted)
    sizes = {recording.size for recording in known.listed}
    sizes |= {identity.length for identity in known.in_ledger}
    return [file for file in unlisted if count[file.size] > 1 or file.size in sizes]


def _owners_of_listed(
    unlisted: Sequence[ScannedFile], known: KnownRecordings, executor: Executor
) -> dict[Identity, Owner]:
    """The owners of the manifest's recordings by identity, where a file found may equal them."""
    sizes = {file.size for file in unlisted}
    alike = {recording.path: recording for recording in known.listed if recording.size in sizes}
    found = _identify({path: recording.location for path, recording in alike.items()}, executor)
    return {identity: alike[path].owner for path, identity in found.items()}


def _identify(
    locations: Mapping[str, str | StoredObject], executor: Executor
) -> dict[str, Identity]:
    """The identities of files by path, without those that cannot be read."""
    identities = executor.map(identify_file, locations.values())
    return {path: key for path, key in zip(locations, identities, strict=True) if key}
