"""Listing a card or share: which files may be recordings, by their names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from runner.base.errors import UsageError, reason_of
from runner.base.wording import for_shell
from runner.recordings.address import MediaRoot, StoreAddress
from runner.recordings.names import PHOTO_SUFFIXES, RecordingName, parse_name
from runner.recordings.store_root import open_store
from runner.recordings.stored import StoredObject
from runner.recordings.stores import StoreError, refused_by_store
from runner.scan.model import Candidate, LeftOut, Reason

RECORDING, PREVIEW, PHOTO, FLAT = ".insv", ".lrv", ".insp", ".mp4"


# Recycle bins, indexes and snapshots of Windows, Android and network storages, in lower case.
IGNORED_FOLDERS = frozenset(
    {
        "$recycle.bin",
        "recycler",
        "system volume information",
        "lost.dir",
        "lost+found",
        "@eadir",
        "#recycle",
        "#snapshot",
        "@recycle",
        "@recently-snapshot",
        "__macosx",
    }
)


# The bit of st_reparse_tag by which Windows marks junctions and mounted volumes. Folders whose
# content is in a cloud have a tag, too, but not this bit.
NAME_SURROGATE = 0x20000000


@dataclass(slots=True)
class Listing:
    """The files below a folder whose names do not rule them out, and those left out so far."""

    candidates: list[Candidate] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def path_inside(folder: MediaRoot, root: MediaRoot) -> str:
    """The folder's path inside the root, with a slash at its end; empty for the root itself.

    Raises UsageError when it is no folder, or not inside the root.
    """
    if isinstance(folder, StoreAddress) or isinstance(root, StoreAddress):
        return _key_inside(folder, root)
    if not folder.is_dir():
        if folder.exists():
            raise UsageError(f"{folder} is not a folder", "scan the folder in which it lies")
        raise UsageError(f"{folder} is not there", "is the card or share mounted?")
    real, real_root = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if real == real_root:
        return ""
    if not real.is_relative_to(real_root):
        beside = "; or keep the manifest beside the recordings"
        raise _not_inside(folder, root.absolute(), beside)
    return real.relative_to(real_root).as_posix() + "/"


def _key_inside(folder: MediaRoot, root: MediaRoot) -> str:
    if folder == root:
        return ""
    if not str(folder).startswith(f"{root}/"):
        raise _not_inside(folder, root, "")
    return str(folder).removeprefix(f"{root}/") + "/"


def _not_inside(folder: MediaRoot, root: MediaRoot, other_way: str) -> UsageError:
    option = f"--media-root {for_shell(str(folder))}"
    help_ = (
        "manifests name recordings from there, and it is the manifest's folder unless told "
        f"otherwise: add `{option}` here and to validate, plan and apply, or set "
        f"SITEWALK_MEDIA_ROOT{other_way}"
    )
    return UsageError(f"{folder} is not inside the media root {root}", help_)


def stored_objects(address: StoreAddress) -> Iterator[StoredObject]:
    """Everything at an address of a store.

    Raises UsageError, and ServerError and CredentialsError where the store cannot be asked.
    """
    store = open_store(address)
    try:
        found = store.objects("")
    except StoreError as error:
        raise refused_by_store(error) from error
    except FileNotFoundError as error:
        raise UsageError(f"{address} is not there", "is that its name?") from error
    return (StoredObject(store, info) for info in found)


def list_objects(address: StoreAddress, prefix: str) -> Listing:
    """List what lies at an address and below it, as `list_files` does; raises as above."""
    listing = Listing()
    is_empty = True
    for found in stored_objects(address):
        is_empty = False
        *folders, file_name = found.info.key.split("/")
        if not any(map(_is_ignored, [*folders, file_name])):
            candidate = _sorted_by_name(listing, file_name, prefix + found.info.key)
            if candidate is not None:
                path, name = candidate
                listing.candidates.append(Candidate(found, path, name))
    if is_empty:
        raise UsageError(f"nothing is at {address}", "is that its name?")
    return listing


def list_files(folder: str, prefix: str) -> Listing:
    """List the files in a folder and all below it; skips hidden names, and follows no links.

    `prefix` is the folder's own path inside the media root, empty or with a slash at its end.
    Raises OSError when the folder itself cannot be opened.
    """
    listing = Listing()
    with os.scandir(folder):  # the folder itself has to open; others are left out if they do not
        pass
    left = [(folder, prefix)]
    while left:
        here, inside = left.pop()
        with _leaving_out(listing, inside.rstrip("/") or ".", "the folder cannot be read"):
            for entry in list(_entries(here)):
                path = inside + entry.name
                with _leaving_out(listing, path, "cannot be read"):
                    if _is_folder_to_list(listing, entry, path):
                        left.append((entry.path, f"{path}/"))
    return listing


@contextmanager
def _leaving_out(listing: Listing, path: str, what: str) -> Iterator[None]:
    """Leave out what cannot be read, even if the card was pulled, and go on with the rest."""
    try:
        yield
    except OSError as error:
        detail = f"{what}: {reason_of(error)}"
        listing.left_out.append(LeftOut(Reason.UNREADABLE, (path,), detail))


def _is_folder_to_list(listing: Listing, entry: "os.DirEntry[str]", path: str) -> bool:
    """Whether an entry is a folder to be listed; anything else is sorted into the listing."""
    is_folder = entry.is_dir(follow_symlinks=False)
    if _is_linked_folder(entry, is_folder=is_folder):
        detail = "a link to a folder; scan that folder itself"
        listing.left_out.append(LeftOut(Reason.LINK, (path,), detail))
        return False
    if not is_folder:
        _sort_in(listing, entry, path)
    return is_folder


def _is_linked_folder(entry: "os.DirEntry[str]", *, is_folder: bool) -> bool:
    """Whether it is a link or a junction of Windows: these may lead in a circle, or outside."""
    if is_folder:
        mark: int = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
        return bool(mark & NAME_SURROGATE)
    return entry.is_symlink() and os.path.isdir(entry.path)  # noqa: PTH112 - False where it leads nowhere


def _entries(folder: str) -> Iterator["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _is_ignored(entry.name):
                yield entry


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.lower() in IGNORED_FOLDERS


def _sort_in(listing: Listing, entry: "os.DirEntry[str]", path: str) -> None:
    candidate = _sorted_by_name(listing, entry.name, path)
    if candidate is None:
        return
    if entry.is_symlink():
        detail = "a link; scan the folder it leads to"
        listing.left_out.append(LeftOut(Reason.LINK, (path,), detail))
    elif entry.is_file(follow_symlinks=False):  # not a pipe or a socket, which no camera makes
        listing.candidates.append(Candidate(entry.path, *candidate))


def _sorted_by_name(
    listing: Listing, file_name: str, path: str
) -> tuple[str, RecordingName | None] | None:
    """The path and the parsed name of what may be a recording; else None, and it is sorted in."""
    suffix = file_name[file_name.rfind(".") :].lower()
    if suffix not in _SUFFIXES:
        return None
    name = parse_name(file_name)
    if name is None and suffix not in _OF_CAMERAS:
        return None
    left_out = _by_name(path, suffix, name)
    if left_out is None:
        return path, name
    listing.left_out.append(left_out)
    return None


_OF_CAMERAS = frozenset({RECORDING, PREVIEW, PHOTO})


_SUFFIXES = frozenset({*_OF_CAMERAS, FLAT, *PHOTO_SUFFIXES})


def _by_name(path: str, suffix: str, name: RecordingName | None) -> LeftOut | None:
    """Why a file is left out by its name alone; None when its name does not decide."""
    if suffix == PREVIEW or (name and name.is_proxy):
        return LeftOut(Reason.PROXY, (path,))
    if suffix == PHOTO or (name and name.is_photo):
        return LeftOut(Reason.PHOTO, (path,), "not a video")
    if suffix == FLAT:
        return LeftOut(Reason.SINGLE_LENS, (path,), "cameras write flat videos as .mp4")
    unfit = unfit_name(path)
    return LeftOut(Reason.UNNAMEABLE, (path,), unfit) if unfit else None


def unfit_name(path: str) -> str:
    """Why a manifest cannot hold this path; empty when it can."""
    if "\\" in path or PureWindowsPath(path).drive:
        return "manifests take no backslash and no drive letter in a name; rename it"
    if any("\ud800" <= char <= "\udfff" for char in path):
        return "its name is not UTF-8 text; rename it"
    return ""
