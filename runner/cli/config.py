"""`sitewalk config`: every setting with where it comes from, and those of this machine to set."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from runner.base.errors import UsageError
from runner.cli.console import Console
from runner.cli.help import HelpfulCommand, refuse
from runner.cli.options import settings_here
from runner.evercam.addresses import Credentials
from runner.evercam.keyring import stored_login
from runner.flow.ledgers import ledger_address
from runner.flow.notices import read_addresses, schemes
from runner.flow.project import only_project, sitewalk_folder
from runner.ledger.folder import open_state_folder
from runner.recordings.address import is_address, parse_media_root
from runner.settings import (
    MOST_JOBS,
    SETTING_TYPES,
    SETTINGS_FILE,
    Settings,
    read_settings_file,
    require_setting,
    write_settings_file,
)
from runner.upload.recording.rate_limit import parse_limit


class _Settings(TyperGroup):
    """`set` and `unset`; a setting in their place is told which is meant."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find `set` or `unset`."""
        if args and args[0] in SETTING_TYPES:
            refuse(ctx, f"No such command '{args[0]}'. Did you mean 'set {args[0]} VALUE'?")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Settings,
    help="Show every setting with where it comes from; set those of this machine.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
)
_MANIFEST = Path("manifest.yaml")
"""Stands for whatever manifest keeps its ledger in this folder."""

Key = Annotated[str, typer.Argument(help=f"One of {', '.join(SETTING_TYPES)}.", metavar="KEY")]
Value = Annotated[str, typer.Argument(metavar="VALUE")]


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    value: str
    source: str


@app.callback()
def config(context: typer.Context) -> None:
    """Show every setting with where it comes from; set those of this machine."""
    if context.invoked_subcommand is not None:
        return
    rows = [_Row(*row) for row in setting_rows()]
    widths = [max(len(row.key) for row in rows), max(len(row.value) for row in rows)]
    lines = (f"{row.key:{widths[0]}}  {row.value:{widths[1]}}  {row.source}\n" for row in rows)
    Console().data("".join(lines))


def setting_rows() -> Iterator[tuple[str, str, str]]:
    """Every setting with its value as it may be shown, and where that comes from."""
    return ((row.key, row.value, row.source) for row in _rows())


def _rows() -> Iterator[_Row]:
    settings, project = settings_here(), only_project([_MANIFEST])
    source = settings.sources.get
    named = project.path.as_posix() if project else ""
    for key in ("project", "uploaded_by"):
        value = project.reading.value(key) if project else None
        yield _Row(key, str(value or "-"), named if value else "default")
    if project is not None and project.ledger_id is not None:
        yield _Row("ledger id", project.ledger_id, named)
    url = project.ledger_url if project else None
    ledger = ledger_address([_MANIFEST], settings)
    yield _Row("ledger", str(ledger), source("ledger", named if url else "default"))
    root = settings.media_root
    beside = "the manifest's folder"
    yield _Row("media_root", str(root) if root else beside, source("media_root", "default"))
    yield _Row("jobs", str(settings.jobs), source("jobs", "default"))
    yield _Row("limit_rate", settings.limit_rate, source("limit_rate", "default"))
    control = settings.congestion_control or "the system's"
    yield _Row("congestion_control", control, source("congestion_control", "default"))
    shown = ", ".join(f"{scheme}://…" for scheme in schemes(settings.notify))
    yield _Row("notify", shown or "-", source("notify", "default"))
    yield from _service_rows()


def _service_rows() -> Iterator[_Row]:
    """Addresses, and whether there are credentials; what they are, nobody is shown."""
    settings = settings_here()
    for key in ("media", "ingest", "tus"):
        variable = f"EVERCAM_{key.upper()}_URL"
        source = variable if os.environ.get(variable) else "default"
        yield _Row(f"{key} address", getattr(settings.addresses, key), source)
    stored = _kept_login(settings)
    login = stored or settings.credentials
    credentials: Mapping[str, Any] = {
        "EVERCAM_USERNAME": login.username,
        "EVERCAM_PASSWORD": login.password and "set",
        "EVERCAM_TOKEN": login.token and "set",
    }
    for name, value in credentials.items():
        key = name.removeprefix("EVERCAM_").lower()
        source = "the system's keyring" if stored else name
        yield _Row(key, value or "-", source if value else "default")


def _kept_login(settings: Settings) -> Credentials | None:
    """The login in the keyring, where that is what a command would take."""
    if settings.credentials.missing:
        with contextlib.suppress(UsageError):  # a locked keyring hides no other setting
            return stored_login(settings.addresses.media)
    return None


@app.command("set", cls=HelpfulCommand)
def set_value(key: Key, value: Value) -> None:
    """Set a value for this machine, in .sitewalk/settings.toml."""
    require_setting(key)
    file = _file()
    write_settings_file(file, {**read_settings_file(file), key: _parsed(key, value)})
    if key == "notify":
        file.chmod(0o600)  # it holds secrets
    Console().say(f"written: {key} in {file}")


@app.command("unset", cls=HelpfulCommand)
def unset_value(key: Key) -> None:
    """Take a value out of .sitewalk/settings.toml."""
    require_setting(key)
    file = _file()
    values = read_settings_file(file)
    if key not in values:
        Console().say(f"{key} is not set in {file}")
        return
    write_settings_file(file, {name: value for name, value in values.items() if name != key})
    Console().say(f"taken out: {key} from {file}")


def _file() -> Path:
    """The settings' file, whose folder is made where it is missing."""
    folder = sitewalk_folder(_MANIFEST)
    open_state_folder(folder)
    return folder / SETTINGS_FILE


def _parsed(key: str, text: str) -> Any:
    """A value as settings.toml keeps it; raises UsageError for one that does not fit."""
    if not text:
        raise UsageError(f"`{key}` has no value", f"take it out: sitewalk config unset {key}")
    if key == "jobs":
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_JOBS):
            raise UsageError(f"`jobs` cannot be `{text}`", f"give a number from 1 to {MOST_JOBS}")
        return int(text)
    if key == "limit_rate":
        parse_limit(text)
        return text
    if key == "congestion_control":
        return text
    if key == "notify":
        read_addresses(text)
        return text
    if key == "media_root":
        text = str(parse_media_root(text))
    # A path is meant from here, and is read from anywhere.
    return text if is_address(text) else os.path.abspath(text)  # noqa: PTH100 - resolve() would follow links
