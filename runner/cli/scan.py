"""`sitewalk scan`: from a card or share to walkthroughs in a manifest."""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console as RichConsole
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from runner.base.clock import Clock, SystemClock, today
from runner.base.errors import ExitStatus, UsageError, reason_of
from runner.base.files import write_file
from runner.base.wording import for_shell, listed, printable
from runner.cli.console import Console
from runner.cli.options import MediaRoot, settings_here
from runner.flow.project import only_project
from runner.flow.states import ledger_events
from runner.manifest.edit.editing import add_ignored
from runner.manifest.schema.formats import parse_project
from runner.manifest.schema.placeholders import TODO
from runner.manifest.yaml.document import read_bytes
from runner.recordings.address import MediaRoot as Root
from runner.recordings.address import parse_media_root
from runner.scan.known import known_recordings
from runner.scan.listing import path_inside
from runner.scan.model import KnownRecordings, Reason, Scanned
from runner.scan.scanning import Listener, ScanContext, ScanProgress, scan_folder
from runner.scan.target import Target, has_placeholders, read_target, write_target
from runner.scan.text import ADVICE, left_out_lines, summary
from runner.settings import Settings

Folder = Annotated[
    str,
    typer.Argument(
        help="A card, any folder of recordings, or an address such as s3://bucket/site-a.",
        show_default=False,
    ),
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
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        help="Leave this recording out from now on: written to sitewalk.yaml. Repeatable.",
        metavar="FILE",
    ),
]
_THREADS = 4
_SECONDS_BETWEEN_LINES = 10
_DEFAULT = Path("manifest.yaml")
"""The manifest that is meant where nothing is written: it keeps its ledger in this folder."""


def scan(
    folder: Folder,
    output: Output = None,
    route: Route = None,
    project: Project = None,
    media_root: MediaRoot = None,
    ignore: Ignore = None,
) -> None:
    """Find the walks on a card and write them as a manifest, or add them to one."""
    console, settings = Console(), settings_here([output] if output else (), media_root=media_root)
    shared = _shared(output)
    target = read_target(output, route, project or _shared_project(output, shared), shared)
    scanned = _scan(parse_media_root(folder), target, settings, console, ignore or ())
    _keep_ignored(ignore or (), scanned, target, console)
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


def _scan(
    folder: Root, target: Target, settings: Settings, console: Console, more: Sequence[str]
) -> Scanned:
    root = settings.media_root or (target.path or _DEFAULT).parent
    if target.path is None and not _is_below(folder, root):
        root = folder  # nothing is written, so no manifest has to name a recording from anywhere
    prefix = path_inside(folder, root)
    project = only_project([target.path or _DEFAULT])
    ignored = frozenset((*(project.ignored if project else ()), *more))
    known = _known(target, root, settings)
    executor = ThreadPoolExecutor(_THREADS, "scan")
    try:
        with shown_scan(console, SystemClock()) as listener:
            context = ScanContext(today(SystemClock()), executor, listener, ignored)
            where = str(folder) if isinstance(folder, Path) else folder
            return scan_folder(where, prefix, known, context)
    except OSError as error:
        message = f"{folder} cannot be opened: {reason_of(error)}"
        raise UsageError(message, "check its permissions") from error
    finally:
        executor.shutdown(cancel_futures=True)


def _keep_ignored(names: Sequence[str], scanned: Scanned, target: Target, console: Console) -> None:
    """Write into the project file what later scans leave out as well; raises UsageError."""
    if not names:
        return
    project = only_project([target.path or _DEFAULT])
    if project is None:
        message = "what is ignored is kept in sitewalk.yaml, and there is none"
        raise UsageError(message, "begin one beside the manifest, once: sitewalk init")
    gone = [path for out in scanned.left_out if out.reason is Reason.IGNORED for path in out.paths]
    known = {*gone, *(path.rpartition("/")[2] for path in gone)}
    for name in names:
        if name not in known:
            message = f"--ignore: the scan found no walk with a recording `{name}`"
            raise UsageError(message, "name it as the scan does, by its path or its name alone")
    new = [name for name in dict.fromkeys(names) if name not in project.ignored]
    if new:
        content = add_ignored(read_bytes(project.path), project.path.as_posix(), new)
        write_file(project.path, content)
        console.say(printable(f"ignored from now on, by {project.path.as_posix()}: {listed(new)}"))


def _shared(output: Path | None) -> Mapping[str, Any]:
    """What the project file says, which a manifest need not say again."""
    project = only_project([output or _DEFAULT])
    data = project.reading.document.data if project else None
    return data if isinstance(data, dict) else {}


def _shared_project(output: Path | None, shared: Mapping[str, Any]) -> str | None:
    """The project file's project, for a manifest that is not there yet."""
    value = None if output is not None and output.exists() else shared.get("project")
    return value if isinstance(value, str) and parse_project(value) else None


def _is_below(folder: Root, root: Root) -> bool:
    if not (isinstance(folder, Path) and isinstance(root, Path)):
        return f"{folder}/".startswith(f"{root}/")
    return Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root))


def _known(target: Target, root: Root, settings: Settings) -> KnownRecordings:
    events = ledger_events([target.path or _DEFAULT], settings, target.project)
    return known_recordings(target.data, root, events)


def _next_step(manifest: Path, content: bytes, media_root: str | None) -> str:
    root = f" --media-root {for_shell(media_root)}" if media_root else ""
    command = f"sitewalk validate {for_shell(str(manifest))}{root}"
    return (
        f"fill in what says {TODO}, then: {command}"
        if has_placeholders(content)
        else f"next: {command}"
    )


@contextlib.contextmanager
def shown_scan(console: Console, clock: Clock) -> Iterator[Listener]:
    """A listener that shows how far a scan is in the way that suits the console."""
    if not console.is_terminal:
        yield _Lines(console, clock).listen
        return

    columns = (TextColumn("looking into files"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=RichConsole(file=console.err), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda news: bars.update(task, completed=news.done, total=news.total)


class _Lines:
    """A line whenever so much time has passed."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._said = clock.monotonic()

    def listen(self, news: ScanProgress) -> None:
        now = self._clock.monotonic()
        if now - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = now
            self._console.say(f"looked into {news.done:,} of {news.total:,} files")
