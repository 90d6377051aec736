"""`sitewalk pick`: positions set by clicks on the drawing, written into the manifest."""

import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer

from runner.base.clock import CancelToken, SystemClock, today
from runner.base.files import write_file
from runner.cli.console import Console
from runner.cli.options import require_page
from runner.cli.stopping import stop_on_signals
from runner.manifest.model import Drawing
from runner.pages.pick.page import pick_html
from runner.pages.pick.server import Handlers, PickServer
from runner.pages.pick.session import PickSession, parse_positions

Manifest = Annotated[
    Path, typer.Argument(help="The manifest to set positions in.", show_default=False)
]
DrawingName = Annotated[
    str | None,
    typer.Option("--drawing", help="The drawing to pick on. Default: the manifest's only one."),
]
Html = Annotated[
    Path | None,
    typer.Option("--html", help="Write the page here instead; it gives positions to paste."),
]


def pick(manifest: Manifest, drawing: DrawingName = None, html: Html = None) -> None:
    """Set start, end and target points with clicks on the drawing."""
    console = Console()
    require_page(html, "--html")
    session = PickSession(manifest, today(SystemClock()))
    chosen = session.drawing(drawing)
    if html is not None:
        _write_page(session, chosen, html, console)
    else:
        _serve(session, chosen, console)


def _write_page(session: PickSession, drawing: Drawing, html: Path, console: Console) -> None:
    page = pick_html(session.canvas(drawing), session.path.name, is_served=False)
    write_file(html, page, "choose another place with --html")
    console.say(f"page: {html}")


def _serve(session: PickSession, drawing: Drawing, console: Console) -> None:
    def page() -> str:
        session.reload()
        return pick_html(session.canvas(drawing), session.path.name, is_served=True)

    def save(asked: Any) -> str:
        session.save(drawing.name, str(asked["subject"]), parse_positions(asked))
        console.say(f"written: positions of {asked['subject']}")
        return f"Written into {session.path.name}."

    session.canvas(drawing)  # what is wrong with it is said here, before there is a page
    server = PickServer(Handlers(page, save), SystemClock())
    stop = CancelToken()
    with stop_on_signals(stop, console, "stopping"):
        _lead_to(server, console)
        server.serve(stop)
    console.say(f"the page is no longer served; {session.path} holds what was written")


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
