"""Own the folder that ledgers and reports lie in, which git ignores by its own word."""

from pathlib import Path

from runner.errors import LedgerError


def make_ledger_folder(folder: Path) -> None:
    """Make the folder where it is missing; raises LedgerError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if folder.name == ".sitewalk" and not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"cannot make the ledger's folder {folder}: {reason}"
        raise LedgerError(message, "choose another place with SITEWALK_LEDGER") from error
