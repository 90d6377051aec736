"""Own the look at the disk: where a manifest's recordings lie, and what is wrong with a file."""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from runner.errors import RecordingChangedError, RecordingUnreadableError
from runner.inside import inside, is_inside
from runner.manifest.draft import Draft
from runner.problems import MAX_PROBLEMS, Note, Place, Problem
from runner.recordings.facts import InsvFacts
from runner.recordings.identity import Identity, identify
from runner.recordings.insv import NotInsvError, read_recording
from runner.rules import meaning as meaning_rules
from runner.rules import recordings as recordings_rules
from runner.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording found on disk: the manifest's name for it, where it is, what it is.

    `info` is what it says of itself; None where nobody looked inside, or it is no recording.
    """

    name: str
    location: Path
    identity: Identity
    info: InsvFacts | None = None

    @property
    def length(self) -> int:
        """Its size in bytes."""
        return self.identity.length

    @property
    def title(self) -> str:
        """Its bare file name."""
        return self.location.name


@dataclass(frozen=True, slots=True)
class Facts:
    """Every recording of a manifest that could be read, by the manifest's name for it."""

    files: Mapping[str, RecordingFile]
    problems: tuple[Problem, ...]


def look(drafts: Iterable[Draft], media_root: Path) -> Facts:
    """Find and identify every recording of some walkthroughs inside their media root."""
    looker = _Looker(media_root)
    for draft in drafts:
        looker.walkthrough(draft)
    return Facts(looker.files, tuple(looker.problems))


class _Looker:
    def __init__(self, media_root: Path) -> None:
        self.root = Path(os.path.realpath(media_root))
        self.files: dict[str, RecordingFile] = {}
        self.problems: list[Problem] = []
        self.first: dict[str, Place] = {}

    def walkthrough(self, draft: Draft) -> None:
        for name, place in zip(draft.files, draft.file_places, strict=True):
            if name in self.files or not is_inside(name):
                continue  # the reader of the text has said so
            problem = self._look_at(name, place)
            if problem:
                self.problems.append(problem)
            if len(self.problems) > MAX_PROBLEMS:  # they are errors, and so many are not listed
                return

    def _look_at(self, name: str, place: Place) -> Problem | None:
        location = inside(self.root, name)
        if location is None:
            message = f"`{name}` is a link that leads out of the media root"
            help_ = "put the recording itself there, or give its folder as --media-root"
            return recordings_rules.OUTSIDE.problem(message, place, help_)
        try:
            recording = _recording(name, location)
        except _UnfitFileError as error:
            return error.rule.problem(f"`{name}` {error}", place, error.help)
        except OSError as error:
            return _os_problem(name, place, self.root, error)
        self.files[name] = recording
        return self._same_file(recording, place)

    def _same_file(self, recording: RecordingFile, place: Place) -> Problem | None:
        """Two names that lead to one recording: a link, or a copy under another name."""
        key = str(recording.identity)
        known = self.first.setdefault(key, place)
        if known == place or self.files[recording.name] is not recording:
            return None
        message = f"`{recording.name}` is the same recording as the one in line {known.line}"
        notes = (Note(known, "first listed here"),)
        help_ = "list each recording once; this is a copy of, or a link to, the other"
        return meaning_rules.REPEATED_RECORDING.problem(message, place, help_, notes)


class _UnfitFileError(Exception):
    def __init__(self, rule: Rule, message: str, help_: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.help = help_


def _recording(name: str, location: Path) -> RecordingFile:
    size = _size(location)
    with location.open("rb") as file:
        return RecordingFile(name, location, identify(file, size), _info(file, size))


def _info(file: BinaryIO, size: int) -> InsvFacts | None:
    try:
        return read_recording(file, size=size)
    except NotInsvError:
        return None


def _size(location: Path) -> int:
    """The size of a file that may be a recording."""
    status = location.stat()
    if stat.S_ISDIR(status.st_mode):
        raise _UnfitFileError(
            recordings_rules.NO_FILE, "is a folder", "list the recordings in it one by one"
        )
    if not stat.S_ISREG(status.st_mode):
        raise _UnfitFileError(recordings_rules.NO_FILE, "is not a regular file", "list a recording")
    if status.st_size == 0:
        raise _UnfitFileError(recordings_rules.EMPTY, "is empty", "copy it from the card once more")
    return status.st_size


def _os_problem(name: str, place: Place, root: Path, error: OSError) -> Problem:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return recordings_rules.MISSING.problem(
            f"`{name}` is not there", place, f"looked in {root}"
        )
    reason = error.strerror or str(error)
    help_ = "check its permissions, and that the card or share is mounted"
    return recordings_rules.UNREADABLE.problem(f"`{name}` cannot be read: {reason}", place, help_)


def require_unchanged(recording: RecordingFile) -> None:
    """Look whether a recording on disk is still the one that was looked at.

    Raises RecordingChangedError, or RecordingUnreadableError where nobody can tell.
    """
    try:
        size = _size(recording.location)
        with recording.location.open("rb") as file:
            now = identify(file, size)
    except _UnfitFileError as error:
        raise _changed(recording, str(error)) from error
    except OSError as error:
        message = f"`{recording.name}` cannot be read any more: {error.strerror or error}"
        raise RecordingUnreadableError(message) from error
    if now.length != recording.length:
        raise _changed(recording, f"was {recording.length} bytes and is {now.length}")
    if now != recording.identity:
        raise _changed(recording, "has other content than before")


def _changed(recording: RecordingFile, how: str) -> RecordingChangedError:
    return RecordingChangedError(f"`{recording.name}` {how}")
