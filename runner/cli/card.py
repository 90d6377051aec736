"""`sitewalk status --card`: whether a card may be wiped."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runner.base.clock import CancelToken, Clock, SystemClock
from runner.base.errors import ExitStatus
from runner.base.wording import counted, json_text, listed, printable, size
from runner.cli.console import Console
from runner.cli.options import Format, ledger_here, settings_here
from runner.cli.stopping import stop_on_signals
from runner.flow.card import (
    Card,
    CardRecording,
    Comparison,
    Proof,
    Standing,
    how_to_send,
    read_card,
)
from runner.flow.ledgers import open_for_reading
from runner.flow.project import only_project
from runner.scan.text import NOUNS

CARD_VERSION = "1.0"
_SECONDS_BETWEEN_LINES = 60.0


def card_status(folder: Path, manifests: list[Path], form: Format, *, whole: bool) -> ExitStatus:
    """Compare a card with the ledger, and say whether it may be wiped."""
    console, stop = Console(), CancelToken()
    project = only_project(manifests or [Path("manifest.yaml")])
    ignored = frozenset(project.ignored if project else ())
    ingest = settings_here(manifests).addresses.ingest
    with (
        open_for_reading(ledger_here(manifests)) as ledger,
        stop_on_signals(stop, console, "stopping"),
        _shown(console, SystemClock()) as shown,
    ):
        how = Comparison(whole, stop.check, shown.moved)
        card = read_card(folder, ledger, ingest, ignored, how)
    text = json_text(card_json(card)) if form is Format.JSON else card_text(card)
    console.data(text)
    return ExitStatus.DONE if card.may_be_wiped else ExitStatus.DECISION


class _Reading:
    """Tells how far the reading of a file is: over one line of a terminal, else once a minute."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._said = clock.monotonic()

    def moved(self, path: str, done: int, length: int) -> None:
        name = path.rpartition("/")[2]
        line = printable(f"comparing {name}, {size(done)} of {size(length)}")
        now = self._clock.monotonic()
        if self._console.is_terminal:
            self._console.draw(line)
        elif now - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = now
            self._console.say(line)


@contextlib.contextmanager
def _shown(console: Console, clock: Clock) -> Iterator[_Reading]:
    try:
        yield _Reading(console, clock)
    finally:
        if console.is_terminal:
            console.draw("")


_WORDS = {
    Standing.ON_EVERCAM: "on Evercam",
    Standing.NOT_FINISHED: "not finished",
    Standing.NOT_SENT: "not sent",
    Standing.OTHER_CONTENT: "changed",
    Standing.NOT_PROVEN: "not proven",
    Standing.UNREADABLE: "unreadable",
}
_PROOFS = {
    Proof.TIME: "not changed since",
    Proof.BLAKE3: "compared by BLAKE3",
    Proof.SHA256: "compared by sha256",
}
_WIDTH = max(map(len, _WORDS.values()))


def card_text(card: Card) -> str:
    """The answer for people: what stands in the way comes last, beside it."""
    return "\n".join([*map(printable, _lines(card)), ""])


def _lines(card: Card) -> Iterator[str]:
    order = list(_WORDS)
    for recording in sorted(card.recordings, key=lambda recording: order.index(recording.standing)):
        yield f"{_WORDS[recording.standing]:<{_WIDTH}}  {_about(recording)}"
    by_reason: dict[Any, list[str]] = defaultdict(list)
    for left_out in card.left_out:
        by_reason[left_out.reason] += left_out.paths
    for reason, paths in by_reason.items():
        yield f"left out: {counted(len(paths), *NOUNS[reason])}: {listed(paths)}"
    there = sum(recording.standing is Standing.ON_EVERCAM for recording in card.recordings)
    if not card.recordings:
        yield f"There is no recording in {card.folder}: is this the card?"
    elif card.may_be_wiped:
        yield f"{counted(there, 'recording')}, on Evercam: the card may be wiped."
    else:
        count = counted(len(card.recordings), "recording")
        yield f"{count}, {there} on Evercam: do not wipe the card."
        if any(recording.standing is Standing.NOT_SENT for recording in card.recordings):
            yield f"what is not sent yet: {how_to_send(Path(card.folder))}"


def _about(recording: CardRecording) -> str:
    walkthrough, upload = recording.walkthrough, recording.upload_id
    where = f", upload {upload}" if upload is not None else ""
    parts = [
        recording.path,
        size(recording.length) if recording.length else "",
        f"{walkthrough}{where}" if walkthrough else "",
        f"({_PROOFS[recording.proof] if recording.proof else recording.reason})",
    ]
    return "  ".join(filter(None, parts))


def card_json(card: Card) -> dict[str, Any]:
    """The answer for programs, as schemas/card.schema.json describes it."""
    return {
        "sitewalk_card": CARD_VERSION,
        "folder": card.folder,
        "may_be_wiped": card.may_be_wiped,
        "recordings": [asdict(recording) for recording in card.recordings],
        "left_out": [
            {
                "reason": str(left_out.reason),
                "paths": list(left_out.paths),
                "detail": left_out.detail,
            }
            for left_out in card.left_out
        ],
    }
