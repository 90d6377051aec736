"""Where a ledger is: a SQLite file, or the URL of a database server."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from runner.base.errors import UsageError


@dataclass(frozen=True, slots=True)
class LedgerAddress:
    """Where a ledger is: a SQLite file, or the URL of a database server."""

    text: str

    @property
    def path(self) -> Path | None:
        """The file; None for a URL."""
        return None if "://" in self.text else Path(self.text)

    @property
    def is_shared(self) -> bool:
        """Whether the ledger is on a server, where several runs may write at once."""
        return self.path is None

    @property
    def file(self) -> Path:
        """The file; raises UsageError for a URL."""
        if self.path is None:
            raise UsageError(f"SITEWALK_LEDGER names no file, but {self}", "name a file")
        return self.path

    @property
    def url(self) -> str:
        """The URL of a PostgreSQL server; raises UsageError for anything else."""
        scheme = self.text.partition("://")[0].lower()
        if scheme not in {"postgresql", "postgres"}:
            message = f"SITEWALK_LEDGER names a ledger by a URL that begins with {scheme}:"
            raise UsageError(message, _ONLY_POSTGRESQL)
        return self.text

    def __str__(self) -> str:
        return self.text if self.path else _without_password(self.text)


_ONLY_POSTGRESQL = (
    "name a file, or postgresql://USER@HOST/DATABASE: that two machines create nothing twice was "
    "shown with PostgreSQL, and with no other server"
)


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition(":")[0]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
