"""Own the configuration: everything that environment and options decide, in one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.base.errors import UsageError
from runner.evercam.addresses import (
    INGEST_URL,
    MEDIA_URL,
    TUS_URL,
    Addresses,
    Credentials,
    is_token,
    parse_addresses,
)

VARIABLES = {
    "EVERCAM_USERNAME": "your Evercam login",
    "EVERCAM_PASSWORD": "its password",
    "EVERCAM_PASSWORD_FILE": "a file whose first line is the password, without blanks around it",
    "EVERCAM_TOKEN": "a bearer token instead of a login",
    "EVERCAM_MEDIA_URL": f"where to log in ({MEDIA_URL})",
    "EVERCAM_INGEST_URL": f"where uploads are created and finished ({INGEST_URL})",
    "EVERCAM_TUS_URL": f"where recordings go ({TUS_URL})",
    "SITEWALK_LEDGER": "the ledger's file, in a folder that exists (beside the manifest)",
    "SITEWALK_MEDIA_ROOT": "the folder the recordings are in (the manifest's)",
}
"""Each variable that is read with its meaning and default, as the documentation shows them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, and who is asking. None means: beside the manifest."""

    addresses: Addresses = field(default_factory=Addresses)
    credentials: Credentials = field(default_factory=Credentials)
    ledger: str | None = None
    media_root: Path | None = None


def read_settings(environment: Mapping[str, str], media_root: Path | None = None) -> Settings:
    """Settings from environment variables; an empty variable counts as absent.

    Raises UsageError for an unusable address or password file.
    """
    told = {name: value for name, value in environment.items() if value}
    addresses = parse_addresses(
        told.get("EVERCAM_MEDIA_URL", MEDIA_URL),
        told.get("EVERCAM_INGEST_URL", INGEST_URL),
        told.get("EVERCAM_TUS_URL", TUS_URL),
    )
    told_root = told.get("SITEWALK_MEDIA_ROOT")
    root = media_root or (Path(told_root) if told_root else None)
    return Settings(addresses, _credentials(told), told.get("SITEWALK_LEDGER"), root)


def _credentials(told: Mapping[str, str]) -> Credentials:
    token = _token(told.get("EVERCAM_TOKEN"))
    password, source = told.get("EVERCAM_PASSWORD"), "EVERCAM_PASSWORD"
    if password is None and "EVERCAM_PASSWORD_FILE" in told:
        source = "EVERCAM_PASSWORD_FILE"
        password = _first_line(Path(told[source]))
    password = password.strip("\r\n") if password else None  # as `export X="$(type file)"` leaves
    return Credentials(told.get("EVERCAM_USERNAME"), password, token, source)


def _token(text: str | None) -> str | None:
    """A token as a header can carry it; one read from a file often ends with a line break."""
    token = text.strip() if text else ""
    if not is_token(token) and token:
        raise UsageError("EVERCAM_TOKEN is not a token", "copy it again, without quotes or spaces")
    return token or None


def _first_line(path: Path) -> str:
    try:
        line = path.read_text(encoding="utf-8-sig").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UsageError(f"cannot read EVERCAM_PASSWORD_FILE {path}: {reason}") from error
    if not line:
        message = f"the first line of EVERCAM_PASSWORD_FILE {path} is empty"
        raise UsageError(message, "write the password there, and nothing else")
    return line
