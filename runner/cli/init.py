"""`sitewalk init`: a site is set up, once: project file, ledger, first manifest."""

from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import SystemClock, today
from runner.base.errors import ExitStatus, UsageError
from runner.base.wording import for_shell
from runner.cli.console import Console
from runner.cli.options import Yes, settings_here
from runner.flow.beginning import (
    MANIFEST,
    Answers,
    begin_site,
    read_drawing_id,
    read_project_id,
    refuse_to_overwrite,
)
from runner.manifest.schema.formats import parse_drawing

Folder = Annotated[Path, typer.Argument(help="The site's folder. Default: this one.")]
Project = Annotated[str | None, typer.Option(help="The project: its id, or a dashboard address.")]
Drawing = Annotated[str | None, typer.Option(help="The first drawing: its number.")]
Url = Annotated[
    str | None,
    typer.Option(help="The address of a drawing's dashboard page: it has project and drawing."),
]
UploadedBy = Annotated[
    str | None, typer.Option(help="The uploader's e-mail address. Default: the user who logs in.")
]


def init(
    folder: Folder = Path(),
    project: Project = None,
    drawing: Drawing = None,
    url: Url = None,
    uploaded_by: UploadedBy = None,
    yes: Yes = False,
) -> None:
    """Set up a site: project file, ledger, first manifest."""
    console = Console()
    refuse_to_overwrite(folder)
    answers = _answers(console, url or project, drawing, uploaded_by, yes=yes)
    manifest = folder / MANIFEST
    begun = begin_site(folder, answers, settings_here([manifest]), today(SystemClock()))
    for file in begun.files:
        console.say(f"written: {file}")
    console.say(f"ledger: {begun.ledger}")
    console.say(f"next: sitewalk scan CARD -o {for_shell(str(manifest))}")


def _answers(
    console: Console,
    project: str | None,
    drawing: str | None,
    uploaded_by: str | None,
    *,
    yes: bool,
) -> Answers:
    """What options say and, on a terminal, what a person adds; raises UsageError."""
    asks = not yes and console.can_ask
    if project is None:
        if not asks:
            help_ = "give --url with the address of a drawing's dashboard page, or --project"
            raise UsageError("nobody says which project this is", help_)
        project = console.ask("Project (its id, or the address of a drawing's dashboard page)")
    id_ = read_project_id(project)
    found = parse_drawing(project) if "/" in project else None
    if drawing is None and found is None and asks:
        drawing = console.ask("First drawing (its number or address; empty: later)")
    if uploaded_by is None and asks:
        uploaded_by = console.ask("Uploader's e-mail address (empty: the user who logs in)")
    if asks and not console.confirm(
        f"Set up project {id_} here?", "nothing was written", yes=False
    ):
        raise typer.Exit(ExitStatus.DONE)
    return Answers(
        id_, read_drawing_id(drawing) if drawing else found, uploaded_by=uploaded_by or None
    )
