"""Finding recordings on a card or share: which files may be some, and what is in them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from runner.base.errors import UsageError, reason_of
from runner.base.wording import for_shell
from runner.problems.problem import Severity
from runner.recordings.checks.verdict import PROXY, SINGLE_LENS, TIME_LAPSE, verdict
from runner.recordings.identity import Identity, identify, open_to_examine
from runner.recordings.insv.facts import InsvFacts
from runner.recordings.insv.reader import NotInsvError, PhotoError, read_recording
from runner.recordings.names import PHOTO_SUFFIXES, RecordingName, parse_name
from runner.scan.model import Candidate, LeftOut, Reason, ScannedFile

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
_OTHER_KINDS = {
    SINGLE_LENS: Reason.SINGLE_LENS,
    TIME_LAPSE: Reason.TIME_LAPSE,
    PROXY: Reason.PROXY,
}


@dataclass(slots=True)
class Listing:
    """The files below a folder whose names do not rule them out, and those left out so far."""

    candidates: list[Candidate] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def path_inside(folder: Path, root: Path) -> str:
    """The folder's path inside the root, with a slash at its end; empty for the root itself.

    Raises UsageError when it is no folder, or not inside the root.
    """
    if not folder.is_dir():
        if folder.exists():
            raise UsageError(f"{folder} is not a folder", "scan the folder in which it lies")
        raise UsageError(f"{folder} is not there", "is the card or share mounted?")
    real, real_root = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    if real == real_root:
        return ""
    if not real.is_relative_to(real_root):
        message = f"{folder} is not inside the media root {root.absolute()}"
        option = f"--media-root {for_shell(str(folder))}"
        help_ = (
            "manifests name recordings from there, and it is the manifest's folder unless told "
            f"otherwise: add `{option}` here and to validate, plan and apply, or set "
            "SITEWALK_MEDIA_ROOT; or keep the manifest beside the recordings"
        )
        raise UsageError(message, help_)
    return real.relative_to(real_root).as_posix() + "/"


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
            if not entry.name.startswith(".") and entry.name.lower() not in IGNORED_FOLDERS:
                yield entry


def _sort_in(listing: Listing, entry: "os.DirEntry[str]", path: str) -> None:
    suffix = entry.name[entry.name.rfind(".") :].lower()
    if suffix not in _SUFFIXES:
        return
    name = parse_name(entry.name)
    if name is None and suffix not in _OF_CAMERAS:
        return
    left_out = _by_name(path, suffix, name)
    if left_out is None and entry.is_symlink():
        left_out = LeftOut(Reason.LINK, (path,), "a link; scan the folder it leads to")
    if left_out is None and not entry.is_file(follow_symlinks=False):
        return  # a pipe or a socket, which no camera makes
    if left_out is None:
        listing.candidates.append(Candidate(entry.path, path, name))
    else:
        listing.left_out.append(left_out)


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


def look_into(candidate: Candidate) -> ScannedFile:
    """Read what a file says of itself, and judge whether it is fit to be sent."""
    facts, size = None, 0
    fault: Reason | None = Reason.BROKEN
    try:
        with open_to_examine(candidate.location) as file:
            size = file.seek(0, os.SEEK_END)
            facts = read_recording(file, size=size)
        fault, trouble = _judge(candidate.path, facts)
    except PhotoError as error:
        fault, trouble = Reason.PHOTO, f"is {error}"
    except NotInsvError as error:
        trouble = f"is {error}"
    except OSError as error:
        trouble = f"cannot be read: {reason_of(error)}"
    return ScannedFile(
        candidate.location, candidate.path, size, candidate.name, facts, fault, trouble
    )


def _judge(path: str, facts: InsvFacts) -> tuple[Reason | None, str]:
    """Why a recording is not fit to be sent, by the rules of `validate`; (None, "") when it is.

    A suspicion, as for an unknown camera, keeps nothing out: `validate` warns of it.
    """
    for finding in verdict(path, facts):
        if finding.severity is Severity.ERROR:
            return _OTHER_KINDS.get(finding.rule, Reason.BROKEN), finding.what
    return None, ""


def identify_file(location: str) -> Identity | None:
    """The identity of a file; None when it cannot be read."""
    try:
        with open_to_examine(location) as file:
            return identify(file, file.seek(0, os.SEEK_END))
    except OSError:
        return None
