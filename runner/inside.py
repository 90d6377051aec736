"""Own the border around a folder: a manifest's names may lead nowhere outside it."""

import os
import posixpath
from pathlib import Path


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
