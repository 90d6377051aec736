"""Changes since an upload: values that differ, and recordings that another walkthrough sent."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.ledger.state import States, WalkthroughState
from runner.manifest.model import Walkthrough
from runner.plan.model import Change
from runner.recordings.files import RecordingFile


def create_fields(
    name: str, date: dt.date, drawing_id: int, uploaded_by: str | None
) -> dict[str, Any]:
    """The values that the create request depends on, as the ledger keeps them."""
    return {
        "name": name,
        "date": date.isoformat(),
        "drawing_id": drawing_id,
        "uploaded_by": uploaded_by,
    }


def link_fields(
    start_position: str,
    end_position: str,
    target_points_count: int,
    recordings: Mapping[str, str],
) -> dict[str, Any]:
    """The values that the finish request depends on, as the ledger keeps them.

    `recordings` are names of files by identity.
    """
    return {
        "start_position": start_position,
        "end_position": end_position,
        "target_points_count": target_points_count,
        "recordings": dict(recordings),
    }


def create_changes(
    state: WalkthroughState, walkthrough: Walkthrough, uploaded_by: str | None
) -> tuple[Change, ...]:
    """The values in which the create request that was sent differs from one sent now."""
    now = create_fields(walkthrough.name, walkthrough.date, walkthrough.drawing.id, uploaded_by)
    return tuple(_differences(state.intent, now))


def finish_changes(
    state: WalkthroughState, walkthrough: Walkthrough, files: tuple[RecordingFile, ...]
) -> tuple[Change, ...]:
    """The values in which the finish request that was sent differs from one sent now.

    A recording that was renamed or moved keeps its identity and is no change.
    """
    now = link_fields(
        str(walkthrough.start_position),
        str(walkthrough.end_position),
        walkthrough.target_points_count,
        {str(file.identity): file.name for file in files},
    )
    before = dict(state.link)
    old, new = before.pop("recordings", {}), now.pop("recordings")
    return (*_differences(before, now), *_other_recordings(old, new))


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key, value in new.items():
        if key in old and old[key] != value:
            yield Change(key, _in_words(old[key]), _in_words(value))


def _other_recordings(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    if not old or set(old) == set(new):
        return
    gone = sorted(name for identity, name in old.items() if identity not in new)
    came = sorted(name for identity, name in new.items() if identity not in old)
    for name in sorted(set(gone) & set(came)):
        yield Change(name, "the recording that was uploaded", "a file with other content")
    removed = [name for name in gone if name not in came]
    added = [name for name in came if name not in gone]
    if removed or added:
        yield Change("files", ", ".join(removed) or "none", ", ".join(added) or "none")


def _in_words(value: Any) -> str:
    return "the user who logs in" if value is None else str(value)


SentBefore = tuple[str, str, int]
"""A recording by its present name, and the walkthrough and upload object it was sent to."""


def sent_before(name: str, walkthrough: str, upload_id: int) -> str:
    """Why a person has to decide about a walkthrough with such a recording."""
    return f"{name} was sent before, as `{walkthrough}` (upload {upload_id})"


SentRecordings = Mapping[tuple[str, str], Mapping[str, int]]
"""Upload objects by walkthrough id, for each project and identity of a recording."""


def recordings_sent(states: States) -> SentRecordings:
    """The walkthroughs that each recording was sent to, in full or in part."""
    sent: dict[tuple[str, str], dict[str, int]] = {}
    for (project, id_), state in states.items():
        for identity, recording in state.recordings.items():
            is_there = recording.uploaded or recording.tus_url or recording.unhashed
            if state.upload_id is not None and is_there:
                sent.setdefault((project, identity), {})[id_] = state.upload_id
    return sent


def find_sent(
    sent: SentRecordings, project: str, id_: str, files: Sequence[RecordingFile]
) -> SentBefore | None:
    """The first of these recordings that was sent to another walkthrough than `id_`.

    A walkthrough under another id would be uploaded a second time, which nobody can take back; so
    a person has to ask for it.
    """
    for file in files:
        for other, upload_id in sent.get((project, str(file.identity)), {}).items():
            if other != id_:
                return file.name, other, upload_id
    return None
