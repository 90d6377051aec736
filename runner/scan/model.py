"""The values of a scan: files found, new walks made of them, and what was left out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from runner.recordings.identity import Identity
from runner.recordings.insv.facts import InsvFacts
from runner.recordings.names import RecordingName
from runner.recordings.stored import StoredObject
from runner.recordings.takes import TakeFile


class Reason(StrEnum):
    """Why files are not in a new walkthrough."""

    PROXY = "proxy"
    """A small copy for previews."""
    PHOTO = "photo"
    TIME_LAPSE = "time_lapse"
    SINGLE_LENS = "single_lens"
    """A flat picture."""
    IGNORED = "ignored"
    """The project file says to leave it out."""
    COPY = "copy"
    """The same recording was found at another path, too."""
    LINK = "link"
    """A link: its target is found where it is, or is outside the media root."""
    LISTED = "listed"
    """The manifest lists it."""
    FINISHED = "finished"
    """The ledger says it is on Evercam."""
    UNDER_WAY = "under_way"
    """The ledger knows it as part of a walkthrough that is not finished."""
    HALF_KNOWN = "half_known"
    """A manifest or the ledger has other files of the same walk, but not this one."""
    BROKEN = "broken"
    """A file of the walk cannot be played."""
    INCOMPLETE = "incomplete"
    """A file of the walk is missing."""
    UNREADABLE = "unreadable"
    """The file or folder could not be opened."""
    UNNAMEABLE = "unnameable"
    """A manifest cannot hold the name."""

    @property
    def is_expected(self) -> bool:
        """Whether every card has such files, so that only their number is shown."""
        return self in _EXPECTED

    @property
    def needs_attention(self) -> bool:
        """Whether a walk may be lost unless a person does something."""
        return self in _NEEDS_ATTENTION


_EXPECTED = frozenset(
    {Reason.PROXY, Reason.IGNORED, Reason.LISTED, Reason.FINISHED, Reason.UNDER_WAY}
)
_NEEDS_ATTENTION = frozenset(
    {
        Reason.HALF_KNOWN,
        Reason.BROKEN,
        Reason.INCOMPLETE,
        Reason.UNREADABLE,
        Reason.UNNAMEABLE,
    }
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Files in no new walkthrough; `paths` are as in a manifest, `detail` is a clause."""

    reason: Reason
    paths: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file whose name does not rule it out; `path` is relative to the media root."""

    location: str | StoredObject
    path: str
    name: RecordingName | None


@dataclass(frozen=True, slots=True)
class ScannedFile(TakeFile):
    """A file that was looked into; `facts` is None when it is no recording.

    `size` is in bytes. `fault` is why it is not fit to be sent by itself, `trouble` a clause with
    the details.
    """

    location: str | StoredObject
    path: str
    size: int
    name: RecordingName | None
    facts: InsvFacts | None = None
    fault: Reason | None = None
    trouble: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether it is broken, and would be part of a walk if it were not."""
        return self.fault is Reason.BROKEN

    @property
    def title(self) -> str:
        """The bare file name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class NewWalk:
    """The whole files of one take in order; `start` is None when it is unknown."""

    files: tuple[ScannedFile, ...]
    start: dt.datetime | None

    @property
    def first(self) -> ScannedFile:
        """The file with which the walk begins."""
        return self.files[0]


Owner = tuple[Reason, str]
"""Why a recording is not new, and the id of the walkthrough that has it."""


@dataclass(frozen=True, slots=True)
class ManifestRecording:
    """A recording in a manifest: its path there, where it is, its size (0: not there)."""

    path: str
    location: str | StoredObject
    size: int
    owner: Owner


@dataclass(frozen=True, slots=True)
class KnownRecordings:
    """The recordings known before a scan: a manifest's, and those of a ledger by identity."""

    listed: tuple[ManifestRecording, ...] = ()
    in_ledger: Mapping[Identity, Owner] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """By path: the owners of known files, and the identities of files that may equal another."""

    owners: Mapping[str, Owner]
    identities: Mapping[str, Identity]


@dataclass(frozen=True, slots=True)
class Scanned:
    """The result of a scan: new walks in the order of time, and everything left out."""

    walks: tuple[NewWalk, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def needs_attention(self) -> bool:
        """Whether a walk may be lost unless a person does something."""
        return any(left_out.reason.needs_attention for left_out in self.left_out)
