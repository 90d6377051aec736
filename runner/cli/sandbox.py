"""`sitewalk sandbox`: Evercam's five steps on this machine, for trying things out."""

from pathlib import Path
from typing import Annotated

import typer

from runner.base.errors import UsageError
from runner.base.wording import printable
from runner.cli.console import Console
from runner.sandbox import Fault, Sandbox, serve

Folder = Annotated[Path, typer.Argument(help="Where the sandbox keeps what it receives.")]
Port = Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.", min=0, max=65535)]
Faults = Annotated[
    list[str] | None,
    typer.Option("--fault", help="A failure to show, such as `create:drop-after`; repeatable."),
]


def sandbox(folder: Folder = Path("sandbox"), port: Port = 8360, fault: Faults = None) -> None:
    """Serve a stand-in for Evercam on loopback until Ctrl-C."""
    console = Console()
    faults = [_fault(text) for text in fault or ()]
    serve(folder, port=port, faults=faults, on_ready=lambda ready: _greet(ready, folder, console))


def _fault(text: str) -> Fault:
    try:
        return Fault.parse(text)
    except ValueError as error:
        raise UsageError(str(error), "for example create:drop-after") from error


def _greet(sandbox: Sandbox, folder: Path, console: Console) -> None:
    settings = {
        "EVERCAM_MEDIA_URL": sandbox.media_url,
        "EVERCAM_INGEST_URL": sandbox.ingest_url,
        "EVERCAM_TUS_URL": sandbox.tus_url,
        "EVERCAM_USERNAME": sandbox.username,
        "EVERCAM_PASSWORD": sandbox.password,
    }
    console.say(printable(f"upload objects are listed in {folder / 'objects'}, each by its number"))
    console.say(f"the sandbox listens at {sandbox.url}; end it with Ctrl-C. In another terminal:")
    console.data("".join(f"export {name}={value}\n" for name, value in settings.items()))
