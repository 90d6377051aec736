"""The credentials: what there may be to log in with, and what is missing of it."""

from dataclasses import dataclass, field

from runner.errors import CredentialsError
from runner.quoting import Secrets


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and password, or a token handed in; neither shows in a representation."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def missing(self) -> bool:
        """Whether there is nothing to log in with."""
        return not self.token and not (self.username and self.password)


def lacking(credentials: Credentials) -> CredentialsError:
    """What is missing to log in, and how to give it."""
    if credentials.username and not credentials.password:
        help_ = "set EVERCAM_PASSWORD or EVERCAM_PASSWORD_FILE"
        return CredentialsError("EVERCAM_USERNAME is set, but no password", help_)
    if credentials.password and not credentials.username:
        message = "there is a password, but EVERCAM_USERNAME is not set"
        return CredentialsError(message, "set EVERCAM_USERNAME to the user it belongs to")
    help_ = "set EVERCAM_USERNAME and EVERCAM_PASSWORD, or EVERCAM_TOKEN"
    return CredentialsError("there are no credentials to log in with", help_)


def secrets_of(credentials: Credentials) -> Secrets:
    """What of them must never be shown."""
    password, token = credentials.password, credentials.token
    basic = f"{credentials.username}:{password}" if password else None
    return Secrets(password, basic, token)


def is_token(text: str) -> bool:
    """Whether a text can travel in an Authorization header."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
