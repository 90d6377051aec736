"""A manifest's recordings: what each name leads to, and what is wrong with it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from runner.base.errors import (
    RecordingChangedError,
    RecordingUnreadableError,
    reason_of,
)
from runner.base.files import is_inside
from runner.manifest.meaning.checks import REPEATED_RECORDING
from runner.manifest.meaning.drafts import Draft
from runner.problems.problem import MAX_PROBLEMS, Note, Place, Problem, Rule
from runner.recordings.address import MediaRoot
from runner.recordings.identity import Identity, identify, open_to_examine
from runner.recordings.names import MissingNames
from runner.recordings.roots import (
    LocatedFile,
    Root,
    UnfitFileError,
    open_root,
    present,
    refused_by_store,
)
from runner.recordings.stored import Location, StoredObject
from runner.recordings.stores import BusyStoreError, StoreError

if TYPE_CHECKING:
    from runner.recordings.insv.facts import InsvFacts
    from runner.recordings.insv.reader import NotInsvError

MISSING = Rule("M041", "missing")
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
    """A recording that was found: the manifest's name for it, where it is, what it is.

    `info` is what it says of itself; None when it was not examined, or is no recording.
    `neighbours` are the names of all files in its folder, in lower case.
    """

    name: str
    location: Location
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
    """A file as a finished walkthrough sent it: its time of change (ns), or its version (ETag)."""

    identity: Identity
    modified: int | str

    def is_like(self, found: LocatedFile) -> bool:
        """Whether a file of this size and time, or version, is taken for it."""
        return (self.identity.length, self.modified) == (found.size, found.version)


SentFiles = Mapping[str, SentFile]
"""Files of finished walkthroughs, by the manifest's names."""

NOTHING_SENT: SentFiles = MappingProxyType({})


def look(drafts: Iterable[Draft], media_root: MediaRoot, sent: SentFiles = NOTHING_SENT) -> Facts:
    """Find, identify and examine every recording of some walkthroughs below their media root.

    One that was sent, and whose size and time have not changed since, is not opened again.
    Raises ServerError and CredentialsError where that is a store that cannot be asked, and
    UsageError without the extra for it.
    """
    listed = [
        (name, place)
        for draft in drafts
        for name, place in zip(draft.files, draft.file_places, strict=True)
        if is_inside(name)  # the others are problems already
    ]
    if not listed:
        return Facts({}, ())
    root = open_root(media_root)
    if not root.is_there():
        return Facts({}, (_no_root(media_root, listed[0][1].file),))
    seen = _see_all(root, tuple(dict(listed)), sent)
    files = {name: file for name, file in seen.items() if isinstance(file, RecordingFile)}
    problems = (*_unfit(listed, seen, MissingNames(root)), *_repeated(listed, files))
    return Facts(_with_neighbours(root, files), problems)


def _no_root(media_root: MediaRoot, file: str) -> Problem:
    """One problem for all recordings of a manifest; its place is the manifest as a whole."""
    if isinstance(media_root, Path):
        help_ = "is the card mounted? --media-root or SITEWALK_MEDIA_ROOT names this folder"
    else:
        help_ = "is that its name? --media-root or SITEWALK_MEDIA_ROOT names this address"
    message = f"the media root {media_root} is not there"
    return MISSING.problem(message, Place(file), help_)


_Listed = Sequence[tuple[str, Place]]
_Seen = Mapping[str, RecordingFile | UnfitFileError]


def _see_all(root: Root, names: Sequence[str], sent: SentFiles) -> _Seen:
    """What each name leads to; ends with the batch that makes more unfit than will be listed."""
    seen: dict[str, RecordingFile | UnfitFileError] = {}
    unfit = 0
    with ThreadPoolExecutor(READERS) as pool:
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            parts = [batch[at : at + _AT_ONCE] for at in range(0, len(batch), _AT_ONCE)]
            looks = pool.map(partial(_see_some, root, sent), parts)
            found = [file for part in looks for file in part]
            seen.update(zip(batch, found, strict=True))
            unfit += sum(isinstance(file, UnfitFileError) for file in found)
            if unfit > MAX_PROBLEMS:
                break
    return seen


