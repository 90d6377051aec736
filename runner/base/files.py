"""Files: read and written whole, and never outside the folder they belong to."""

import contextlib
import errno
import os
import posixpath
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from runner.base.errors import SitewalkError, UsageError, reason_of


def write_file(path: Path, content: str | bytes, help_: str = "") -> None:
    """Write a file whole or not at all; text is UTF-8, with the line ends it has.

    Raises UsageError, which gives `help_` as advice.
    """
    try:
        replace_file(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {reason_of(error)}", help_) from error


MAX_DOCUMENT = 256_000_000
"""Bytes of a plan, a report or an export: a ledger of a million events takes about that."""


def read_text(path: Path, help_: str = "", failure: type[SitewalkError] = UsageError) -> str:
    """Read a document of UTF-8 text, of MAX_DOCUMENT bytes at most; a line ends as on Unix.

    Raises `failure`, with `help_` as advice, when the file cannot be read, and UnicodeDecodeError
    when it is not UTF-8.
    """
    try:
        text = read_regular(path, MAX_DOCUMENT).decode("utf-8")
    except OSError as error:
        raise failure(f"cannot read {path}: {reason_of(error)}", help_) from error
    return text.replace("\r\n", "\n")


def read_regular(path: Path, limit: int) -> bytes:
    """All bytes of a regular file; raises OSError for more than `limit`, for pipes and devices.

    Whoever names a file to us may have made it a pipe that never ends, or `/dev/zero`.
    """
    with open_regular(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it is larger than {limit // 1_000_000} MB")
    return content


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file to read; raises OSError for all else, without waiting for a writer."""
    descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | _BINARY)
    try:
        _require_regular(os.fstat(descriptor).st_mode)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_regular(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no regular file")


_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def leads_out(path: Path) -> bool:
    """Whether a file of a repository is, by a link, one outside of it.

    A pull request may bring a link to anything that its reader has and may not show.
    """
    here = Path(os.path.abspath(path))  # noqa: PTH100 - links stay: it is them that are judged
    root = next((up for up in here.parents if (up / ".git").exists()), None)
    return root is not None and not here.resolve().is_relative_to(root.resolve())


def replace_file(path: Path, content: bytes) -> None:
    """Put bytes in the place of a file, with the rights it has; raises OSError.

    A link is replaced itself, and what it leads to stays as it is. Where no file is yet, a new one
    gets the rights that any new file would. A pipe or device cannot be replaced: it is written to.
    """
    if path.exists() and not (path.is_symlink() or path.is_file() or path.is_dir()):
        path.write_bytes(content)
        return
    with drafted(path) as file:
        file.write(content)


def rewrite_file(path: Path, content: bytes, help_: str = "") -> None:
    """Write a file that its user named as `write_file` does; a link stays, and is followed."""
    is_link = path.is_symlink() and (path.is_file() or not path.exists())
    write_file(Path(os.path.realpath(path)) if is_link else path, content, help_)


@contextlib.contextmanager
def drafted(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of another once it is whole; raises OSError."""
    draft = path.with_name(f".{os.urandom(8).hex()}")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not path.is_symlink():
            shutil.copymode(path, draft)
        draft.replace(path)
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
