"""The values of a plan: an action and a reason for every walkthrough and recording."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from runner.base.destination import Destination
from runner.evercam.addresses import Addresses


class Action(StrEnum):
    """What would be done with a walkthrough."""

    CREATE = "create"
    UPLOAD = "upload"
    RESUME = "resume"
    FINISH = "finish"
    NOTHING = "nothing"
    HELD = "held"
    CHANGED = "changed"


WORK = frozenset({Action.CREATE, Action.UPLOAD, Action.RESUME, Action.FINISH})
"""The actions that send something."""

DECISIONS = frozenset({Action.HELD, Action.CHANGED})
"""The actions that wait for a person."""


class TransferKind(StrEnum):
    """What would be done with a recording's bytes."""

    SEND = "send"
    RESUME = "resume"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class PlannedRecording:
    """A recording of a plan: `offset` is how many bytes the server was last known to have.

    `camera`, `duration` (seconds) and `local_start` (the camera's clock, no time zone) are None
    where the recording does not hold them.
    """

    name: str
    title: str
    identity: str
    length: int
    transfer: TransferKind
    reason: str
    offset: int = 0
    camera: str | None = None
    duration: float | None = None
    local_start: dt.datetime | None = None

    @property
    def left(self) -> int:
        """Bytes still to be sent."""
        return 0 if self.transfer is TransferKind.NOTHING else self.length - self.offset


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs from what was uploaded."""

    field: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"


@dataclass(frozen=True, slots=True)
class PlannedWalkthrough:
    """A walkthrough of a plan: the action, why, and for held and changed ones what can be done.

    `target_points` are empty where the manifest gives only their count.
    """

    manifest: str
    project: str
    id: str
    action: Action
    reason: str
    name: str
    date: dt.date
    drawing: str
    drawing_id: int
    uploaded_by: str | None
    start_position: str
    end_position: str
    target_points_count: int
    recordings: tuple[PlannedRecording, ...]
    upload_id: int | None = None
    next_steps: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    known: str = ""
    target_points: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Bytes still to be sent; none while a person has to decide."""
        return sum(recording.left for recording in self.recordings) if self.action in WORK else 0


@dataclass(frozen=True, slots=True)
class PlannedManifest:
    """A manifest that a plan was made from: its path and the SHA-256 of its text."""

    path: str
    sha256: str
    project: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Ids of walkthroughs that a person wants linked again, or uploaded again on purpose."""

    refinish: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()

    def without(self, ids: frozenset[str]) -> "Choices":
        """The choices for all other walkthroughs."""
        return Choices(self.refinish - ids, self.again - ids)


NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: what would be done with every walkthrough, in the manifests' order."""

    addresses: Addresses
    manifests: tuple[PlannedManifest, ...]
    walkthroughs: tuple[PlannedWalkthrough, ...]
    choices: Choices = NO_CHOICES

    @property
    def destinations(self) -> frozenset[Destination]:
        """The destinations of its walkthroughs."""
        return frozenset(
            self.addresses.destination(manifest.project) for manifest in self.manifests
        )

    @property
    def left(self) -> int:
        """Bytes still to be sent."""
        return sum(walkthrough.left for walkthrough in self.walkthroughs)

    @property
    def streams(self) -> int:
        """Recordings that have bytes to be sent, so many at once at most."""
        return sum(
            recording.left > 0
            for walkthrough in self.with_action(*WORK)
            for recording in walkthrough.recordings
        )

    def with_action(self, *actions: Action) -> tuple[PlannedWalkthrough, ...]:
        """The walkthroughs with one of these actions."""
        return tuple(
            walkthrough for walkthrough in self.walkthroughs if walkthrough.action in actions
        )

    @property
    def is_pending(self) -> bool:
        """Whether applying it would send anything."""
        return any(walkthrough.action in WORK for walkthrough in self.walkthroughs)

    @property
    def needs_decision(self) -> bool:
        """Whether something waits for a person."""
        return any(walkthrough.action in DECISIONS for walkthrough in self.walkthroughs)
