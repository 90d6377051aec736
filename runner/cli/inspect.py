"""`sitewalk inspect`: what recordings say of themselves, without a manifest."""

from pathlib import Path
from typing import Annotated

import typer

from runner.base.errors import ExitStatus, reason_of
from runner.base.wording import json_text, printable
from runner.cli.console import Console
from runner.cli.options import Format, FormatOption
from runner.problems.problem import Severity
from runner.recordings.address import StoreAddress, is_address, parse_media_root
from runner.recordings.checks.text import Inspected, inspected_json, inspected_text
from runner.recordings.checks.verdict import verdict
from runner.recordings.identity import open_to_examine
from runner.recordings.insv.examine import examine
from runner.recordings.insv.reader import NotInsvError
from runner.recordings.roots import UnfitFileError
from runner.recordings.store_root import StoreRoot, open_store
from runner.recordings.stored import Location
from runner.recordings.stores import BusyStoreError, NoStoreCredentialsError, refused_by_store

Recordings = Annotated[
    list[str],
    typer.Argument(
        help="Recordings: files, or addresses such as s3://bucket/VID.insv.",
        metavar="FILE…",
        show_default=False,
    ),
]


def inspect(files: Recordings, format_: FormatOption = Format.TEXT) -> None:
    """Show what recordings say of themselves, and whether they are fit to be sent."""
    console = Console()
    looked = {name if is_address(name) else Path(name).as_posix(): _look_at(name) for name in files}
    unreadable = {file: found for file, found in looked.items() if isinstance(found, str)}
    found = [recording for recording in looked.values() if not isinstance(recording, str)]
    if format_ is Format.JSON:
        console.data(json_text(inspected_json(found, unreadable)))
    else:
        console.names("\n".join(inspected_text(recording) for recording in found))
    for file, reason in unreadable.items():
        console.say(printable(f"error: {file}: {reason}"))
    severities = {finding.severity for recording in found for finding in recording.verdict}
    if unreadable or Severity.ERROR in severities:
        raise typer.Exit(ExitStatus.INVALID)


def _look_at(name: str) -> Inspected | str:
    """The recording, or why it cannot be inspected."""
    place = parse_media_root(name)
    return _look_on_disk(place) if isinstance(place, Path) else _look_in_store(place)


def _look_on_disk(path: Path) -> Inspected | str:
    if path.is_dir():
        return "is a folder: name the recordings in it, or let `sitewalk scan` look through it"
    if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
        return "is not a file: name a recording"
    return _examined(path.as_posix(), path)


def _look_in_store(address: StoreAddress) -> Inspected | str:
    folder, _, name = address.url.rpartition("/")
    if folder.endswith("/"):
        return "is a bucket: name a recording, or let `sitewalk scan` look through it"
    try:
        found = StoreRoot(open_store(StoreAddress(folder))).find(name).location
    except UnfitFileError as error:
        return str(error)
    except (BusyStoreError, NoStoreCredentialsError) as error:
        raise refused_by_store(error) from error
    except OSError as error:
        return f"cannot be read: {reason_of(error)}"
    return _examined(address.url, found)


def _examined(shown: str, location: Location) -> Inspected | str:
    try:
        with open_to_examine(location) as file:
            facts = examine(file)
    except NotInsvError as error:
        return str(error)
    except OSError as error:
        return f"cannot be read: {reason_of(error)}"
    return Inspected(shown, facts, tuple(verdict(shown, facts)))
