"""The configuration: all that options, environment, files and defaults decide, in one value."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.base.errors import UsageError
from runner.base.files import read_text, write_file
from runner.base.wording import listed
from runner.evercam.addresses import (
    INGEST_URL,
    MEDIA_URL,
    TUS_URL,
    Addresses,
    Credentials,
    is_token,
    parse_addresses,
)
from runner.recordings.address import MediaRoot, is_address, parse_media_root

SETTINGS_FILE = "settings.toml"
"""What is this machine's own, in `.sitewalk/`."""

SETTING_TYPES: Mapping[str, type] = {
    "media_root": str,
    "ledger": str,
    "jobs": int,
    "limit_rate": str,
    "congestion_control": str,
    "notify": str,
}
"""What settings.toml may hold."""

SETTING_MEANINGS: Mapping[str, str] = {
    "media_root": "the folder or the object store's address the recordings are in",
    "ledger": "the ledger's file, or the address of one on a server",
    "jobs": "how many recordings are sent at once (3)",
    "limit_rate": "the most to send a second, at which times of day (unlimited)",
    "congestion_control": "how Linux shares the line, for example `bbr` (the system's)",
    "notify": "addresses for notices, as Apprise writes them, with blanks between (none)",
}
"""Each of them with its default, as the documentation shows it."""

VARIABLE_OF: Mapping[str, str] = {
    "media_root": "SITEWALK_MEDIA_ROOT",
    "ledger": "SITEWALK_LEDGER",
    "notify": "SITEWALK_NOTIFY",
}
"""The variables that say the same as a setting."""

_NOTHING: Mapping[str, Any] = {}

VARIABLES = {
    "EVERCAM_USERNAME": "your Evercam login",
    "EVERCAM_PASSWORD": "its password",
    "EVERCAM_PASSWORD_FILE": "a file whose first line is the password, without blanks around it",
    "EVERCAM_TOKEN": "a bearer token instead of a login",
    "EVERCAM_MEDIA_URL": f"where to log in ({MEDIA_URL})",
    "EVERCAM_INGEST_URL": f"where uploads are created and finished ({INGEST_URL})",
    "EVERCAM_TUS_URL": f"where recordings go ({TUS_URL})",
    "SITEWALK_LEDGER": (
        "the ledger's file, in a folder that exists, or its address on a server"
        " (beside the manifest)"
    ),
    "SITEWALK_MEDIA_ROOT": (
        "the folder or the object store's address the recordings are in (the manifest's folder)"
    ),
    "SITEWALK_NOTIFY": "addresses for notices, as Apprise writes them, with blanks between (none)",
}
"""Each variable that is read with its meaning and default, as the documentation shows them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, who is asking, and how it is done. None means: beside the manifest.

    `new_ledger` begins a ledger on purpose; `jobs` counts recordings at once. An empty
    `congestion_control` is the system's. `notify` are addresses for notices, which hold secrets.
    `sources` say where
    values that are no defaults come from.
    """

    addresses: Addresses = field(default_factory=Addresses)
    credentials: Credentials = field(default_factory=Credentials)
    ledger: str | None = None
    media_root: MediaRoot | None = None
    jobs: int = 3
    limit_rate: str = "unlimited"
    congestion_control: str = ""
    new_ledger: bool = False
    notify: str = field(default="", repr=False)
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)


def read_settings(
    environment: Mapping[str, str],
    options: Mapping[str, Any] = _NOTHING,
    file: Path | None = None,
) -> Settings:
    """Settings from options, environment variables and a settings.toml, in this order.

    An empty variable counts as absent, and so does an option that is None. Raises UsageError for an
    unusable address, password file or settings.toml.
    """
    variables = {name: value for name, value in environment.items() if value}
    addresses = parse_addresses(
        variables.get("EVERCAM_MEDIA_URL", MEDIA_URL),
        variables.get("EVERCAM_INGEST_URL", INGEST_URL),
        variables.get("EVERCAM_TUS_URL", TUS_URL),
    )
    values, sources = _values(variables, options, file)
    root = values.pop("media_root", None)
    return Settings(
        addresses,
        _credentials(variables),
        media_root=None if root is None else parse_media_root(str(root)),
        sources=sources,
        **values,
    )


