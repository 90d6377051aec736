"""Own `sitewalk inspect`: what recordings say of themselves, without a manifest."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runner.cli.console import Console
from runner.cli.options import Format, FormatOption
from runner.exit_status import ExitStatus

if TYPE_CHECKING:
    from runner.recordings.facts import InsvFacts

Recordings = Annotated[
    list[Path], typer.Argument(help="Recordings.", metavar="FILE…", show_default=False)
]


def inspect(files: Recordings, format_: FormatOption = Format.TEXT) -> None:
    """Show what recordings say of themselves, and what is broken about them."""
    from runner.recordings.telling import facts_json, facts_text

    console = Console()
    looked = [(path.as_posix(), _read(path, console)) for path in files]
    found = [(name, facts) for name, facts in looked if facts]
    if format_ is Format.JSON:
        told: list[dict[str, Any]] = [facts_json(name, facts) for name, facts in found]
        console.data(json.dumps({"version": "1.0", "recordings": told}, indent=2) + "\n")
    else:
        console.data("\n".join(facts_text(name, facts) for name, facts in found))
    hurt = any(damage.kind.loses_video for _, facts in found for damage in facts.damage)
    if hurt or len(found) < len(looked):
        raise typer.Exit(ExitStatus.INVALID)


def _read(path: Path, console: Console) -> "InsvFacts | None":
    """The facts of a recording; says why when there are none."""
    from runner.recordings.insv import NotInsvError, read_recording

    try:
        with path.open("rb") as file:
            return read_recording(file)
    except NotInsvError as error:
        console.say(f"error: {path}: {error}")
    except OSError as error:
        console.say(f"error: {path} cannot be read: {error.strerror or error}")
    return None
