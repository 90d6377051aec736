"""Recordings on disk: where a manifest's recordings are, and what is wrong with a file."""

import os
import stat
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from runner.base.errors import RecordingChangedError, RecordingUnreadableError, reason_of
from runner.base.files import inside, is_inside, without_detours
from runner.manifest.meaning.checks import NO_FILE, OUTSIDE, REPEATED_RECORDING
from runner.manifest.meaning.drafts import Draft
from runner.problems.problem import MAX_PROBLEMS, Note, Place, Problem, Rule
from runner.recordings.identity import Identity, identify, open_to_examine
from runner.recordings.names import MissingNames

if TYPE_CHECKING:
    from runner.recordings.insv.facts import InsvFacts
    from runner.recordings.insv.reader import NotInsvError

MISSING = Rule("M041", "missing")
EMPTY = Rule("M043", "empty")
UNREADABLE = Rule("M044", "unreadable")
NOT_A_RECORDING = Rule("M045", "not-a-recording")
PHOTO = Rule("M046", "photo")

READERS = 8
"""Files examined at once: on a card or a NAS, most time goes by waiting for each answer."""
BATCH = 1024
"""Files examined before the unfit ones are counted."""
_AT_ONCE = 8
"""Files that a reader takes at a time."""


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording found on disk: the manifest's name for it, where it is, what it is.

    `info` is what it says of itself; None when it was not examined, or is no recording.
    `neighbours` are the names of all files in its folder, in lower case.
    """

    name: str
    location: Path
    identity: Identity
    info: "InsvFacts | None" = None
    neighbours: Collection[str] = ()

    @property
    def length(self) -> int:
        """The file's size in bytes."""
        return self.identity.length

    @property
    def title(self) -> str:
        """The bare file name as the manifest has it; a link leads to a file of another name."""
        return PurePosixPath(self.name).name


@dataclass(frozen=True, slots=True)
class Facts:
    """The recordings of a manifest that could be read, by the manifest's names, and problems."""

    files: Mapping[str, RecordingFile]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as a finished walkthrough sent it: what it was, and its time of change (ns)."""

    identity: Identity
    modified: int

    def is_like(self, status: os.stat_result) -> bool:
        """Whether a file of this size and time is taken for it."""
        return (self.identity.length, self.modified) == (status.st_size, status.st_mtime_ns)


SentFiles = Mapping[str, SentFile]
"""Files of finished walkthroughs, by the manifest's names."""

NOTHING_SENT: SentFiles = MappingProxyType({})


def look(drafts: Iterable[Draft], media_root: Path, sent: SentFiles = NOTHING_SENT) -> Facts:
    """Find, identify and examine every recording of some walkthroughs below their media root.

    One that was sent, and whose size and time have not changed since, is not opened again.
    """
    listed = [
        (name, place)
        for draft in drafts
        for name, place in zip(draft.files, draft.file_places, strict=True)
        if is_inside(name)  # the others are problems already
    ]
    if listed and not media_root.is_dir():
        return Facts({}, (_no_root(media_root, listed[0][1].file),))
    root = Path(os.path.realpath(media_root))
    seen = _see_all(root, tuple(dict(listed)), sent)
    files = {name: file for name, file in seen.items() if isinstance(file, RecordingFile)}
    problems = (*_unfit(listed, seen, MissingNames(root)), *_repeated(listed, files))
    return Facts(_with_neighbours(files), problems)


def _no_root(media_root: Path, file: str) -> Problem:
    """One problem for all recordings of a manifest; its place is the manifest as a whole."""
    help_ = "is the card mounted? --media-root or SITEWALK_MEDIA_ROOT names this folder"
    message = f"the media root {media_root} is not there"
    return MISSING.problem(message, Place(file), help_)