def _values(
    variables: Mapping[str, str], options: Mapping[str, Any], file: Path | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that are no defaults, and where each comes from."""
    named = {key: variables[name] for key, name in VARIABLE_OF.items() if name in variables}
    values = _placed(read_settings_file(file), file) if file else {}
    sources = dict.fromkeys(values, file.as_posix() if file else "")
    for key, value in named.items():
        values[key], sources[key] = value, VARIABLE_OF[key]
    for key, value in options.items():
        # The command line hands on what the environment says as if it were an option.
        if value is not None and str(value) != str(named.get(key)):
            values[key], sources[key] = value, "option"
    return values, sources


def is_from_file(settings: Settings, key: str) -> bool:
    """Whether a value comes from settings.toml, and was not given for this one command."""
    return settings.sources.get(key, "").endswith(SETTINGS_FILE)


def read_settings_file(file: Path) -> dict[str, Any]:
    """The values of a settings.toml; none where there is no such file. Raises UsageError."""
    if not file.is_file():
        return {}
    import tomllib  # noqa: PLC0415 - few have such a file

    help_ = "mend it, or set values with `sitewalk config set`"
    try:
        values = tomllib.loads(read_text(file))
    except RecursionError as error:
        raise UsageError(f"{file} is no TOML: it is nested too deeply", help_) from error
    except ValueError as error:  # of the syntax, the encoding, or a number of 5,000 digits
        raise UsageError(f"{file} is no TOML: {error}", help_) from error
    for key, value in values.items():
        require_setting(key, f"{file}: ")
        if type(value) is not SETTING_TYPES[key]:
            what = "a whole number" if SETTING_TYPES[key] is int else "a text in quotes"
            raise UsageError(f"{file}: `{key}` must be {what}", f"sitewalk config set {key} VALUE")
    if not 1 <= values.get("jobs", 1) <= MOST_JOBS:
        raise UsageError(f"{file}: `jobs` must be 1 to {MOST_JOBS}", "sitewalk config set jobs 3")
    return values


MOST_JOBS = 32


def require_setting(key: str, where: str = "") -> None:
    """Raise UsageError for what is no setting of settings.toml."""
    if key not in SETTING_TYPES:
        near = difflib.get_close_matches(key, SETTING_TYPES, n=1)
        help_ = f"did you mean `{near[0]}`?" if near else f"there are: {listed(SETTING_TYPES)}"
        raise UsageError(f"{where}there is no setting `{key}`", help_)


def write_settings_file(file: Path, values: Mapping[str, Any]) -> None:
    """Write a settings.toml whole; raises UsageError."""
    lines = [f"{key} = {_toml(value)}\n" for key, value in sorted(values.items())]
    write_file(file, "".join(["# Of this machine; see `sitewalk config`.\n", *lines]))


def _toml(value: Any) -> str:
    """A value as TOML: its numbers and basic strings are those of JSON, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _placed(values: dict[str, Any], file: Path) -> dict[str, Any]:
    """Relative paths start from the folder that `.sitewalk/` stands in."""
    base = file.parent.parent
    for key in ("media_root", "ledger"):
        if key in values and not is_address(values[key]):
            values[key] = str(base / values[key])
    return values


def _credentials(variables: Mapping[str, str]) -> Credentials:
    token = _token(variables.get("EVERCAM_TOKEN"))
    password, source = variables.get("EVERCAM_PASSWORD"), "EVERCAM_PASSWORD"
    if password is None and "EVERCAM_PASSWORD_FILE" in variables:
        source = "EVERCAM_PASSWORD_FILE"
        password = _first_line(Path(variables[source]))
    password = password.strip("\r\n") if password else None  # as `export X="$(type file)"` leaves
    return Credentials(variables.get("EVERCAM_USERNAME"), password, token, source)


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
