"""Own what is refused of a place to write to, before the work that would go into it."""

from pathlib import Path

from runner.errors import UsageError

_PAGE_ENDINGS = frozenset({".html", ".htm"})


def require_place(file: Path | None, option: str) -> None:
    """Raise UsageError where no file can be written."""
    if file is None:
        return
    if file.is_dir() or not file.parent.is_dir():
        message = f"cannot write {file}: it is a folder, or its folder is not there"
        raise UsageError(message, f"choose another place with {option}")


def require_page(file: Path | None, option: str) -> None:
    """Raise UsageError where no page can be written, or where it could replace a manifest."""
    require_place(file, option)
    if file is not None and file.suffix.lower() not in _PAGE_ENDINGS:
        message = f"a page ends in .html, not as {file} does"
        raise UsageError(message, f"for example {option} {file.with_suffix('.html').name}")