class _UnfitFileError(Exception):
    """A name leads to no recording; the message is a clause that can follow the name."""

    def __init__(self, rule: Rule, message: str, help_: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.help = help_


_Listed = Sequence[tuple[str, Place]]
_Seen = Mapping[str, RecordingFile | _UnfitFileError]


def _see_all(root: Path, names: Sequence[str], sent: SentFiles) -> _Seen:
    """What each name leads to; ends with the batch that makes more unfit than will be listed."""
    seen: dict[str, RecordingFile | _UnfitFileError] = {}
    unfit = 0
    with ThreadPoolExecutor(READERS) as pool:
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            parts = [batch[at : at + _AT_ONCE] for at in range(0, len(batch), _AT_ONCE)]
            looks = pool.map(partial(_see_some, root, sent), parts)
            found = [file for part in looks for file in part]
            seen.update(zip(batch, found, strict=True))
            unfit += sum(isinstance(file, _UnfitFileError) for file in found)
            if unfit > MAX_PROBLEMS:
                break
    return seen


def _see_some(
    root: Path, sent: SentFiles, names: Sequence[str]
) -> list[RecordingFile | _UnfitFileError]:
    return [_see(root, sent, name) for name in names]


def _see(root: Path, sent: SentFiles, name: str) -> RecordingFile | _UnfitFileError:
    try:
        location = _located(root, _as_spelt(root, name))
        status = _status(location)
        known = sent.get(name)
        if known and (known.identity.length, known.modified) == (
            status.st_size,
            status.st_mtime_ns,
        ):
            return RecordingFile(name, location, known.identity)
        return _examined(name, location, status.st_size)
    except _UnfitFileError as error:
        return error
    except OSError as error:
        return _os_error(error)


def _examined(name: str, location: Path, size: int) -> RecordingFile | _UnfitFileError:
    # Late: where every file was sent before, none is examined.
    from runner.recordings.insv.examine import examine  # noqa: PLC0415
    from runner.recordings.insv.reader import NotInsvError  # noqa: PLC0415

    try:
        with open_to_examine(location) as file:
            return RecordingFile(name, location, identify(file, size), examine(file, size))
    except NotInsvError as error:
        return _foreign(error)


def _unfit(listed: _Listed, seen: _Seen, missing: MissingNames) -> Iterator[Problem]:
    for name, place in listed:
        error = seen.get(name)
        if isinstance(error, _UnfitFileError):
            is_missing = error.rule is MISSING
            help_ = missing.help(name) if is_missing else error.help
            yield error.rule.problem(f"`{name}` {error}", place, help_)


def _repeated(listed: _Listed, files: Mapping[str, RecordingFile]) -> Iterator[Problem]:
    """Yield a problem for each name that leads to a recording listed before: a link or a copy."""
    first: dict[Identity, tuple[str, Place]] = {}
    for name, place in listed:
        if name not in files:
            continue
        known_name, known = first.setdefault(files[name].identity, (name, place))
        if known_name != name:  # a name that stands twice is a problem already
            message = f"`{name}` is the same recording as `{known_name}` in line {known.line}"
            notes = (Note(known, "first listed here"),)
            help_ = "list each recording once; this is a copy of, or a link to, the other"
            yield REPEATED_RECORDING.problem(message, place, help_, notes)


def _with_neighbours(files: Mapping[str, RecordingFile]) -> dict[str, RecordingFile]:
    folders = {file.location.parent for file in files.values()}
    names = {folder: frozenset(_names_in(folder)) for folder in folders}
    return {
        name: replace(file, neighbours=names[file.location.parent]) for name, file in files.items()
    }


def _names_in(folder: Path) -> Iterator[str]:
    """Yield a folder's file names in lower case; none where it may be entered but not listed."""
    with suppress(OSError):
        yield from (path.name.casefold() for path in folder.iterdir())


def _as_spelt(root: Path, name: str) -> str:
    """The name as the file system spells it: one takes `ü` apart, where another does not."""
    if name.isascii() or (root / name).exists():
        return name
    found = root
    for part in without_detours(name).split("/"):
        found = found / part if (found / part).exists() else _same_letters(found, part)
    return found.relative_to(root).as_posix()


def _same_letters(folder: Path, name: str) -> Path:
    wanted = unicodedata.normalize("NFC", name)
    with suppress(OSError):
        for path in folder.iterdir():
            if unicodedata.normalize("NFC", path.name) == wanted:
                return path
    return folder / name


def _located(root: Path, name: str) -> Path:
    location = inside(root, name)
    if location is None:  # by a link, as the name itself stays inside
        help_ = "put the recording itself there, or give its folder as --media-root"
        what = "is a link that leads out of the media root"
        raise _UnfitFileError(OUTSIDE, what, help_)
    return location


def _status(location: Path) -> os.stat_result:
    """The size and time of a file that may be a recording."""
    status = location.stat()
    if stat.S_ISDIR(status.st_mode):
        raise _UnfitFileError(NO_FILE, "is a folder", "list the recordings in it one by one")
    if not stat.S_ISREG(status.st_mode):
        raise _UnfitFileError(NO_FILE, "is not a regular file", "list a recording")
    if status.st_size == 0:
        raise _UnfitFileError(EMPTY, "is empty", "copy it from the card once more")
    return status


def _foreign(error: "NotInsvError") -> _UnfitFileError:
    from runner.recordings.insv.reader import PhotoError  # noqa: PLC0415 - as above

    if isinstance(error, PhotoError):
        return _UnfitFileError(PHOTO, f"is {error}", "list a video")
    help_ = "list a recording as the camera wrote it"
    return _UnfitFileError(NOT_A_RECORDING, f"is {error}", help_)


def _os_error(error: OSError) -> _UnfitFileError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return _UnfitFileError(MISSING, "is not there", "")
    reason = f"cannot be read: {reason_of(error)}"
    help_ = "check its permissions, and that the card or share is mounted"
    return _UnfitFileError(UNREADABLE, reason, help_)


def require_unchanged(recording: RecordingFile) -> None:
    """Require that a recording on disk is still the one that was examined.

    Raises RecordingChangedError when it is not, RecordingUnreadableError when it cannot be read.
    """
    try:
        size = _status(recording.location).st_size
        with open_to_examine(recording.location) as file:
            now = identify(file, size)
    except _UnfitFileError as error:
        raise _changed(recording, str(error)) from error
    except OSError as error:
        message = f"`{recording.name}` cannot be read any more: {reason_of(error)}"
        raise RecordingUnreadableError(message) from error
    if now.length != recording.length:
        raise _changed(recording, f"was {recording.length} bytes and is {now.length}")
    if now != recording.identity:
        raise _changed(recording, "has other content than before")


def _changed(recording: RecordingFile, how: str) -> RecordingChangedError:
    return RecordingChangedError(f"`{recording.name}` {how}")
