"""What the ledger knows of a walkthrough and of its recordings."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit


class Phase(StrEnum):
    """How far a walkthrough's upload object has come."""

    NEW = "new"
    HELD = "held"
    CREATED = "created"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The digest of a recording's bytes from `start` up to `offset`, as they are sent."""

    offset: int
    digest: str
    start: int = 0
    algorithm: str = "blake3"


def with_checkpoint(
    checkpoints: tuple[Checkpoint, ...], latest: Checkpoint
) -> tuple[Checkpoint, ...]:
    """The checkpoints with one more, which replaces those from its start on."""
    return (*(known for known in checkpoints if known.start < latest.start), latest)


@dataclass(frozen=True, slots=True)
class RecordingState:
    """A recording's tus upload: `offset` is how far it was when that was last written down.

    `modified` is the file's time of change while it was sent (ns since 1970), or the version (ETag)
    of an object; `checkpoints` what is known of the bytes that were sent, one for each run that
    sent some. `unaskable` when the last run that asked for the offset was refused an answer,
    `unhashed` is why a sha256 that was asked for is not there.
    """

    name: str
    tus_url: str | None = None
    offset: int = 0
    uploaded: bool = False
    sha256: str | None = None
    modified: int | str | None = None
    checkpoints: tuple[Checkpoint, ...] = ()
    unaskable: bool = False
    blake3: str | None = None
    unhashed: str = ""


@dataclass(frozen=True, slots=True)
class WalkthroughState:
    """All that the ledger knows of one walkthrough.

    `recordings` go by identity; `failure` is why it last failed, until it is finished or given
    another upload object; `run` is the one that wrote of it last, and `version` that of its last
    event. `is_adopted` while its upload object is what a person said, and no finish has shown that
    it is there. `strays` are other upload objects, which came back to a worker that was overtaken.
    """

    phase: Phase = Phase.NEW
    upload_id: int | None = None
    is_adopted: bool = False
    intent: Mapping[str, Any] = field(default_factory=dict)
    link: Mapping[str, Any] = field(default_factory=dict)
    recordings: Mapping[str, RecordingState] = field(default_factory=dict)
    held_reason: str = ""
    failure: str = ""
    failed_at: dt.datetime | None = None
    since: dt.datetime | None = None
    run: str = ""
    version: int = 0
    strays: tuple[int, ...] = ()

    def digest(self) -> str:
        """A short fingerprint of everything that planning depends on."""
        recordings = {key: _fields(state) for key, state in sorted(self.recordings.items())}
        parts = [self.phase, self.upload_id, dict(self.intent), dict(self.link), recordings]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


NOTHING_KNOWN = WalkthroughState()
"""The state of a walkthrough without events."""

States = Mapping[tuple[str, str], WalkthroughState]
"""What the ledger knows, by project and walkthrough id."""

NO_STATES: States = MappingProxyType({})


def _fields(state: RecordingState) -> list[Any]:
    return [state.tus_url, state.offset, state.uploaded]


def usable_at(state: WalkthroughState, tus: str) -> WalkthroughState:
    """The state as a run can go on from it with the tus server that is configured.

    Of a recording sent to another server nothing is there, and an address from there must not be
    linked; nor does a whole recording without an address help, as a run's log leaves it. The
    server may call itself otherwise than by its port or scheme, so its host is compared.
    """
    if state.phase is Phase.FINISHED:
        return state
    usable = {
        identity: recording
        for identity, recording in state.recordings.items()
        if _is_usable(recording, tus)
    }
    return replace(state, recordings=usable)


def _is_usable(recording: RecordingState, tus: str) -> bool:
    if recording.tus_url is None:
        return not recording.uploaded
    return _host(recording.tus_url) == _host(tus)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
