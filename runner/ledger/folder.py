"""Own the folder that ledgers and reports lie in, which git ignores by its own word."""

from pathlib import Path

from runner.errors import LedgerError


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


def _has_content(file: Path) -> bool:
    """Not only that it exists: a full disk leaves an empty file behind."""
    return file.exists() and file.stat().st_size > 0
