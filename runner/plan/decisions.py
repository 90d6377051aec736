"""The decision about one walkthrough: which action, and why, from what is known of it."""

from dataclasses import dataclass, replace

from runner.base.wording import counted
from runner.ledger.next_steps import out_of_change, out_of_hold, out_of_renaming
from runner.ledger.state import NOTHING_KNOWN, Phase, WalkthroughState
from runner.manifest.model import Walkthrough
from runner.plan.changes import SentBefore, create_changes, finish_changes, sent_before
from runner.plan.model import Action, Change, Choices
from runner.recordings.files import RecordingFile


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """Everything a decision about one walkthrough depends on."""

    manifest: str
    walkthrough: Walkthrough
    uploaded_by: str | None
    files: tuple[RecordingFile, ...]
    state: WalkthroughState
    sent_before: SentBefore | None

    def create_changes(self) -> tuple[Change, ...]:
        """What changed since the create request."""
        return create_changes(self.state, self.walkthrough, self.uploaded_by)

    def finish_changes(self) -> tuple[Change, ...]:
        """What changed since the finish request."""
        return finish_changes(self.state, self.walkthrough, self.files)


@dataclass(frozen=True, slots=True)
class PlanDecision:
    """What to do with a walkthrough, why, and the state from which to go on."""

    action: Action
    reason: str
    state: WalkthroughState
    next_steps: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def decide(case: DecisionInput, choices: Choices) -> PlanDecision:
    """The action for a walkthrough, by its phase and what the user chose."""
    id_, state = case.walkthrough.id, case.state
    if state.phase is Phase.HELD:
        return _held(case)
    if id_ in choices.again and state.phase is not Phase.NEW:
        reason = f"--again asks for a new upload besides {state.upload_id}"
        return PlanDecision(Action.CREATE, reason, NOTHING_KNOWN)
    match state.phase:
        case Phase.NEW:
            return _new(case, again=id_ in choices.again)
        case Phase.CREATED:
            return _continue(case)
        case _:
            return _finished(case, refinish=id_ in choices.refinish)


def _new(case: DecisionInput, *, again: bool) -> PlanDecision:
    before = case.sent_before
    if before is None:
        return PlanDecision(Action.CREATE, "no upload of it is known", case.state)
    _, other, upload_id = before
    if again:
        reason = f"--again asks for a new upload besides {upload_id}"
        return PlanDecision(Action.CREATE, reason, case.state)
    next_steps = tuple(out_of_renaming(case.manifest, case.walkthrough.id, other))
    return PlanDecision(Action.CHANGED, sent_before(*before), case.state, next_steps)


def _held(case: DecisionInput) -> PlanDecision:
    next_steps = out_of_hold(case.manifest, case.walkthrough.id, case.state.intent)
    return PlanDecision(Action.HELD, case.state.held_reason, case.state, next_steps)


def _continue(case: DecisionInput) -> PlanDecision:
    changes = case.create_changes()
    if changes:
        return _changed(case, changes, "changed since its upload object was created")
    recordings = [case.state.recordings.get(str(file.identity)) for file in case.files]
    done = sum(recording is not None and recording.uploaded for recording in recordings)
    if done == len(recordings):
        reason = f"all bytes are there; upload {case.state.upload_id} is not linked yet"
        return PlanDecision(Action.FINISH, reason, case.state)
    if done or any(recording is not None and recording.tus_url for recording in recordings):
        files = counted(len(recordings), "file")
        reason = f"upload {case.state.upload_id} exists, {done} of {files} sent"
        return PlanDecision(Action.RESUME, reason, case.state)
    reason = f"upload {case.state.upload_id} exists, no file was sent yet"
    return PlanDecision(Action.UPLOAD, reason, case.state)


def _finished(case: DecisionInput, *, refinish: bool) -> PlanDecision:
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
    return PlanDecision(Action.NOTHING, f"done as upload {state.upload_id}", state)


def _changed(
    case: DecisionInput, changes: tuple[Change, ...], reason: str, *, linkable: bool = False
) -> PlanDecision:
    id_, upload_id = case.walkthrough.id, case.state.upload_id
    steps = out_of_change(case.manifest, id_, upload_id, linkable=linkable)
    return PlanDecision(Action.CHANGED, reason, case.state, tuple(steps), changes)
