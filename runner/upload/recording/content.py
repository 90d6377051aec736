"""What is sent of a file: its checkpoints, and whether it is still the file they are of."""

from collections.abc import Callable
from typing import Any, BinaryIO

from runner.base.errors import RecordingChangedError
from runner.ledger.state import Checkpoint, RecordingState, with_checkpoint
from runner.recordings.files import RecordingFile
from runner.recordings.stores import BusyStoreError
from runner.recordings.unchanged import require_unchanged
from runner.upload.recording.chunking import last_modified, unreadable
from runner.upload.recording.digest import Check
from runner.upload.recording.read_ahead import ReadAhead
from runner.upload.recording.same_file import (
    UNPROVEN,
    OtherContentError,
    SameFile,
    compare,
    covered,
    find_proof,
)

_COMPARED = "compared with what was sent of it, as it may have changed since"


class SentContent:
    """The content of one recording's upload, in one run.

    `modified` is the file's time of change (ns), of an object its version, with which its content
    is what was sent; `checkpoints` are of what was sent by this run and before. `check` may end any
    wait for the disk, `note` is told of a comparison, and `keep` writes a checkpoint into the
    ledger, also from the thread that reads ahead.
    """

    def __init__(
        self,
        recording: RecordingFile,
        check: Check,
        note: Callable[[str], None],
        keep: Callable[..., None],
        *,
        sha256: bool,
    ) -> None:
        self._recording = recording
        self._check = check
        self._note = note
        self._keep = keep
        self._wants_sha256 = sha256
        self._ahead: ReadAhead | None = None
        self._checked = 0
        self._looked_at: int | str = 0
        self.checkpoints: tuple[Checkpoint, ...] = ()
        self.modified: int | str = 0

    def begin(self, file: BinaryIO) -> None:
        """Take the open file as it is now."""
        self.modified = self._looked_at = last_modified(file)

    def close(self) -> None:
        """End the reading."""
        if self._ahead is not None:
            self._ahead.close()
            self._ahead = None

    def forget(self) -> None:
        """Of an upload that is abandoned nothing counts; the next one is of the file as it is."""
        self.close()
        self.checkpoints, self._checked = (), 0

    def prove(self, known: RecordingState, offset: int) -> SameFile:
        """Make sure that what the server has from an earlier run is this file's beginning.

        Raises OtherContentError.
        """
        proof = find_proof(known, self.modified, offset)
        self.checkpoints = () if proof is SameFile.NEEDLESS else known.checkpoints
        if proof is SameFile.MISSING:
            raise OtherContentError(UNPROVEN)
        if proof is SameFile.DIGEST:
            self._compare(offset)
        return proof

    def require_same(self, file: BinaryIO, offset: int) -> None:
        """Where the file's time of change moved while it was sent, its content decides.

        Raises RecordingChangedError.
        """
        while (modified := last_modified(file)) != self.modified:
            try:
                self._compare(offset)
            except OtherContentError as error:
                message = f"`{self._recording.name}` changed while it was sent"
                raise RecordingChangedError(message) from error
            self.modified = modified

    def _compare(self, offset: int) -> None:
        if covered(self.checkpoints) < offset:
            raise OtherContentError(UNPROVEN)
        self._note(_COMPARED)
        compare(self._recording.location, self.checkpoints, self._check)

    def look_at_ends(self, file: BinaryIO) -> None:
        """Where its time of change moved, look at once for what shows quickly: length and ends.

        Raises RecordingChangedError.
        """
        modified = last_modified(file)
        if modified != self._looked_at:
            self._looked_at = modified
            try:
                require_unchanged(self._recording)
            except BusyStoreError as error:
                raise unreadable(error) from error
            except RecordingChangedError as error:
                raise RecordingChangedError(f"{error}: it changed while it was sent") from error

    def is_covered(self, offset: int) -> bool:
        """Whether the sender knows of a checkpoint of this run that covers all before an offset."""
        return offset <= self._checked

    def first_checkpoint(self, offset: int) -> dict[str, Any]:
        """What an event says of the first bytes that may be sent from here on, once written."""
        return self._told(self._read_ahead(offset).first(self._check))

    def cover(self, start: int, offset: int) -> None:
        """See that checkpoints in the ledger cover what is sent from `start` up to an offset."""
        ahead = self._ahead
        if ahead is None:
            ahead = self._read_ahead(start)
            self._keep(**self._told(ahead.first(self._check)))
        self._checked = ahead.cover(offset, self._check)

    def _read_ahead(self, offset: int) -> ReadAhead:
        self.close()  # of an attempt before, whose request failed
        place, length = self._recording.location, self._recording.length
        self._ahead = ReadAhead(
            place, offset, length, self._keep_another, sha256=self._wants_sha256
        )
        self._ahead.start()
        return self._ahead

    def _keep_another(self, checkpoint: Checkpoint) -> None:
        self._keep(**self._told(checkpoint))

    def _told(self, latest: Checkpoint) -> dict[str, Any]:
        self.checkpoints = with_checkpoint(self.checkpoints, latest)
        told = {"checked": latest.offset, latest.algorithm: latest.digest}
        return told | ({"checked_from": latest.start} if latest.start else {})

    def blake3(self) -> str | None:
        """That of the whole, where a single checkpoint covers it."""
        whole = (0, self._recording.length, "blake3")
        digests = {
            (checkpoint.start, checkpoint.offset, checkpoint.algorithm): checkpoint.digest
            for checkpoint in self.checkpoints
        }
        return digests.get(whole)

    def sha256(self) -> str | None:
        """That of the whole, where it was wanted and all was read to be sent."""
        return self._ahead.sha256 if self._ahead is not None else None
