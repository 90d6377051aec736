"""Media roots: where a manifest's names lead, below a folder of this machine."""

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from runner.base.files import inside, is_inside, without_detours
from runner.manifest.meaning.checks import NO_FILE, OUTSIDE
from runner.problems.problem import Rule

if TYPE_CHECKING:  # few recordings are in a store
    from runner.recordings.stored import Location

EMPTY = Rule("M043", "empty")


class UnfitFileError(Exception):
    """A name leads to no recording; the message is a clause that can follow the name."""

    def __init__(self, rule: Rule, message: str, help_: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.help = help_


@dataclass(frozen=True, slots=True)
class LocatedFile:
    """A file that may be a recording: its size in bytes, and its time of change (ns) or ETag."""

    location: "Location"
    size: int
    version: int | str


class Root(Protocol):
    """A media root; its text is for people. Names stay inside it by their text already."""

    def is_there(self) -> bool:
        """Whether it can be looked into. Raises ServerError and CredentialsError for a store."""

    def find(self, name: str) -> LocatedFile:
        """What a name leads to.

        Raises UnfitFileError where that is no file that may be a recording, and OSError.
        """

    def names_in(self, folder: str) -> Iterable[str]:
        """The names of the files in a folder, "" for the root; none where it cannot be listed."""

    def names_beside(self, location: "Location") -> Iterable[str]:
        """The names of the files in the folder of what was found."""


class DiskRoot:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._shown = folder
        self._folder = Path(os.path.realpath(folder))
        self._inside: dict[str, Path | None] = {}

    def __str__(self) -> str:
        return str(self._shown)

    def is_there(self) -> bool:
        """Whether the folder is there."""
        return self._folder.is_dir()

    def find(self, name: str) -> LocatedFile:
        """What a name leads to, links followed; raises as `Root.find`."""
        folder = self._real_folder(name.rpartition("/")[0]) if is_inside(name) else None
        if folder is not None:  # nearly always, and then the disk is asked once for each file
            location = folder / name.rpartition("/")[2]
            with suppress(OSError):  # it may be spelt otherwise
                status = os.lstat(location)
                if not stat.S_ISLNK(status.st_mode):
                    return on_disk(location, status)
        return self._found(name)

    def _real_folder(self, folder: str) -> Path | None:
        if folder not in self._inside:
            real = Path(os.path.realpath(self._folder / folder))
            self._inside[folder] = real if real.is_relative_to(self._folder) else None
        return self._inside[folder]

    def _found(self, name: str) -> LocatedFile:
        location = inside(self._folder, self._as_spelt(name))
        if location is None:  # by a link, as the name itself stays inside
            help_ = "put the recording itself there, or give its folder as --media-root"
            raise UnfitFileError(OUTSIDE, "is a link that leads out of the media root", help_)
        return on_disk(location, location.stat())

    def _as_spelt(self, name: str) -> str:
        """The name as the file system spells it: one takes `ü` apart, where another does not."""
        if name.isascii() or (self._folder / name).exists():
            return name
        found = self._folder
        for part in without_detours(name).split("/"):
            found = found / part if (found / part).exists() else found / _same_letters(found, part)
        return found.relative_to(self._folder).as_posix()

    def names_in(self, folder: str) -> Iterable[str]:
        """The names in a folder of the root."""
        return _names_on_disk(self._folder / folder)

    def names_beside(self, location: "Location") -> Iterable[str]:
        """The names in the real folder of a file."""
        return _names_on_disk(location.parent) if isinstance(location, Path) else ()


def _names_on_disk(folder: Path) -> Iterator[str]:
    with suppress(OSError):
        yield from (path.name for path in folder.iterdir())


def _same_letters(folder: Path, name: str) -> str:
    return spelt(name, _names_on_disk(folder))


def spelt(name: str, names: Iterable[str]) -> str:
    """The name that has the same letters; the name itself where none has."""
    wanted = unicodedata.normalize("NFC", name)
    return next(
        (listed for listed in names if unicodedata.normalize("NFC", listed) == wanted), name
    )


def on_disk(location: Path, status: os.stat_result) -> LocatedFile:
    """A file as its status has it; raises UnfitFileError."""
    if stat.S_ISDIR(status.st_mode):
        raise UnfitFileError(NO_FILE, "is a folder", "list the recordings in it one by one")
    if not stat.S_ISREG(status.st_mode):
        raise UnfitFileError(NO_FILE, "is not a regular file", "list a recording")
    return LocatedFile(location, not_empty(status.st_size), status.st_mtime_ns)


def not_empty(size: int) -> int:
    """The size in bytes; raises UnfitFileError for none."""
    if size == 0:
        raise UnfitFileError(EMPTY, "is empty", "copy it from the card once more")
    return size
