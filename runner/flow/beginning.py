"""What `init` writes: a project file, the ledger it names, and a first manifest."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runner.base.errors import UsageError
from runner.base.files import write_file
from runner.base.schemas import schema_text
from runner.flow.ledgers import ledger_address, refuse_another_ledger
from runner.flow.project import PROJECT_FILE, find_project, sitewalk_folder
from runner.ledger.address import LedgerAddress
from runner.ledger.folder import open_state_folder
from runner.ledger.store import Ledger
from runner.manifest.schema.formats import parse_drawing, parse_project
from runner.manifest.schema.placeholders import TODO
from runner.manifest.yaml.scalars import quoted
from runner.settings import Settings

MANIFEST = "manifest.yaml"
_SCHEMAS = ("project", "manifest")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person says of a site; `drawing` is the id of its first drawing."""

    project: str
    drawing: int | None = None
    drawing_name: str = "level-1"
    uploaded_by: str | None = None


def read_project_id(text: str) -> str:
    """The project in an id or a dashboard address; raises UsageError."""
    project = parse_project(text)
    if project is None:
        help_ = "give its id, or the address of one of its dashboard pages"
        raise UsageError(f"`{text}` is no project", help_)
    return project


def read_drawing_id(text: str) -> int:
    """The drawing in a number or a dashboard address; raises UsageError."""
    found = int(text) if text.isascii() and text.isdecimal() and int(text) else parse_drawing(text)
    if not found:
        help_ = "give the number that ends its dashboard address: …/drawings/map?id=6143"
        raise UsageError(f"`{text}` is no drawing", help_)
    return found


def refuse_to_overwrite(folder: Path) -> None:
    """Raise UsageError where there is a project file, also above, or no folder."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "make it first")
    found = find_project(folder / MANIFEST)
    if found is not None:
        message = f"{found} is there already"
        raise UsageError(message, "a site is set up once; edit it, or see `sitewalk config`")


@dataclass(frozen=True, slots=True)
class Begun:
    """The new files, and the ledger, which may have been there before."""

    files: tuple[Path, ...]
    ledger: LedgerAddress


def begin_site(folder: Path, answers: Answers, settings: Settings, today: dt.date) -> Begun:
    """Make or open the ledger, and write the files that name it.

    Raises UsageError, LedgerError.
    """
    refuse_to_overwrite(folder)
    manifest = folder / MANIFEST
    address = ledger_address([manifest], settings)
    refuse_another_ledger(address, [manifest], settings)
    with Ledger.open(address) as ledger:
        id_ = ledger.id
    own = sitewalk_folder(manifest)
    open_state_folder(own)
    for name in _SCHEMAS:
        write_file(own / f"{name}.schema.json", schema_text(name))
    project = folder / PROJECT_FILE
    write_file(project, "\n".join([*_project_lines(answers, id_), ""]))
    if manifest.exists():
        return Begun((project,), address)
    write_file(manifest, "\n".join([*_manifest_lines(answers, today), ""]))
    return Begun((project, manifest), address)


def _project_lines(answers: Answers, ledger_id: str) -> Iterator[str]:
    yield "# yaml-language-server: $schema=.sitewalk/project.schema.json"
    yield "# What all manifests of this site share; what a manifest says itself wins."
    yield "version: 1"
    yield f"project: {quoted(answers.project)}"
    if answers.uploaded_by is None:
        yield "# uploaded_by: you@example.com # default: the user who logs in"
    else:
        yield f"uploaded_by: {quoted(answers.uploaded_by)}"
    yield "ledger:"
    yield f"  id: {ledger_id} # any other ledger is refused; do not change it"
    if answers.drawing is not None:
        yield "drawings:"
        yield f"  {quoted(answers.drawing_name)}: {{id: {answers.drawing}}}"
    yield "# routes: # walks that are repeated, named once"
    yield "# ignore: # recordings that scans leave out"


def _manifest_lines(answers: Answers, today: dt.date) -> Iterator[str]:
    """A manifest with a placeholder for every open value."""
    drawing = TODO if answers.drawing is None else quoted(answers.drawing_name)
    yield "# yaml-language-server: $schema=.sitewalk/manifest.schema.json"
    yield "# Project, drawings and routes are taken from sitewalk.yaml."
    yield "version: 1"
    if answers.drawing is None:
        where = "the number that ends its dashboard address: …/drawings/map?id=6143"
        yield "drawings:"
        yield f"  {quoted(answers.drawing_name)}: {{id: {TODO}}} # {where}"
    yield "walkthroughs:"
    yield f"  - id: first-walk-{today} # the key by which a second run knows what is done"
    yield f"    date: {today}"
    yield f"    drawing: {drawing}"
    yield f'    start_position: {TODO} # "latitude, longitude": 0 to 1 on a blank drawing'
    yield f"    end_position: {TODO}"
    yield f"    files: [{TODO}]"
