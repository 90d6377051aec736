"""A card's recordings against the ledger: which are on Evercam, proven by their content."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from runner.base.errors import RecordingUnreadableError, UsageError, reason_of
from runner.base.wording import for_shell
from runner.ledger.state import Checkpoint, Phase, RecordingState, WalkthroughState
from runner.ledger.store import Ledger
from runner.recordings.identity import Identity
from runner.scan.finding import identify_file, look_into
from runner.scan.listing import list_files
from runner.scan.model import Candidate, LeftOut, Reason
from runner.upload.recording.digest import Check
from runner.upload.recording.same_file import (
    OtherContentError,
    SameFile,
    compare,
    covered,
    find_proof,
)

_THREADS = 8
_NO_RECORDINGS = frozenset({Reason.PROXY, Reason.PHOTO, Reason.SINGLE_LENS})
"""Reasons that rule a file out by its name: a preview, a picture, a flat video."""


class Standing(StrEnum):
    """Where a recording on a card is, as far as can be proven."""

    ON_EVERCAM = "on_evercam"
    NOT_FINISHED = "not_finished"
    NOT_SENT = "not_sent"
    OTHER_CONTENT = "other_content"
    NOT_PROVEN = "not_proven"
    UNREADABLE = "unreadable"


class Proof(StrEnum):
    """What proves that a file is the recording that was sent."""

    TIME = "time"
    BLAKE3 = "blake3"
    SHA256 = "sha256"


@dataclass(frozen=True, slots=True)
class CardRecording:
    """A recording on a card, in bytes, and the walkthrough and upload object it is in."""

    path: str
    length: int
    standing: Standing
    reason: str = ""
    proof: Proof | None = None
    project: str | None = None
    walkthrough: str | None = None
    upload_id: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What is on a card; `left_out` are files that are no recordings to be sent."""

    folder: str
    recordings: tuple[CardRecording, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def may_be_wiped(self) -> bool:
        """Whether there are recordings on it, and each of them is on Evercam."""
        return bool(self.recordings) and all(
            recording.standing is Standing.ON_EVERCAM for recording in self.recordings
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """How files are compared: `whole` reads each of them; `moved` hears of bytes as they are read.

    `check` raises where the comparison is not wanted any more.
    """

    whole: bool
    check: Check
    moved: Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Sent:
    """A recording that the ledger knows, as part of a walkthrough."""

    project: str
    walkthrough: str
    state: WalkthroughState
    recording: RecordingState

    def has_finished(self, identity: str) -> bool:
        linked = self.state.link.get("recordings", (identity,))
        is_finished = self.state.phase is Phase.FINISHED and self.recording.uploaded
        return is_finished and identity in linked


def read_card(
    folder: Path, ledger: Ledger, ingest: str, ignored: Collection[str], how: Comparison
) -> Card:
    """Find the recordings on a card, and whether each is on Evercam at an ingest address.

    Raises UsageError where the folder cannot be opened, LedgerError, and what `how.check` raises.
    """
    try:
        listing = list_files(str(folder), "")
    except OSError as error:
        message = f"{folder} cannot be opened: {reason_of(error)}"
        raise UsageError(message, "is the card or share mounted?") from error
    candidates = sorted(listing.candidates, key=lambda candidate: candidate.path)
    with ThreadPoolExecutor(_THREADS, "card") as executor:
        found = list(executor.map(identify_file, (candidate.location for candidate in candidates)))
    sent = _sent(ledger, ingest, [str(identity) for identity in found if identity])
    judged = [
        _judge(candidate, identity, sent, ignored, how)
        for candidate, identity in zip(candidates, found, strict=True)
    ]
    left_out = [file for file in listing.left_out if file.reason in _NO_RECORDINGS]
    left_out += [entry for entry in judged if isinstance(entry, LeftOut)]
    recordings = [recording for recording in judged if isinstance(recording, CardRecording)]
    recordings += [_unseen(file) for file in listing.left_out if file.reason not in _NO_RECORDINGS]
    return Card(str(folder), tuple(recordings), tuple(left_out))


def _unseen(left_out: LeftOut) -> CardRecording:
    """A link, an unreadable folder, or a name that no manifest can hold: not looked into."""
    return CardRecording(left_out.paths[0], 0, Standing.UNREADABLE, left_out.detail)


def _sent(ledger: Ledger, ingest: str, identities: Sequence[str]) -> dict[str, list[_Sent]]:
    """What the ledger knows of these recordings, by identity; other events are not read."""
    found: dict[str, list[_Sent]] = {identity: [] for identity in identities}
    for destination in sorted(ledger.destinations()):
        if destination.ingest != ingest:
            continue
        senders = ledger.senders(destination, identities)
        for id_, state in ledger.states_of(destination, senders).items():
            for identity, recording in state.recordings.items():
                if identity in found:
                    sent = _Sent(destination.project, id_, state, recording)
                    found[identity].append(sent)
    return found


def _judge(
    candidate: Candidate,
    identity: Identity | None,
    sent: Mapping[str, Sequence[_Sent]],
    ignored: Collection[str],
    how: Comparison,
) -> CardRecording | LeftOut:
    if identity is None:
        return CardRecording(candidate.path, 0, Standing.UNREADABLE, "it cannot be read")
    known = sent[str(identity)]
    if not known:
        return _unknown(candidate, identity, ignored)
    finished = [walkthrough for walkthrough in known if walkthrough.has_finished(str(identity))]
    if not finished:
        return _placed(candidate, identity, known[0], Standing.NOT_FINISHED, _WHY_NOT_FINISHED)
    judged = [_compared(candidate, identity, walkthrough, how) for walkthrough in finished]
    return next((entry for entry in judged if entry.standing is Standing.ON_EVERCAM), judged[0])


_WHY_NOT_FINISHED = "its walkthrough is not finished"


def _unknown(
    candidate: Candidate, identity: Identity, ignored: Collection[str]
) -> CardRecording | LeftOut:
    """A file unknown to the ledger: a recording, unless its content shows that it is none."""
    if candidate.path in ignored or candidate.path.rpartition("/")[2] in ignored:
        return LeftOut(Reason.IGNORED, (candidate.path,))
    looked_into = look_into(candidate)
    if looked_into.fault in {Reason.PROXY, Reason.PHOTO}:
        return LeftOut(looked_into.fault, (candidate.path,), looked_into.trouble)
    why = f"the ledger does not know it; it {looked_into.trouble}" if looked_into.trouble else ""
    reason = why or "the ledger does not know it"
    return CardRecording(candidate.path, identity.length, Standing.NOT_SENT, reason)


def _compared(
    candidate: Candidate, identity: Identity, sent: _Sent, how: Comparison
) -> CardRecording:
    """Compare a file with what was sent; reads all of it only where nothing less proves it."""
    path, known = Path(str(candidate.location)), sent.recording  # a card is a folder here
    try:
        modified = path.stat().st_mtime_ns
        is_untouched = find_proof(known, modified, identity.length) is SameFile.TIME
        if is_untouched and not how.whole:
            return _placed(candidate, identity, sent, Standing.ON_EVERCAM, proof=Proof.TIME)
        checkpoints = tuple(_checkpoints(known, identity.length, whole=how.whole))
        if covered(checkpoints) < identity.length:
            return _placed(candidate, identity, sent, Standing.NOT_PROVEN, _WHY_NOT_PROVEN)
        moved = lambda at: how.moved(candidate.path, at, identity.length)  # noqa: E731 - of this file
        compare(path, checkpoints, how.check, moved=moved)
    except OtherContentError:
        return _placed(candidate, identity, sent, Standing.OTHER_CONTENT, _WHY_OTHER)
    except (OSError, RecordingUnreadableError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        return _placed(candidate, identity, sent, Standing.UNREADABLE, reason)
    proof = Proof(checkpoints[-1].algorithm)
    return _placed(candidate, identity, sent, Standing.ON_EVERCAM, proof=proof)


_WHY_NOT_PROVEN = "the ledger has no digest of all of it, and its time of change has moved"
_WHY_OTHER = "its content is not what was sent, though its length and both ends are"


def _checkpoints(known: RecordingState, length: int, *, whole: bool) -> Iterator[Checkpoint]:
    """The digests that cover a recording: its sha256 where whole files are compared."""
    if whole and known.sha256 is not None:
        yield Checkpoint(length, known.sha256, 0, "sha256")
        return
    yield from known.checkpoints


def _placed(
    candidate: Candidate,
    identity: Identity,
    sent: _Sent,
    standing: Standing,
    reason: str = "",
    *,
    proof: Proof | None = None,
) -> CardRecording:
    return CardRecording(
        candidate.path,
        identity.length,
        standing,
        reason,
        proof,
        sent.project,
        sent.walkthrough,
        sent.state.upload_id,
    )


def how_to_send(folder: Path) -> str:
    """The command that finds what is not sent yet."""
    return f"sitewalk scan {for_shell(str(folder))}"
