"""Own the addresses of Evercam's three services, and which of them may carry credentials."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from runner.destination import Destination
from runner.errors import UsageError

MEDIA_URL = "https://media.evercam.io"
INGEST_URL = "https://ingest2.evercam.io"
TUS_URL = "https://portal.evercam.io/files/"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where to log in, where to create and finish uploads, where recordings go."""

    media: str = MEDIA_URL
    ingest: str = INGEST_URL
    tus: str = TUS_URL

    def destination(self, project: str) -> Destination:
        """A project at this ingest address, as the ledger knows it."""
        return Destination(self.ingest, project)


def parse_addresses(media: str, ingest: str, tus: str) -> Addresses:
    """Check and tidy three addresses; raises UsageError."""
    _check("EVERCAM_MEDIA_URL", media)
    _check("EVERCAM_INGEST_URL", ingest)
    _check("EVERCAM_TUS_URL", tus)
    return Addresses(_plain(media), _plain(ingest), _plain(tus) + "/")


def _plain(text: str) -> str:
    """One writing for each address: it is part of the key under which the ledger keeps a walk."""
    url = urlsplit(text)
    host = url.hostname or ""
    named = f"[{host}]" if ":" in host else host
    port = f":{url.port}" if url.port and url.port != _DEFAULT_PORTS[url.scheme] else ""
    return f"{url.scheme}://{named}{port}{url.path.rstrip('/')}"


def _check(name: str, text: str) -> None:
    try:
        url = urlsplit(text)
        host, _ = url.hostname, url.port
    except ValueError as error:
        raise UsageError(f"{name} is not an address: {error}") from None
    if url.scheme not in {"http", "https"} or not host or url.query or url.fragment:
        raise UsageError(f"{name} is not an address: `{text}`", "for example https://example.com")
    if url.username or url.password:
        raise UsageError(f"{name} must not hold credentials", "use EVERCAM_USERNAME and _PASSWORD")
    if url.scheme == "http" and not is_loopback(host):
        help_ = "credentials and recordings travel over https only"
        raise UsageError(f"{name} is not encrypted: `{text}`", help_)


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
