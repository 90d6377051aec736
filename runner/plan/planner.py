"""Planning: a pure function of manifests, their recordings and the ledger's state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runner.base.wording import size
from runner.evercam.addresses import Addresses
from runner.ledger.address import LedgerAddress
from runner.ledger.state import NOTHING_KNOWN, RecordingState, States
from runner.manifest.model import Manifest, Walkthrough
from runner.plan.changes import (
    SentRecordings,
    find_sent,
    recordings_sent,
)
from runner.plan.decisions import DecisionInput, PlanDecision, decide
from runner.plan.model import (
    NO_CHOICES,
    Choices,
    Plan,
    PlannedManifest,
    PlannedRecording,
    PlannedWalkthrough,
    TransferKind,
)
from runner.problems.problem import Problem
from runner.recordings.files import RecordingFile

Files = Mapping[tuple[str, str, str], RecordingFile]
"""The recordings on disk by project, walkthrough id and name in the manifest.

Manifests in different folders may each have a recording of the same name.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A manifest, and its recordings on disk by their name in it."""

    manifest: Manifest
    files: Mapping[str, RecordingFile]


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all it was made from, and the ledger it was made with.

    `folder` is their `.sitewalk`. `saved_plan` is the digest of the saved plan that was planned
    again, or empty.
    """

    plan: Plan
    ledger: LedgerAddress
    files: Files
    states: States
    problems: tuple[Problem, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    saved_plan: str = ""
    sources: tuple[Source, ...] = ()
    folder: Path = Path(".sitewalk")

    @property
    def runs_folder(self) -> Path:
        """Where runs leave their reports by default."""
        return self.folder / "runs"

    @property
    def manifests(self) -> tuple[Path, ...]:
        """The manifests it was made from."""
        return tuple(Path(manifest.path) for manifest in self.plan.manifests)


def make_plan(
    sources: Sequence[Source],
    states: States,
    addresses: Addresses,
    choices: Choices = NO_CHOICES,
) -> Plan:
    """The plan for these manifests: an action and a reason for every walkthrough."""
    sent = recordings_sent(states)
    return Plan(
        addresses,
        tuple(
            PlannedManifest(manifest.path, manifest.sha256, manifest.project)
            for manifest in (source.manifest for source in sources)
        ),
        tuple(
            _plan_walkthrough(source, walkthrough, states, sent, choices)
            for source in sources
            for walkthrough in source.manifest.walkthroughs
        ),
        choices,
    )


def _plan_walkthrough(
    source: Source,
    walkthrough: Walkthrough,
    states: States,
    sent: SentRecordings,
    choices: Choices,
) -> PlannedWalkthrough:
    manifest = source.manifest
    state = states.get((manifest.project, walkthrough.id), NOTHING_KNOWN)
    files = tuple(source.files[name] for name in walkthrough.files)
    before = find_sent(sent, manifest.project, walkthrough.id, files)
    case = DecisionInput(manifest.path, walkthrough, manifest.uploaded_by, files, state, before)
    return _planned(manifest, case, decide(case, choices))


def _planned(manifest: Manifest, case: DecisionInput, decision: PlanDecision) -> PlannedWalkthrough:
    walkthrough = case.walkthrough
    return PlannedWalkthrough(
        manifest=manifest.path,
        project=manifest.project,
        id=walkthrough.id,
        action=decision.action,
        reason=decision.reason,
        name=walkthrough.name,
        date=walkthrough.date,
        drawing=walkthrough.drawing.name,
        drawing_id=walkthrough.drawing.id,
        uploaded_by=manifest.uploaded_by,
        start_position=str(walkthrough.start_position),
        end_position=str(walkthrough.end_position),
        target_points_count=walkthrough.target_points_count,
        recordings=_recordings(decision, case.files),
        upload_id=case.state.upload_id,
        next_steps=decision.next_steps,
        changes=decision.changes,
        known=case.state.digest(),
        target_points=tuple(str(point) for point in walkthrough.target_points),
    )


def _recordings(
    decision: PlanDecision, files: tuple[RecordingFile, ...]
) -> tuple[PlannedRecording, ...]:
    names = {recording.name for recording in decision.state.recordings.values()}
    return tuple(
        _recording(file, decision.state.recordings.get(str(file.identity)), names) for file in files
    )


def _recording(
    file: RecordingFile, state: RecordingState | None, names: set[str]
) -> PlannedRecording:
    transfer, reason, offset = TransferKind.SEND, "not sent yet", 0
    if state is None and file.name in names:
        reason = "another file than the one sent before under this name, which is abandoned"
    if state is not None and state.uploaded:
        transfer, reason, offset = TransferKind.NOTHING, "all bytes are on the server", file.length
    elif state is not None and state.tus_url:
        offset = min(state.offset, file.length)
        reason = f"{size(offset)} of {size(file.length)} sent; the server is asked what it has"
        transfer = TransferKind.RESUME
    info = file.info
    return PlannedRecording(
        name=file.name,
        title=file.title,
        identity=str(file.identity),
        length=file.length,
        transfer=transfer,
        reason=reason,
        offset=offset,
        camera=info.camera if info else None,
        duration=info.duration if info else None,
        local_start=info.local_start if info else None,
    )
