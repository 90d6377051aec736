"""Where recordings are looked for: a folder, or an address of an object store or a server."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from runner.base.errors import UsageError

OBJECT_STORES = frozenset({"s3", "gs", "az"})
"""Schemes that obstore serves: it asks for a version (ETag) with every read."""

OTHER_STORES = frozenset({"sftp", "smb", "memory"})
"""Schemes that fsspec serves itself."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
"""Two characters at least: `C:\\walks`, and `C://walks` too, lie on a drive of Windows."""


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """The address of a place in a store, without a slash at its end: `s3://bucket/site-a`."""

    url: str

    def __str__(self) -> str:
        return self.url

    @property
    def scheme(self) -> str:
        """What stands before `://`, in lower case."""
        return self.url.partition("://")[0].lower()

    def of(self, name: str) -> str:
        """The address of what lies there under a name."""
        return f"{self.url}/{name}" if name else self.url


MediaRoot = Path | StoreAddress


def is_address(text: str) -> bool:
    """Whether a text is an address and no path."""
    return _SCHEME.match(text) is not None


def names_a_server(root: MediaRoot) -> bool:
    """Whether an address itself names the host to log in at; those of clouds stand elsewhere."""
    return isinstance(root, StoreAddress) and root.scheme in {"sftp", "smb"}


def parse_media_root(text: str) -> MediaRoot:
    """A folder, or the address of a store; raises UsageError for an address of no use.

    An address with a password is refused, whoever wrote it: it would stand in plans and logs.
    """
    if not is_address(text):
        return Path(text)
    scheme, _, rest = text.partition("://")
    address = StoreAddress(f"{scheme.lower()}://{rest.rstrip('/')}")
    _refuse_secrets(address)
    if address.scheme not in OBJECT_STORES | OTHER_STORES:
        message = f"no recordings can be read from {address.scheme}:// addresses"
        raise UsageError(message, "there are s3://, gs://, az://, sftp:// and smb://")
    if address.scheme in OBJECT_STORES and not rest.strip("/"):
        raise UsageError(f"{text} names no bucket", f"for example {scheme}://bucket/site-a")
    return address


def _refuse_secrets(address: StoreAddress) -> None:
    """Refuse an address that holds a secret, without repeating any of it."""
    try:
        parts = urlsplit(address.url)
        user, at, _ = parts.netloc.rpartition("@")
    except ValueError as error:
        raise UsageError(f"the {address.scheme}:// address of the recordings is none") from error
    if parts.query or parts.fragment or ":" in user or (at and address.scheme in OBJECT_STORES):
        message = f"the {address.scheme}:// address of the recordings holds credentials or options"
        help_ = "write it without; credentials are taken from where the store's own tools keep them"
        raise UsageError(message, help_)
