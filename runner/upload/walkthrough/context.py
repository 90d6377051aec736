"""What the work on a walkthrough is given, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from runner.base.clock import seconds_awake_or_asleep
from runner.evercam.client import Evercam
from runner.evercam.http.kept import KeptSessions
from runner.evercam.http.session import Session
from runner.ledger.claims import Claims
from runner.ledger.events import Event
from runner.ledger.state import WalkthroughState
from runner.plan.model import PlannedWalkthrough
from runner.recordings.files import RecordingFile
from runner.upload.halt import Halt
from runner.upload.journal import ProgressListener, RunJournal, ignore
from runner.upload.recording.context import UploadContext
from runner.upload.slots import OneByOne, Sender


@dataclass(frozen=True, slots=True)
class RunContext:
    """What the jobs of a run share."""

    run: str
    evercam: Evercam
    journal: RunJournal
    uploads: UploadContext
    uploader: str | None = None
    listener: ProgressListener = ignore
    halt: Halt = field(default_factory=Halt)
    claims: Claims | None = None
    """Those of a shared ledger; a file has one writer, who read it when it was planned."""
    uptime: Callable[[], float] = seconds_awake_or_asleep
    tus: KeptSessions = field(default_factory=lambda: KeptSessions(Session))
    slots: Sender = field(default_factory=OneByOne)


@dataclass(frozen=True, slots=True)
class JobInput:
    """A planned walkthrough with its files on disk and what the ledger knows of it."""

    planned: PlannedWalkthrough
    files: Mapping[str, RecordingFile]
    known: WalkthroughState


@dataclass(frozen=True, slots=True)
class JobResult:
    """What the run has to know of a job's end; what became of it is in its events.

    `refused` is the message when Evercam refused the credentials; `is_taken` while another worker
    has the walkthrough, or is to have it. `unwritten` are events of another process that the ledger
    did not take.
    """

    refused: str = ""
    unexpected: bool = False
    is_taken: bool = False
    unwritten: tuple[Event, ...] = ()
