"""The vocabulary of the ledger: which events there are and what each carries."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from runner.base.destination import Destination


class Kind(StrEnum):
    """What happened. The comment names the keys of the event's data."""

    # The frame of a run: its walkthroughs with work, and how many others there are by action.
    RUN_STARTED = "run_started"  # user, host, pid, command, version, addresses, plan, …
    RUN_ENDED = "run_ended"  # exit_status, started, ended, seconds, bytes, refused, …
    CREATING = "creating"  # name, date, drawing_id, drawing, uploaded_by, recordings: names
    CREATED = "created"  # upload_id
    REFUSED = "refused"  # reason: no upload object came into being
    HELD = "held"  # reason, …: nobody knows whether an upload object came into being
    ADOPTED = "adopted"  # upload_id, and who: a person found the object on the dashboard
    RELEASED = "released"  # who: a person found that there is no object
    # A person accepts the upload as it is: what the manifest said then counts as uploaded.
    KEPT = "kept"  # create: as `creating`, link: as `finishing`, and who
    RENEWED = "renewed"  # a person wants a new upload object on purpose
    # name, length, modified: the file's time of change, in ns, or the version (ETag) of an object;
    # the first checkpoint, as in `sent`
    TUS_CREATING = "tus_creating"
    TUS_CREATED = "tus_created"  # url: secret, whoever has it can write to the upload
    # How far a recording is, when it is gone on with, when sending stops and once a minute: offset,
    # modified. Before bytes leave, the checkpoint that covers them: the `blake3` of those from
    # `checked_from` up to `checked` (of older programs the `sha256` of the first `checked`).
    # `resumed` when it is gone on with, `unaskable` when the server refused to say how far it is.
    SENT = "sent"
    # offset: all; blake3, or null where an earlier run sent a part; sha256, or null unless it was
    # asked for, `unhashed` where it is taken later; bytes and retries of this run
    UPLOADED = "uploaded"
    ABANDONED = "abandoned"  # reason, name: this tus upload will not be used again
    FINISHING = "finishing"  # start_position, end_position, target_points_count, recordings
    FINISHED = "finished"  # status, retries
    # After it, of a recording that several runs sent: its sha256, or the reason why there is none;
    # or `mixed` where the file is not what was sent of it, and `failed` follows.
    HASHED = "hashed"
    # Why a walkthrough, or a recording, was not brought to its end: reason; of a walkthrough with
    # next_steps and retries, of a recording with bytes and retries. Stopped: by request.
    # With an outcome where that is another than failed.
    FAILED = "failed"
    STOPPED = "stopped"  # begun: false where another walkthrough showed that it would be vain
    CLAIMED = "claimed"  # host, pid: another worker goes on, and whoever wrote before may not
    # An upload object that came back to a worker which may no longer write; without a version.
    STRAY = "stray"  # upload_id
    # A run left it to another, or found it done: outcome, reason, upload_id. Without a version.
    ELSEWHERE = "elsewhere"


UNVERSIONED = frozenset({Kind.STRAY, Kind.ELSEWHERE})
"""What is said of a walkthrough by a worker that may not write of it; it says nothing of how far
it is."""

Data = Mapping[str, Any]
"""What an event carries."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger; `recording` is an identity's text where the event is about one.

    `walkthrough` may be the key of a drawing (see ledger/drawings.py), whose events are of the same
    kinds; its `upload_id` is the drawing's id.
    `version` counts the events of its walkthrough from 1; None for those of a run and for strays.
    `id` is its own (32 hex digits), by which an append can be repeated; whoever appends an event
    without one gives it one.
    """

    at: dt.datetime
    run: str
    destination: Destination
    walkthrough: str
    kind: Kind
    recording: str = ""
    data: Data = field(default_factory=dict)
    version: int | None = None
    id: str = ""


Entry = tuple[Kind, str, int | None, str, Data, dt.datetime]
"""What a state depends on of an event: kind, run, version, recording, data, at.

A ledger of finished walks has so many that making an Event of each takes longer than all else.
"""
