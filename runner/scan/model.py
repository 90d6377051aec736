"""Values of a scan: files that were found, walks made of them, and what was left out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from runner.recordings.identity import Identity
from runner.recordings.insv.facts import InsvFacts
from runner.recordings.names import RecordingName
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
    """The same recording was found at another place, too."""
    LINK = "link"
    """A link, not a file: what it leads to is found where it is, or is not inside the root."""
    LISTED = "listed"
    """The manifest has it."""
    FINISHED = "finished"
    """The ledger says it is on Evercam."""
    UNDER_WAY = "under_way"
    """The ledger knows it from a walkthrough that is not finished."""
    HALF_KNOWN = "half_known"
    """Other files of the same walk are in a manifest or in the ledger, this one is not."""
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
        """Whether every card has such files, so that their number is enough."""
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
    """Files that are in no new walkthrough; paths as in a manifest, the detail a clause."""

    reason: Reason
    paths: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file whose name does not rule it out; `path` is relative to the media root."""

    location: str
    path: str
    name: RecordingName | None


@dataclass(frozen=True, slots=True)
class ScannedFile(TakeFile):
    """A file that was looked into; `facts` are None when it is no recording.

    `fault` is what by itself keeps it from being sent, `trouble` a clause that tells more of it.
    """

    location: str
    path: str
    size: int
    name: RecordingName | None
    facts: InsvFacts | None = None
    fault: Reason | None = None
    trouble: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether it would be part of a walk if it were whole."""
        return self.fault is Reason.BROKEN

    @property
    def title(self) -> str:
        """Its bare file name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class NewWalk:
    """The whole files of one press of the button, in order; `start` is None where nobody knows."""

    files: tuple[ScannedFile, ...]
    start: dt.datetime | None

    @property
    def first(self) -> ScannedFile:
        """The file with which it begins."""
        return self.files[0]


Owner = tuple[Reason, str]
"""Why a recording is not new, and the id of the walkthrough that has it."""


@dataclass(frozen=True, slots=True)
class ManifestRecording:
    """A recording in a manifest: its path there, where it is on disk, its size (0: not there)."""

    path: str
    location: str
    size: int
    owner: Owner


@dataclass(frozen=True, slots=True)
class KnownRecordings:
    """What is known already: the recordings of a manifest, and those of a ledger by identity."""

    listed: tuple[ManifestRecording, ...] = ()
    in_ledger: Mapping[Identity, Owner] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """By path: who has a file already, and the identity of those that may equal another."""

    owners: Mapping[str, Owner]
    identities: Mapping[str, Identity]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came of a scan: new walks in the order of time, and everything else."""

    walks: tuple[NewWalk, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def needs_attention(self) -> bool:
        """Whether a walk may be lost unless a person does something."""
        return any(left_out.reason.needs_attention for left_out in self.left_out)
