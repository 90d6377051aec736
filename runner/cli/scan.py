"""Own `sitewalk scan`: from a card or share to walkthroughs in a manifest."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runner.cli.console import Console
from runner.cli.options import MediaRoot, settings_here
from runner.exit_status import ExitStatus

if TYPE_CHECKING:
    from runner.scan.model import KnownRecordings, Scanned
    from runner.scan.target import Target
    from runner.settings import Settings

Folder = Annotated[
    Path, typer.Argument(help="A card, or any folder of recordings.", show_default=False)
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Manifest to write; one that is there is added to. Default: stdout.",
        metavar="MANIFEST",
    ),
]
Route = Annotated[str | None, typer.Option(help="Route that all the walks took.", metavar="NAME")]
Project = Annotated[
    str | None,
    typer.Option(help="Project to write where none is yet: its id, or a dashboard address."),
]
_THREADS = 4
_DEFAULT = Path("manifest.yaml")
"""The manifest that is meant where nothing is written: it keeps its ledger in this folder."""


def scan(
    folder: Folder,
    output: Output = None,
    route: Route = None,
    project: Project = None,
    media_root: MediaRoot = None,
) -> None:
    """Find the walks on a card and write them as a manifest, or add them to one."""
    from runner.scan.target import read_target, write_target
    from runner.scan.text import ADVICE, left_out_lines, summary

    console, settings = Console(), settings_here(media_root)
    target = read_target(output, route, project)
    scanned = _scan(folder, target, settings, console)
    content = target.with_walks(scanned.walks)
    write_target(target, content)
    if output is None:
        console.data(content.decode())
    for line in left_out_lines(scanned):
        console.say(line)
    console.say(summary(scanned))
    if target.fills_project:
        console.say(f"filled in: project: {target.project}")
    if content and output is not None:
        console.say(_next_step(output, content, media_root))
    if scanned.needs_attention:
        console.say(ADVICE)
        raise typer.Exit(ExitStatus.INVALID)


def _scan(folder: Path, target: "Target", settings: "Settings", console: Console) -> "Scanned":
    from concurrent.futures import ThreadPoolExecutor

    from runner.cli.scan_progress import shown_scan
    from runner.errors import UsageError
    from runner.scan.finding import path_inside
    from runner.scan.scanning import ScanContext, scan_folder
    from runner.timing import SystemClock, today

    root = settings.media_root or (target.path or _DEFAULT).parent
    prefix = path_inside(folder, root)
    known = _known(target, root, settings)
    executor = ThreadPoolExecutor(_THREADS, "scan")
    try:
        with shown_scan(console, SystemClock()) as listener:
            context = ScanContext(today(SystemClock()), executor, listener)
            return scan_folder(str(folder), prefix, known, context)
    except OSError as error:
        message = f"{folder} cannot be opened: {error.strerror or error}"
        raise UsageError(message, "check its permissions") from error
    finally:
        executor.shutdown(cancel_futures=True)


def _known(target: "Target", root: Path, settings: "Settings") -> "KnownRecordings":
    from runner.ledgers import ledger_events
    from runner.scan.known import known_recordings

    events = ledger_events([target.path or _DEFAULT], settings, target.project)
    return known_recordings(target.data, root, events)


def _next_step(manifest: Path, content: bytes, media_root: Path | None) -> str:
    from runner.manifest.blanks import BLANK
    from runner.scan.target import has_blanks
    from runner.shell import for_shell

    root = f" --media-root {for_shell(str(media_root))}" if media_root else ""
    command = f"sitewalk validate {for_shell(str(manifest))}{root}"
    return (
        f"fill in what says {BLANK}, then: {command}" if has_blanks(content) else f"next: {command}"
    )
