"""Own what the name of a recording may be: a path inside the media root, as far as text can tell.

Links are followed when the file is looked at; see runner/recordings/files.py.
"""

import posixpath

from runner.problems import Place, Problem
from runner.rules.recordings import OUTSIDE
from runner.units import shorten


def is_inside(name: str) -> bool:
    """Whether a name stays below the folder it starts from, on every system: Windows knows more."""
    has_drive = name[1:2] == ":"
    if has_drive or "\\" in name or "\0" in name:
        return False
    return posixpath.normpath(name).partition("/")[0] not in {"", ".", ".."}


def leaves_media_root(name: str, place: Place) -> Problem:
    """The problem of a name that leads outside."""
    help_ = "write a path inside the media root, with forward slashes; see --media-root"
    return OUTSIDE.problem(f"`{shorten(name, 120)}` leaves the media root", place, help_)
