"""The state folder `.sitewalk` and a ledger's files: opened here, and only when they are our own.

A repository can bring such a folder along. As links its files would lead what is written anywhere,
and a ledger in it would say of walkthroughs that they are done.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from runner.base.errors import LedgerError, reason_of
from runner.base.files import replace_file

STATE_FOLDER = ".sitewalk"

_OWN = (".gitignore", "runs", "settings.toml")
"""What else is read or written in a state folder."""

_BESIDE = ("", ".new", ".lock", ".holder.json", ".live.json", "-journal", "-wal", "-shm")
"""Endings of what is written where a ledger is."""


def beside(ledger: Path, ending: str) -> Path:
    """The file beside a ledger that has its name and an ending."""
    return ledger.with_name(ledger.name + ending)


def open_state_folder(folder: Path) -> None:
    """Make the folder where it is missing, but not those it lies in; raises LedgerError.

    Raises it as well for links, and for a state folder that git tracks.
    """
    refuse_foreign_folder(folder)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        ignore = folder / ".gitignore"
        if folder.name == STATE_FOLDER and not _has_content(ignore):
            replace_file(ignore, b"*\n")
    except OSError as error:
        raise unusable("write in the ledger's folder", folder, error) from error


def unusable(doing: str, place: Path, error: OSError) -> LedgerError:
    """The error for a ledger that the system refuses to use; names its owner if that is why."""
    message = f"cannot {doing} {place}: {reason_of(error)}"
    owner = _owner_of(place) if isinstance(error, PermissionError) else ""
    if not owner:
        return LedgerError(
            message, "make that possible, or choose another place with SITEWALK_LEDGER"
        )
    help_ = (
        "a ledger of your own would create everything once more: run this as that user, or let "
        "both write in one folder and name the ledger there in SITEWALK_LEDGER"
    )
    return LedgerError(f"{message}; it belongs to {owner}", help_)


def _owner_of(place: Path) -> str:
    if sys.platform != "win32":
        for known in (place, *place.parents[:2]):
            with contextlib.suppress(OSError, KeyError):
                return known.owner()
    return ""


def refuse_foreign_folder(folder: Path) -> None:
    """Raise LedgerError where a state folder holds links, or is tracked by git."""
    if folder.name == STATE_FOLDER:
        _refuse_links([folder, *(folder / name for name in _OWN)])
        _refuse_tracked(folder)


def refuse_foreign_ledger(ledger: Path) -> None:
    """Raise LedgerError where a ledger, its folder or a file beside it is a link or tracked.

    A ledger with two names has two locks, besides.
    """
    try:
        _refuse_links([beside(ledger, ending) for ending in _BESIDE])
        refuse_foreign_folder(ledger.parent)
        if ledger.parent.name != STATE_FOLDER and ledger.exists():
            _refuse_tracked(ledger)
    except PermissionError as error:
        raise unusable("use the ledger", ledger, error) from error


def _refuse_links(places: list[Path]) -> None:
    for place in places:
        if place.is_symlink():
            help_ = "remove the link; to keep a ledger elsewhere, name its file in SITEWALK_LEDGER"
            raise LedgerError(f"{place} is a symbolic link, which no ledger follows", help_)


def _refuse_tracked(place: Path) -> None:
    if _is_tracked(place):
        message = f"{place} came with the repository: git tracks it, so it may be somebody else's"
        help_ = f"look at what is in it; to keep it as your own: git rm -r --cached {place.name}"
        raise LedgerError(message, help_)


def _is_tracked(place: Path) -> bool:
    """Whether git tracks a file, or anything in a folder, as far as git itself can tell.

    A repository of another owner, as containers have it, is asked as well: nothing that its
    configuration names is run by this. Without git, nothing is known. Case does not count, for
    macOS and Windows open `.sitewalk` where git tracks `.SiteWalk`.
    """
    if not place.exists() or not any((up / ".git").exists() for up in place.absolute().parents):
        return False
    git = shutil.which("git")
    if git is None or not Path(git).is_absolute():  # Windows looks in the working folder first
        return False
    options = ("-c", "core.fsmonitor=false", "-c", "safe.directory=*")
    words = [git, *options, "ls-files", "--", f":(icase,literal){place.name}"]
    environment = dict(_without_git(os.environ))
    try:
        found = subprocess.run(  # noqa: S603 - git of the PATH, with a name behind `--`
            words,
            cwd=place.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(found.stdout)


_PATIENCE = 30.0
"""Seconds; git takes some milliseconds."""


def _without_git(environment: os._Environ[str]) -> Iterator[tuple[str, str]]:
    """The environment without a hook's own repository and index, which lead git elsewhere."""
    return ((name, value) for name, value in environment.items() if not name.startswith("GIT_"))


def _has_content(file: Path) -> bool:
    """Whether the file has bytes: a full disk leaves an empty file behind."""
    return file.exists() and file.stat().st_size > 0
