"""Problems with where a name leads: nothing is there, it cannot be read, or it stands twice."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from runner.base.errors import reason_of
from runner.manifest.meaning.checks import REPEATED_RECORDING
from runner.problems.problem import Note, Place, Problem, Rule
from runner.recordings.address import MediaRoot
from runner.recordings.identity import Identity
from runner.recordings.roots import Root, UnfitFileError
from runner.recordings.stores import StoreError

MISSING = Rule("M041", "missing")
UNREADABLE = Rule("M044", "unreadable")
NOT_A_RECORDING = Rule("M045", "not-a-recording")
PHOTO = Rule("M046", "photo")


def no_media_root(media_root: MediaRoot, file: str) -> Problem:
    """One problem for all recordings of a manifest; its place is the manifest as a whole."""
    if isinstance(media_root, Path):
        help_ = "is the card mounted? --media-root or SITEWALK_MEDIA_ROOT names this folder"
    else:
        help_ = "is that its name? --media-root or SITEWALK_MEDIA_ROOT names this address"
    message = f"the media root {media_root} is not there"
    return MISSING.problem(message, Place(file), help_)


_ESCAPED = "\a\b\t\v\f\x1b"
"""What `\\a`, `\\b` and the like mean in double quotes, where a folder's name was meant."""


LOOKED_IN = "looked in"
"""How the help begins for a name of which nothing better is known."""


class MissingNames:
    """Help for recordings that are not there; each folder is listed only once.

    Only a name that differs in nothing but case is proposed. Cameras number their files, so the
    most similar name would be another recording's.
    """

    def __init__(self, root: Root) -> None:
        self._root = root
        self._listings: dict[str, dict[str, str]] = {}

    def help(self, name: str) -> str:
        """What to do about a name inside the media root that is not there."""
        if "*" in name or "?" in name:
            return "patterns are not expanded; `sitewalk scan` lists the recordings of a folder"
        if any(char in name for char in _ESCAPED):
            return "in double quotes `\\` begins an escape; write `/` between folders"
        folder, wanted = posixpath.split(name)
        near = self._listing(folder).get(wanted.casefold())
        return f"did you mean `{near}`?" if near else f"{LOOKED_IN} {self._root}"

    def _listing(self, folder: str) -> dict[str, str]:
        if folder not in self._listings:
            names = self._root.names_in(folder)
            self._listings[folder] = {name.casefold(): name for name in names}
        return self._listings[folder]


_Listed = Iterable[tuple[str, Place]]


def unfit(listed: _Listed, seen: Mapping[str, object], missing: MissingNames) -> Iterator[Problem]:
    """Yield a problem for each name that leads to no recording."""
    for name, place in listed:
        error = seen.get(name)
        if isinstance(error, UnfitFileError):
            is_missing = error.rule is MISSING
            help_ = missing.help(name) if is_missing else error.help
            yield error.rule.problem(f"`{name}` {error}", place, help_)


def repeated(listed: _Listed, identities: Mapping[str, Identity]) -> Iterator[Problem]:
    """Yield a problem for each name that leads to a recording listed before: a link or a copy."""
    first: dict[Identity, tuple[str, Place]] = {}
    for name, place in listed:
        if name not in identities:
            continue
        known_name, known = first.setdefault(identities[name], (name, place))
        if known_name != name:  # a name that stands twice is a problem already
            message = f"`{name}` is the same recording as `{known_name}` in line {known.line}"
            notes = (Note(known, "first listed here"),)
            help_ = "list each recording once; this is a copy of, or a link to, the other"
            yield REPEATED_RECORDING.problem(message, place, help_, notes)


def not_a_recording(error: Exception, *, is_photo: bool) -> UnfitFileError:
    """What a file is instead of a recording."""
    if is_photo:
        return UnfitFileError(PHOTO, f"is {error}", "list a video")
    help_ = "list a recording as the camera wrote it"
    return UnfitFileError(NOT_A_RECORDING, f"is {error}", help_)


def unreadable(error: OSError) -> UnfitFileError:
    """What the error means for a file."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return UnfitFileError(MISSING, "is not there", "")
    if isinstance(error, StoreError):
        return UnfitFileError(UNREADABLE, f"cannot be read: {error}", error.help)
    reason = f"cannot be read: {reason_of(error)}"
    help_ = "check its permissions, and that the card or share is mounted"
    return UnfitFileError(UNREADABLE, reason, help_)
