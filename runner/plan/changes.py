"""What differs from what was sent: values of a walkthrough, and recordings sent as another."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.ledger.state import States, WalkthroughState
from runner.manifest.model import Walkthrough
from runner.plan.model import Change
from runner.recordings.files import RecordingFile


def create_fields(
    name: str, date: dt.date, drawing_id: int, uploaded_by: str | None
) -> dict[str, Any]:
    """What the create request depends on, as the ledger keeps it."""
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
    """What the finish request depends on, as the ledger keeps it; names of files by identity."""
    return {
        "start_position": start_position,
        "end_position": end_position,
        "target_points_count": target_points_count,
        "recordings": dict(recordings),
    }


def created_otherwise(
    state: WalkthroughState, walkthrough: Walkthrough, uploaded_by: str | None
) -> tuple[Change, ...]:
    """How the create request that was sent differs from one sent now."""
    now = create_fields(walkthrough.name, walkthrough.date, walkthrough.drawing.id, uploaded_by)
    return tuple(_differences(state.intent, now))


def finished_otherwise(
    state: WalkthroughState, walkthrough: Walkthrough, files: tuple[RecordingFile, ...]
) -> tuple[Change, ...]:
    """How the finish request that was sent differs from one sent now.

    A recording that was renamed or moved has the same identity and is no change.
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
            yield Change(key, _shown(old[key]), _shown(value))


def _other_recordings(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    if not old or set(old) == set(new):
        return
    gone = sorted(name for identity, name in old.items() if identity not in new)
    came = sorted(name for identity, name in new.items() if identity not in old)
    for name in sorted(set(gone) & set(came)):
        yield Change(name, "the recording that was uploaded", "a file with other content")
    gone_for_good = [name for name in gone if name not in came]
    came_newly = [name for name in came if name not in gone]
    if gone_for_good or came_newly:
        yield Change("files", ", ".join(gone_for_good) or "none", ", ".join(came_newly) or "none")


def _shown(value: Any) -> str:
    return "the user who logs in" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class SentBefore:
    """A recording, by its name now, and the walkthrough and upload object that it went to."""

    name: str
    walkthrough: str
    upload_id: int

    @property
    def reason(self) -> str:
        """Why a person has to decide."""
        return f"{self.name} was sent before, as `{self.walkthrough}` (upload {self.upload_id})"


SentAs = Mapping[tuple[str, str], Mapping[str, int]]
"""The walkthroughs that have had a recording, with their upload object, by project and identity."""


def recordings_sent(states: States) -> SentAs:
    """Where each recording's bytes have begun to go."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for (project, id_), state in states.items():
        for identity, recording in state.recordings.items():
            if state.upload_id is not None and (recording.uploaded or recording.tus_url):
                found.setdefault((project, identity), {})[id_] = state.upload_id
    return found


def find_sent(
    sent: SentAs, project: str, id_: str, files: Sequence[RecordingFile]
) -> SentBefore | None:
    """The first of these recordings that went to another walkthrough than `id_`.

    Whoever gives a walkthrough another id would make its upload object a second time, and nobody
    can take that back; so it is asked for.
    """
    for file in files:
        for other, upload_id in sent.get((project, str(file.identity)), {}).items():
            if other != id_:
                return SentBefore(file.name, other, upload_id)
    return None