def _see_some(
    root: Root, sent: SentFiles, names: Sequence[str]
) -> list[RecordingFile | UnfitFileError]:
    return [_see(root, sent, name) for name in names]


def _see(root: Root, sent: SentFiles, name: str) -> RecordingFile | UnfitFileError:
    try:
        found = root.find(name)
        known = sent.get(name)
        if known and known.is_like(found):
            return RecordingFile(name, found.location, known.identity)
        return _examined(name, found)
    except UnfitFileError as error:
        return error
    except BusyStoreError as error:
        raise refused_by_store(error) from error
    except OSError as error:
        return _os_error(error)


def _examined(name: str, found: LocatedFile) -> RecordingFile | UnfitFileError:
    # Late: where every file was sent before, none is examined.
    from runner.recordings.insv.examine import examine  # noqa: PLC0415
    from runner.recordings.insv.reader import NotInsvError  # noqa: PLC0415

    try:
        with open_to_examine(found.location) as file:
            identity, info = identify(file, found.size), examine(file, found.size)
            return RecordingFile(name, found.location, identity, info)
    except NotInsvError as error:
        return _foreign(error)


def _unfit(listed: _Listed, seen: _Seen, missing: MissingNames) -> Iterator[Problem]:
    for name, place in listed:
        error = seen.get(name)
        if isinstance(error, UnfitFileError):
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


def _with_neighbours(root: Root, files: Mapping[str, RecordingFile]) -> dict[str, RecordingFile]:
    folders = {_folder(file.location): file.location for file in files.values()}
    names = {
        folder: frozenset(name.casefold() for name in root.names_beside(location))
        for folder, location in folders.items()
    }
    return {
        name: replace(file, neighbours=names[_folder(file.location)])
        for name, file in files.items()
    }


def _folder(location: Location) -> Path | str:
    return location.parent if isinstance(location, Path) else location.info.key.rpartition("/")[0]


def _foreign(error: "NotInsvError") -> UnfitFileError:
    from runner.recordings.insv.reader import PhotoError  # noqa: PLC0415 - as above

    if isinstance(error, PhotoError):
        return UnfitFileError(PHOTO, f"is {error}", "list a video")
    help_ = "list a recording as the camera wrote it"
    return UnfitFileError(NOT_A_RECORDING, f"is {error}", help_)


def _os_error(error: OSError) -> UnfitFileError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return UnfitFileError(MISSING, "is not there", "")
    if isinstance(error, StoreError):
        return UnfitFileError(UNREADABLE, f"cannot be read: {error}", error.help)
    reason = f"cannot be read: {reason_of(error)}"
    help_ = "check its permissions, and that the card or share is mounted"
    return UnfitFileError(UNREADABLE, reason, help_)


def require_unchanged(recording: RecordingFile) -> None:
    """Require that a recording is still the one that was examined.

    Raises RecordingChangedError when it is not, RecordingUnreadableError when it cannot be read,
    and BusyStoreError while its store does not answer.
    """
    try:
        found = present(recording.location)
        if isinstance(found.location, StoredObject) and found.location == recording.location:
            return  # of the same version
        with open_to_examine(found.location) as file:
            now = identify(file, found.size)
    except UnfitFileError as error:
        raise _changed(recording, str(error)) from error
    except BusyStoreError:
        raise
    except OSError as error:
        message = f"`{recording.name}` cannot be read any more: {reason_of(error)}"
        raise RecordingUnreadableError(message, getattr(error, "help", "")) from error
    if now.length != recording.length:
        raise _changed(recording, f"was {recording.length} bytes and is {now.length}")
    if now != recording.identity:
        raise _changed(recording, "has other content than before")
    if found.location != recording.location:
        raise _changed(recording, "was replaced, by what begins and ends like it")


def _changed(recording: RecordingFile, how: str) -> RecordingChangedError:
    return RecordingChangedError(f"`{recording.name}` {how}")
