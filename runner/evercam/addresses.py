"""Addresses of Evercam's three services, and the credentials to log in with."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runner.base.destination import Destination, is_loopback
from runner.base.errors import CredentialsError, UsageError

if TYPE_CHECKING:  # only who sends has secrets to keep
    from runner.evercam.http.quoting import Secrets

MEDIA_URL = "https://media.evercam.io"
INGEST_URL = "https://ingest2.evercam.io"
TUS_URL = "https://portal.evercam.io/files/"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses to log in, to create and finish uploads, and to send recordings to."""

    media: str = MEDIA_URL
    ingest: str = INGEST_URL
    tus: str = TUS_URL

    def destination(self, project: str) -> Destination:
        """The destination in the ledger: a project at this ingest address."""
        return Destination(self.ingest, project)


def parse_addresses(media: str, ingest: str, tus: str) -> Addresses:
    """Check and normalise three addresses; raises UsageError when one is unusable or unsafe."""
    _check("EVERCAM_MEDIA_URL", media)
    _check("EVERCAM_INGEST_URL", ingest)
    _check("EVERCAM_TUS_URL", tus)
    return Addresses(_plain(media), _plain(ingest), _plain(tus) + "/")


def _plain(text: str) -> str:
    """Write an address in one form only: it is part of the ledger's key for a walkthrough."""
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


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and password, or a token; secrets are left out of the repr.

    `password_source` is the variable that the password came from; `hint` says what to do where it
    came from elsewhere and is refused.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    password_source: str = "EVERCAM_PASSWORD"  # noqa: S105 - the name of a variable
    hint: str = ""

    @property
    def missing(self) -> bool:
        """Whether nothing is there to log in with."""
        return not self.token and not (self.username and self.password)


def lacking(credentials: Credentials) -> CredentialsError:
    """The error that says what is missing to log in, and how to give it."""
    if credentials.username and not credentials.password:
        help_ = "set EVERCAM_PASSWORD or EVERCAM_PASSWORD_FILE"
        return CredentialsError("EVERCAM_USERNAME is set, but no password", help_)
    if credentials.password and not credentials.username:
        message = "there is a password, but EVERCAM_USERNAME is not set"
        return CredentialsError(message, "set EVERCAM_USERNAME to the user it belongs to")
    help_ = "set EVERCAM_USERNAME and EVERCAM_PASSWORD, or EVERCAM_TOKEN; or `sitewalk login`"
    return CredentialsError("there are no credentials to log in with", help_)


def secrets_of(credentials: Credentials) -> "Secrets":
    """The secrets in some credentials, which must never be shown."""
    from runner.evercam.http.quoting import Secrets  # noqa: PLC0415 - only who sends has any

    password, token = credentials.password, credentials.token
    basic = f"{credentials.username}:{password}" if password else None
    return Secrets(password, basic, token)


def is_token(text: str) -> bool:
    """Whether a text can travel in an Authorization header."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
