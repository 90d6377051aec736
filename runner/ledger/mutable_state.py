"""States that change in place while events are folded: each event replaces a few of many values."""

from runner.ledger.state import RecordingState, WalkthroughState


class MutableWalkthrough:
    """What becomes a WalkthroughState."""

    def __init__(self, state: WalkthroughState) -> None:
        self.go_on_from(state)

    def go_on_from(self, state: WalkthroughState) -> None:
        """Be like this state."""
        self.phase, self.upload_id, self.is_adopted = state.phase, state.upload_id, state.is_adopted
        self.intent, self.link = state.intent, state.link
        self.recordings = {key: MutableRecording(known) for key, known in state.recordings.items()}
        self.held_reason, self.since = state.held_reason, state.since
        self.failure, self.failed_at = state.failure, state.failed_at
        self.run, self.version, self.strays = state.run, state.version, state.strays

    def state(self) -> WalkthroughState:
        """The state as it is now."""
        return WalkthroughState(
            phase=self.phase,
            upload_id=self.upload_id,
            is_adopted=self.is_adopted,
            intent=self.intent,
            link=self.link,
            recordings={key: known.state() for key, known in self.recordings.items()},
            held_reason=self.held_reason,
            failure=self.failure,
            failed_at=self.failed_at,
            since=self.since,
            run=self.run,
            version=self.version,
            strays=self.strays,
        )


class MutableRecording:
    """What becomes a RecordingState."""

    def __init__(self, state: RecordingState) -> None:
        self.name, self.modified, self.tus_url = state.name, state.modified, state.tus_url
        self.offset, self.uploaded, self.unaskable = state.offset, state.uploaded, state.unaskable
        self.checkpoints, self.blake3 = state.checkpoints, state.blake3
        self.sha256, self.unhashed = state.sha256, state.unhashed

    def state(self) -> RecordingState:
        """The state as it is now."""
        return RecordingState(
            name=self.name,
            tus_url=self.tus_url,
            offset=self.offset,
            uploaded=self.uploaded,
            sha256=self.sha256,
            modified=self.modified,
            checkpoints=self.checkpoints,
            unaskable=self.unaskable,
            blake3=self.blake3,
            unhashed=self.unhashed,
        )
