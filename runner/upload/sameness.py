"""Own the proof that a half-sent upload is of the file as it lies there now. Pure.

Length and both ends are compared before; a change in between shows in the time of change, or in the
sha256 of the file's beginning up to a checkpoint.
"""

from enum import StrEnum

from runner.ledger.state import RecordingState


class SameFile(StrEnum):
    """What shows that the bytes on the server are the file's own."""

    NEEDLESS = "the server has none yet"
    TIME = "nobody wrote to the file since"
    DIGEST = "their sha256, which is to be compared before anything else is sent"
    MISSING = "nothing does"


def find_proof(known: RecordingState, modified: int, offset: int) -> SameFile:
    """What shows that `offset` bytes are those of a file last changed at `modified` (ns).

    A copied file has another time; then the whole of what was sent must lie before a checkpoint.
    """
    if offset == 0:
        return SameFile.NEEDLESS
    if known.modified == modified:
        return SameFile.TIME
    if known.checkpoint is not None and known.checkpoint.offset >= offset:
        return SameFile.DIGEST
    return SameFile.MISSING
