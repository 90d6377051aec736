"""Own the page of a plan for the command line: writing it, and what is said of it."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from runner.cli.console import Console

if TYPE_CHECKING:
    from runner.plan.expectation import Expectation
    from runner.workflow import Outlook


def write_page(
    outlook: "Outlook",
    made_at: dt.datetime,
    command: str,
    expectation: "Expectation | None",
    path: Path,
    console: Console,
) -> None:
    """Write a plan's page, with frames where they can be had; raises UsageError."""
    from runner.pages.plan_page import plan_html
    from runner.pages.review import gather_review
    from runner.timing import SystemClock
    from runner.units import size

    console.say(_about_frames())
    review = gather_review(outlook, made_at, command, expectation, SystemClock())
    html = plan_html(review)
    _write(html, path)
    console.say(f"page: {path} ({size(len(html))})")


def _about_frames() -> str:
    from runner.pages.frames import can_make_frames

    if can_make_frames():
        return "taking frames from the videos, for a minute at most"
    return "the page has no frames of the videos: they need pip install 'sitewalk[preview]'"


def _write(html: str, path: Path) -> None:
    from runner.errors import UsageError

    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        message = f"cannot write {path}: {error.strerror or error}"
        raise UsageError(message, "choose another place with --html") from error
