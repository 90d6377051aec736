"""Files written whole or not at all, and read, with one wording of what went wrong."""

import os
import secrets
import shutil
from pathlib import Path

from runner.errors import SitewalkError, UsageError, reason_of


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
