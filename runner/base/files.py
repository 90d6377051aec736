"""Files: read and written whole, and never outside the folder they belong to."""

import os
import posixpath
import secrets
import shutil
from pathlib import Path

from runner.base.errors import SitewalkError, UsageError, reason_of


def write_file(path: Path, content: str | bytes, help_: str = "") -> None:
    """Write a file whole or not at all; text is UTF-8, with the line ends it has.

    Raises UsageError, which gives `help_` as advice.
    """
    try:
        replace_file(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {reason_of(error)}", help_) from error


def read_text(path: Path, help_: str = "", failure: type[SitewalkError] = UsageError) -> str:
    """Read a file of UTF-8 text.

    Raises `failure`, with `help_` as advice, when the file cannot be read, and UnicodeDecodeError
    when it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise failure(f"cannot read {path}: {reason_of(error)}", help_) from error


def replace_file(path: Path, content: bytes) -> None:
    """Put bytes in the place of a file, with the rights it has; raises OSError.

    A link stays, and what it leads to is replaced. Where no file is yet, a new one gets the rights
    that any new file would. A pipe or device cannot be replaced: it is written to.
    """
    place = Path(os.path.realpath(path))
    if path.exists() and not (path.is_file() or path.is_dir()):
        path.write_bytes(content)
        return
    draft = place.with_name(f".{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            shutil.copymode(place, draft)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def is_inside(name: str) -> bool:
    """Whether a name stays below the folder it starts from, as far as its text tells.

    Absolute names, drive letters and backslashes lead elsewhere, on every system.
    """
    has_drive = name[1:2] == ":"
    if has_drive or "\\" in name or "\0" in name:
        return False
    return without_detours(name).partition("/")[0] not in {"", ".", ".."}


def without_detours(name: str) -> str:
    """The one way to write a name: `a/b` for `a//./b`. Most have no folder, and cost nothing."""
    return posixpath.normpath(name) if "/" in name else name or "."


def inside(root: Path, name: str) -> Path | None:
    """The real location of `name` in `root`, links followed; None when that lies elsewhere.

    `root` is a real path itself.
    """
    if not is_inside(name):
        return None
    location = Path(os.path.realpath(root / name))
    return location if location.is_relative_to(root) and location != root else None
