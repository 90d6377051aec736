"""Compiled templates, kept for the next run: compiling them takes longer than a short run's rest.

They are code, as Python's own `.pyc` files are. So they are kept, and taken, only in a folder in
which nobody but this user can write.
"""

import contextlib
import os
import stat
import sys
from pathlib import Path
from pickle import UnpicklingError

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class _CompiledTemplates(FileSystemBytecodeCache):
    """Templates in a folder; what cannot be read or kept is compiled anew."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template that is there and still the same."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, UnpicklingError):  # the latter two of what is damaged
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template for the next run."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def compiled_templates(home: Path | None = None) -> FileSystemBytecodeCache | None:
    """Where templates are kept once they are compiled; None where there is no place for them.

    That is where Python shall write no byte code, or where a home has no folder for caches.
    """
    if sys.dont_write_bytecode:
        return None
    with contextlib.suppress(OSError, RuntimeError):  # the latter of a user without a home
        folder = _caches(home or Path.home()) / "sitewalk"
        if folder.parent.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
            if _is_ours_alone(folder):
                return _CompiledTemplates(str(folder))
    return None


def _caches(home: Path) -> Path:
    if os.name == "nt":
        return home / "AppData" / "Local"
    return home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"


def _is_ours_alone(folder: Path) -> bool:
    if sys.platform != "win32":  # a home there is its user's by its rights
        found = folder.lstat()
        is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if not is_own or found.st_mode & _OF_OTHERS:
            return False
    return True
