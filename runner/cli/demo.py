"""`sitewalk demo`: the main job end to end, on this machine alone."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import SystemClock, today
from runner.base.errors import UsageError, reason_of
from runner.cli.console import Console
from runner.sandbox.demo import run_demo

Folder = Annotated[
    Path | None, typer.Argument(help="Where the demo works. Default: a new temporary folder.")
]


def demo(folder: Folder = None) -> None:
    """Show the main job on an embedded sandbox."""
    console = Console()
    place = folder or Path(tempfile.mkdtemp(prefix="sitewalk-demo-"))
    day = today(SystemClock())
    try:
        page = run_demo(place.absolute(), day, os.environ, console.say)
    except OSError as error:
        raise UsageError(f"the demo cannot work in {place}: {reason_of(error)}") from error
    console.say(f"report: {page}")
