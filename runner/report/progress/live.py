"""How far a run is, in a small file beside its ledger: for whoever watches from elsewhere."""

import contextlib
import json
import os
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.base.files import read_regular, replace_file
from runner.base.wording import size
from runner.ledger.folder import beside
from runner.report.progress.steps import pace_words, total_line
from runner.report.progress.tally import Key, Progress

ENDING = ".live.json"
_VERSION = 1
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class LiveRecording:
    """A recording under way: how much of it is there in percent, and how it goes on, in words."""

    walkthrough: str
    recording: str
    percent: int
    words: str


@dataclass(frozen=True, slots=True)
class Live:
    """A run under way: all of it in one line, what is under way, and how walkthroughs ended."""

    total: str
    recordings: tuple[LiveRecording, ...] = ()
    ended: tuple[tuple[str, int], ...] = ()


class Ends:
    """Counts how the walkthroughs of a run ended; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def note(self, step: str) -> None:
        """Count one more."""
        with self._lock:
            self._counts[step] += 1

    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many ended how."""
        with self._lock:
            return tuple(sorted(self._counts.items()))


def live(total: Progress, under_way: dict[Key, Progress], ends: Ends) -> Live:
    """A run as it is now."""
    recordings = tuple(
        LiveRecording(walkthrough, recording, _percent(progress), _words(progress))
        for (walkthrough, recording), progress in under_way.items()
    )
    return Live(total_line(total), recordings, ends.counts())


def _percent(progress: Progress) -> int:
    return 100 * progress.done // progress.wanted if progress.wanted else 100


def _words(progress: Progress) -> str:
    return f"{size(progress.done)} of {size(progress.wanted)}, {pace_words(progress)}"


def write_live(ledger: Path, now: Live) -> None:
    """Leave it beside the ledger, where that is possible: nothing depends on it."""
    data = {
        "sitewalk_live": _VERSION,
        "pid": os.getpid(),
        "total": now.total,
        "recordings": [
            [recording.walkthrough, recording.recording, recording.percent, recording.words]
            for recording in now.recordings
        ],
        "ended": dict(now.ended),
    }
    with contextlib.suppress(OSError):
        replace_file(beside(ledger, ENDING), json.dumps(data).encode())


def remove_live(ledger: Path) -> None:
    """Take the file away at the end of a run."""
    with contextlib.suppress(OSError):
        beside(ledger, ENDING).unlink(missing_ok=True)


def read_live(ledger: Path, pid: int) -> Live | None:
    """What a process has left beside its ledger; None where there is nothing of it."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        data = json.loads(read_regular(beside(ledger, ENDING), _LARGEST))
        if data["sitewalk_live"] == _VERSION and data["pid"] == pid:
            recordings = tuple(_recording(recording) for recording in data["recordings"])
            ended = tuple((str(step), int(count)) for step, count in data["ended"].items())
            return Live(str(data["total"]), recordings, ended)
    return None


def _recording(data: Any) -> LiveRecording:
    walkthrough, recording, percent, words = data
    return LiveRecording(str(walkthrough), str(recording), int(percent), str(words))
