"""The folder that ledgers and reports lie in, which git ignores by its own word."""

from pathlib import Path

from runner.errors import LedgerError

_BESIDE = ("", ".new", ".lock", ".holder.json", "-journal", "-wal", "-shm")
"""Endings of what is written where a ledger is."""


def make_ledger_folder(folder: Path) -> None:
    """Make the folder where it is missing, but not those it lies in; raises LedgerError."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        ignore = folder / ".gitignore"
        if folder.name == ".sitewalk" and not _has_content(ignore):
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"cannot write in the ledger's folder {folder}: {reason}"
        help_ = "make that possible, or choose another place with SITEWALK_LEDGER"
        raise LedgerError(message, help_) from error


def refuse_links(ledger: Path) -> None:
    """Raise LedgerError where a ledger, its folder or a file beside it is a symbolic link.

    One that came with somebody's repository leads anywhere, and a ledger with two names has two
    locks.
    """
    places = [ledger.with_name(ledger.name + ending) for ending in _BESIDE]
    if ledger.parent.name == ".sitewalk":
        places += [ledger.parent, ledger.parent / ".gitignore"]
    for place in places:
        if place.is_symlink():
            help_ = "remove the link; to keep a ledger elsewhere, name its file in SITEWALK_LEDGER"
            raise LedgerError(f"{place} is a symbolic link, which no ledger follows", help_)


def _has_content(file: Path) -> bool:
    """Not only that it exists: a full disk leaves an empty file behind."""
    return file.exists() and file.stat().st_size > 0
