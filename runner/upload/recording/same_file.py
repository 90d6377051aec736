"""The same file's proof: what was sent of a recording before is compared with what it is now."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from blake3 import blake3

from runner.base.errors import SitewalkError
from runner.ledger.state import Checkpoint, RecordingState
from runner.recordings.stored import Location
from runner.upload.recording.digest import Check, Hasher, Reader, Span

_ALGORITHMS: dict[str, Callable[[], Hasher]] = {"blake3": blake3, "sha256": hashlib.sha256}

CONTRADICTED = "its beginning is not what was sent of it before"
UNPROVEN = "it was written to or copied since, and not all that was sent of it can be compared"


class OtherContentError(SitewalkError):
    """The half-sent upload may be of other content than the file has now; it is begun anew."""


def compare(
    location: Location,
    checkpoints: Iterable[Checkpoint],
    check: Check,
    also: Sequence[Span] = (),
    moved: Callable[[int], None] = lambda _reached: None,
) -> None:
    """Read from a file what checkpoints cover, once, and whatever else is wanted of it.

    `moved` is told from time to time how far that is.

    Raises OtherContentError where it is another file's, what `check` raises meanwhile, and
    the errors of `read_block`.
    """
    spans = [
        (Span(one.start, one.offset, _ALGORITHMS[one.algorithm]()), one.digest)
        for one in checkpoints
    ]
    wanted = [*(span for span, _ in spans), *also]
    if not wanted:
        return
    end = max(span.end for span in wanted)
    with Reader(location, wanted, end) as reader:

        def look() -> None:
            check()
            moved(reader.reached)

        reader.wait_for(end, look)
    if any(span.hasher.hexdigest() != digest for span, digest in spans):
        raise OtherContentError(CONTRADICTED)


def whole_sha256(
    location: Location,
    length: int,
    checkpoints: Iterable[Checkpoint],
    check: Check,
    moved: Callable[[int], None] = lambda _reached: None,
) -> str:
    """The sha256 of a recording that is all sent, compared on the way. Raises as `compare` does."""
    span = Span(0, length, hashlib.sha256())
    compare(location, checkpoints, check, [span], moved)
    return span.hasher.hexdigest()


class SameFile(StrEnum):
    """What shows that the bytes on the server are the file's own."""

    NEEDLESS = "the server has none yet"
    TIME = "nobody wrote to the file since"
    DIGEST = "their digests, which are to be compared before anything else is sent"
    MISSING = "nothing does"


def find_proof(known: RecordingState, modified: int | str, offset: int) -> SameFile:
    """What shows that `offset` bytes are those of a file.

    `modified` is when it was last changed (ns), or the version of an object. A copied file has
    another time; then checkpoints must cover the whole of what was sent.
    """
    if offset == 0:
        return SameFile.NEEDLESS
    if known.modified == modified:
        return SameFile.TIME
    return SameFile.DIGEST if covered(known.checkpoints) >= offset else SameFile.MISSING


def covered(checkpoints: Iterable[Checkpoint]) -> int:
    """How many bytes from a file's start checkpoints cover without a gap."""
    end = 0
    for checkpoint in sorted(checkpoints, key=lambda one: one.start):
        if checkpoint.start <= end:
            end = max(end, checkpoint.offset)
    return end
