"""A manifest's recordings: what each name leads to."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from runner.base.files import is_inside, without_detours
from runner.manifest.meaning.drafts import Draft
from runner.problems.problem import MAX_PROBLEMS, Problem
from runner.recordings.address import MediaRoot
from runner.recordings.identity import Identity, identify, open_to_examine
from runner.recordings.roots import (
    DiskRoot,
    LocatedFile,
    Root,
    UnfitFileError,
)
from runner.recordings.stores import BusyStoreError, refused_by_store
from runner.recordings.unfit import (
    MissingNames,
    no_media_root,
    not_a_recording,
    repeated,
    unfit,
    unreadable,
)

if TYPE_CHECKING:
    from runner.recordings.insv.facts import InsvFacts
    from runner.recordings.stored import Location


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
    location: "Location"
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
        return title_of(self.name)


def title_of(name: str) -> str:
    """The bare file name of a manifest's name."""
    return without_detours(name).rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Facts:
    """The recordings of a manifest that could be read, by the manifest's names, and problems."""

    files: Mapping[str, RecordingFile]
    problems: tuple[Problem, ...]


SentFiles = Mapping[str, tuple[Identity, int | str]]
"""Files of finished walkthroughs, by the manifest's names: each as it was sent.

With its time of change (ns), or its version (ETag).
"""

NOTHING_SENT: SentFiles = MappingProxyType({})

_Seen = RecordingFile | UnfitFileError
"""What a name leads to."""


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
        return Facts({}, (no_media_root(media_root, listed[0][1].file),))
    seen = _see_all(root, tuple(dict(listed)), sent)
    files = {name: file for name, file in seen.items() if isinstance(file, RecordingFile)}
    identities = {name: file.identity for name, file in files.items()}
    problems = (*unfit(listed, seen, MissingNames(root)), *repeated(listed, identities))
    return Facts(_with_neighbours(root, files), problems)


def open_root(media_root: MediaRoot) -> Root:
    """The media root; raises UsageError for an address without the extra `remote`."""
    if isinstance(media_root, Path):
        return DiskRoot(media_root)
    from runner.recordings.store_root import StoreRoot, open_store  # noqa: PLC0415 - few are in a store

    return StoreRoot(open_store(media_root))


def _see_all(root: Root, names: Sequence[str], sent: SentFiles) -> Mapping[str, _Seen]:
    """What each name leads to; ends with the batch that makes more unfit than will be listed."""
    seen: dict[str, _Seen] = {}
    unfit = 0
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        found = _see_batch(root, sent, batch)
        seen.update(zip(batch, found, strict=True))
        unfit += sum(isinstance(file, UnfitFileError) for file in found)
        if unfit > MAX_PROBLEMS:
            break
    return seen


def _see_batch(root: Root, sent: SentFiles, names: Sequence[str]) -> list[_Seen]:
    if len(names) <= _AT_ONCE:
        return _see_some(root, sent, names)
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a few files need no threads

    parts = [names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE)]
    with ThreadPoolExecutor(READERS) as pool:
        return [file for part in pool.map(partial(_see_some, root, sent), parts) for file in part]


def _see_some(root: Root, sent: SentFiles, names: Sequence[str]) -> list[_Seen]:
    return [_see(root, sent, name) for name in names]


def _see(root: Root, sent: SentFiles, name: str) -> _Seen:
    try:
        found = root.find(name)
        identity, modified = sent.get(name, (None, None))
        if identity and (identity.length, modified) == (found.size, found.version):
            return RecordingFile(name, found.location, identity)  # taken for what was sent
        return _examined(name, found)
    except UnfitFileError as error:
        return error
    except BusyStoreError as error:
        raise refused_by_store(error) from error
    except OSError as error:
        return unreadable(error)


def _examined(name: str, found: LocatedFile) -> _Seen:
    from runner.recordings.insv.examine import examine  # noqa: PLC0415 - none may be new
    from runner.recordings.insv.reader import NotInsvError, PhotoError  # noqa: PLC0415 - as above

    try:
        with open_to_examine(found.location) as file:
            identity, info = identify(file, found.size), examine(file, found.size)
            return RecordingFile(name, found.location, identity, info)
    except NotInsvError as error:
        return not_a_recording(error, is_photo=isinstance(error, PhotoError))


def _with_neighbours(root: Root, files: Mapping[str, RecordingFile]) -> dict[str, RecordingFile]:
    names: dict[str, frozenset[str]] = {}
    found: dict[str, RecordingFile] = {}
    for name, file in files.items():
        folder = _folder(file.location)
        if folder not in names:
            beside = root.names_beside(file.location)
            names[folder] = frozenset(other.casefold() for other in beside)
        found[name] = replace(file, neighbours=names[folder])
    return found


def _folder(location: "Location") -> str:
    if isinstance(location, Path):
        return os.path.dirname(location)  # noqa: PTH120 - a Path takes longer
    return location.info.key.rpartition("/")[0]
