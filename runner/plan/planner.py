"""Planning: a pure function of manifests, their recordings and the ledger's state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runner.base.wording import counted, size
from runner.evercam.addresses import Addresses
from runner.ledger.next_steps import out_of_change, out_of_hold, out_of_renaming
from runner.ledger.state import NOTHING_KNOWN, Phase, RecordingState, States, WalkthroughState
from runner.manifest.model import Manifest, Walkthrough
from runner.plan.changes import (
    SentBefore,
    SentRecordings,
    create_changes,
    find_sent,
    finish_changes,
    recordings_sent,
)
from runner.plan.model import (
    NO_CHOICES,
    Action,
    Change,
    Choices,
    Plan,
    PlannedManifest,
    PlannedRecording,
    PlannedWalkthrough,
    Transfer,
)
from runner.plan.together import decided_together
from runner.problems.problem import Problem
from runner.recordings.files import RecordingFile

if TYPE_CHECKING:
    from runner.ledger.store import LedgerAddress  # it loads SQLite, which `validate` needs not

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
    ledger: "LedgerAddress"
    files: Files
    states: States
    problems: tuple[Problem, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    saved_plan: str = ""
    sources: tuple[Source, ...] = ()
    folder: Path = Path(".sitewalk")

    @property
    def runs_folder(self) -> Path:
        """Where runs leave their reports unless told otherwise."""
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
        decided_together(
            [
                _plan_walkthrough(source, walkthrough, states, sent, choices)
                for source in sources
                for walkthrough in source.manifest.walkthroughs
            ]
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
    case = _DecisionInput(manifest.path, walkthrough, manifest.uploaded_by, files, state, before)
    decision = _decide(case, choices)
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
        recordings=_recordings(decision, files),
        upload_id=state.upload_id,
        next_steps=decision.next_steps,
        changes=decision.changes,
        known=state.digest(),
        target_points=tuple(str(point) for point in walkthrough.target_points),
    )


@dataclass(frozen=True, slots=True)
class _DecisionInput:
    """Everything a decision about one walkthrough depends on."""

    manifest: str
    walkthrough: Walkthrough
    uploaded_by: str | None
    files: tuple[RecordingFile, ...]
    state: WalkthroughState
    sent_before: SentBefore | None

    def create_changes(self) -> tuple[Change, ...]:
        return create_changes(self.state, self.walkthrough, self.uploaded_by)

    def finish_changes(self) -> tuple[Change, ...]:
        return finish_changes(self.state, self.walkthrough, self.files)


@dataclass(frozen=True, slots=True)
class _Decision:
    action: Action
    reason: str
    state: WalkthroughState
    next_steps: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def _decide(case: _DecisionInput, choices: Choices) -> _Decision:
    id_, state = case.walkthrough.id, case.state
    if state.phase is Phase.HELD:
        return _held(case)
    if id_ in choices.again and state.phase is not Phase.NEW:
        reason = f"--again asks for a new upload besides {state.upload_id}"
        return _Decision(Action.CREATE, reason, NOTHING_KNOWN)
    match state.phase:
        case Phase.NEW:
            return _new(case, again=id_ in choices.again)
        case Phase.CREATED:
            return _continue(case)
        case _:
            return _finished(case, refinish=id_ in choices.refinish)


def _new(case: _DecisionInput, *, again: bool) -> _Decision:
    before = case.sent_before
    if before is None:
        return _Decision(Action.CREATE, "no upload of it is known", case.state)
    if again:
        reason = f"--again asks for a new upload besides {before.upload_id}"
        return _Decision(Action.CREATE, reason, case.state)
    next_steps = tuple(out_of_renaming(case.manifest, case.walkthrough.id, before.walkthrough))
    return _Decision(Action.CHANGED, before.reason, case.state, next_steps)


def _held(case: _DecisionInput) -> _Decision:
    next_steps = out_of_hold(case.manifest, case.walkthrough.id, case.state.intent)
    return _Decision(Action.HELD, case.state.held_reason, case.state, next_steps)


def _continue(case: _DecisionInput) -> _Decision:
    changes = case.create_changes()
    if changes:
        return _changed(case, changes, "changed since its upload object was created")
    recordings = [case.state.recordings.get(str(file.identity)) for file in case.files]
    done = sum(recording is not None and recording.uploaded for recording in recordings)
    if done == len(recordings):
        reason = f"all bytes are there; upload {case.state.upload_id} is not linked yet"
        return _Decision(Action.FINISH, reason, case.state)
    if done or any(recording is not None and recording.tus_url for recording in recordings):
        files = counted(len(recordings), "file")
        reason = f"upload {case.state.upload_id} exists, {done} of {files} sent"
        return _Decision(Action.RESUME, reason, case.state)
    reason = f"upload {case.state.upload_id} exists, no file was sent yet"
    return _Decision(Action.UPLOAD, reason, case.state)


def _finished(case: _DecisionInput, *, refinish: bool) -> _Decision:
    state = case.state
    creation, linking = case.create_changes(), case.finish_changes()
    if creation:
        cannot = "--refinish cannot change what its upload was created with"
        reason = cannot if refinish else "changed since it was uploaded"
        return _changed(case, (*creation, *linking), reason)
    if refinish:
        again = _continue(replace(case, state=replace(state, phase=Phase.CREATED)))
        return replace(again, reason=f"--refinish asks to link upload {state.upload_id} again")
    if linking:
        return _changed(case, linking, "changed since it was uploaded", linkable=True)
    return _Decision(Action.NOTHING, f"done as upload {state.upload_id}", state)


def _changed(
    case: _DecisionInput, changes: tuple[Change, ...], reason: str, *, linkable: bool = False
) -> _Decision:
    id_, upload_id = case.walkthrough.id, case.state.upload_id
    steps = out_of_change(case.manifest, id_, upload_id, linkable=linkable)
    return _Decision(Action.CHANGED, reason, case.state, tuple(steps), changes)


def _recordings(
    decision: _Decision, files: tuple[RecordingFile, ...]
) -> tuple[PlannedRecording, ...]:
    names = {recording.name for recording in decision.state.recordings.values()}
    return tuple(
        _recording(file, decision.state.recordings.get(str(file.identity)), names) for file in files
    )


def _recording(
    file: RecordingFile, state: RecordingState | None, names: set[str]
) -> PlannedRecording:
    transfer, reason, offset = Transfer.SEND, "not sent yet", 0
    if state is None and file.name in names:
        reason = "another file than the one sent before under this name, which is abandoned"
    if state is not None and state.uploaded:
        transfer, reason, offset = Transfer.NOTHING, "all bytes are on the server", file.length
    elif state is not None and state.tus_url:
        offset = min(state.offset, file.length)
        reason = f"{size(offset)} of {size(file.length)} sent; the server is asked what it has"
        transfer = Transfer.RESUME
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
