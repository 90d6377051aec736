"""`sitewalk pick`: routes and positions chosen on a page, written into the manifests."""

import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from runner.base.clock import CancelToken, SystemClock, today
from runner.base.errors import UsageError
from runner.base.files import write_file
from runner.base.wording import counted
from runner.cli.console import Console
from runner.cli.options import Manifests, MediaRoot, require_page, settings_here
from runner.cli.stopping import stop_on_signals
from runner.flow.project import project_of
from runner.flow.reading import distinct
from runner.flow.states import ledger_events
from runner.ledger.fold import fold
from runner.ledger.state import Phase
from runner.pages.frames import three_frames
from runner.pages.pick.desk import Desk, FrameShelf
from runner.pages.pick.page import pick_html
from runner.pages.pick.server import PickServer
from runner.pages.pick.session import PickSession
from runner.pages.pick.visits import Handlers
from runner.pages.pick.walks import Walk, walks_of
from runner.recordings.files import look
from runner.settings import Settings

DrawingName = Annotated[
    str | None,
    typer.Option("--drawing", help="The drawing to show first. Default: the first there is."),
]
Html = Annotated[
    Path | None,
    typer.Option("--html", help="Write the page here instead; it gives values to paste."),
]


def pick(
    manifests: Manifests,
    drawing: DrawingName = None,
    html: Html = None,
    media_root: MediaRoot = None,
) -> None:
    """Tell which walk was where: routes, or positions set with clicks on a drawing."""
    console = Console()
    require_page(html, "--html")
    sessions = [_open(manifest) for manifest in distinct(manifests)]
    _require_drawing(drawing, sessions)
    settings = settings_here(manifests, media_root=media_root)
    desk = Desk(sessions, [_walks(session, settings) for session in sessions])
    if html is not None:
        _write_page(desk, drawing, html, console)
    else:
        _serve(desk, drawing, console)


def _open(manifest: Path) -> PickSession:
    project = project_of(manifest)
    return PickSession(manifest, today(SystemClock()), project.reading if project else None)


def _require_drawing(name: str | None, sessions: Sequence[PickSession]) -> None:
    names = dict.fromkeys(known for session in sessions for known in session.drawings)
    if name is not None and name not in names:
        files = ", ".join(str(session.path) for session in sessions)
        help_ = f"choose with --drawing one of: {', '.join(names)}"
        raise UsageError(f"there is no drawing `{name}` in {files}", help_)


def _walks(session: PickSession, settings: Settings) -> tuple[Walk, ...]:
    """The walks of a manifest; recordings of those that are finished are not looked at."""
    events = ledger_events([session.path], settings, session.project) if session.project else ()
    states = fold(events)
    finished = {id_ for id_, state in states.items() if state.phase is Phase.FINISHED}
    drafts = [draft for draft in session.drafts if draft.id not in finished]
    facts = look(drafts, settings.media_root or session.path.parent)
    return walks_of(session.drafts, facts.files, states)


def _write_page(desk: Desk, drawing: str | None, html: Path, console: Console) -> None:
    view, shelf = desk.view(), FrameShelf(desk, three_frames)
    frames = {subject.key: shelf.frames(subject.key) for subject in view.subjects if subject.walk}
    page = pick_html(view, is_served=False, first_drawing=drawing or "", frames=frames)
    write_file(html, page, "choose another place with --html")
    console.say(f"page: {html}")


def _serve(desk: Desk, drawing: str | None, console: Console) -> None:
    def page() -> str:
        desk.reload()
        return pick_html(desk.view(), is_served=True, first_drawing=drawing or "")

    def save(asked: Any) -> str:
        written = desk.save(asked)
        console.say(f"written: {', '.join(written)}")
        return f"Written: {counted(len(written), 'change')}."

    view = desk.view()  # what is wrong with it is said here, before there is a page
    shelf = FrameShelf(desk, three_frames)
    server = PickServer(Handlers(page, save, shelf.frames), SystemClock())
    stop = CancelToken()
    with stop_on_signals(stop, console, "stopping"):
        _lead_to(server, console)
        server.serve(stop)
    holds = "holds" if len(view.files) == 1 else "hold"
    files = " and ".join(view.files)
    console.say(f"the page is no longer served; {files} {holds} what was written")


def _lead_to(server: PickServer, console: Console) -> None:
    console.say(f"pick positions at {server.url}")
    console.say("end with Done on the page, by closing it, or with Ctrl-C")
    if not (_has_browser() and webbrowser.open(server.entrance)):
        port = server.host.rpartition(":")[2]
        console.say("no browser could be opened here: open the address yourself, over ssh with")
        console.say(f"`ssh -L {port}:{server.host} …`, or write the page to a file with --html")


def _has_browser() -> bool:
    """Whether there is a screen: without one, a browser for the terminal would take it over."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in screens)
