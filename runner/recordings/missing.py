"""Own what was most likely meant by a recording's name that leads nowhere."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_ESCAPED = "\a\b\t\v\f\x1b"
"""What `\\a`, `\\b` and others in double quotes stand for, which begin many a folder's name."""


@dataclass(frozen=True, slots=True)
class MissingNames:
    """Says the way out for each; lists each folder once.

    It proposes a name that differs in nothing but case. Cameras number their files, so the most
    similar name would be another recording's.
    """

    root: Path
    _listings: dict[Path, dict[str, str]] = field(default_factory=dict)

    def way_out(self, name: str) -> str:
        """Help for a name inside the media root that is not there."""
        if "*" in name or "?" in name:
            return "patterns are not expanded; `sitewalk scan` lists the recordings of a folder"
        if any(char in name for char in _ESCAPED):
            return "in double quotes `\\` begins an escape; write `/` between folders"
        wanted = self.root / name
        near = self._listing(wanted.parent).get(wanted.name.casefold())
        return f"did you mean `{near}`?" if near else f"looked in {self.root}"

    def _listing(self, folder: Path) -> dict[str, str]:
        if folder not in self._listings:
            self._listings[folder] = dict(_by_folded_name(folder))
        return self._listings[folder]


def _by_folded_name(folder: Path) -> Iterator[tuple[str, str]]:
    """None where the folder is not there, or may be entered, but not listed."""
    with suppress(OSError):
        yield from ((path.name.casefold(), path.name) for path in folder.iterdir())
