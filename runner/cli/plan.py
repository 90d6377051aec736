"""Own `sitewalk plan`: what an apply would do and why, without sending anything."""

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runner.cli.console import Console
from runner.cli.options import (
    Again,
    Format,
    FormatOption,
    Manifests,
    MediaRoot,
    Refinish,
    Strict,
    refuse_warnings,
    settings_here,
)
from runner.exit_status import ExitStatus

if TYPE_CHECKING:
    from runner.pages.plan_page import Review
    from runner.plan.expectation import Expectation
    from runner.plan.model import Choices
    from runner.workflow import Outlook


Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Save the plan here, for review and `sitewalk apply`."),
]
Html = Annotated[Path | None, typer.Option("--html", help="Write the plan as a page here.")]
Uplink = Annotated[
    str | None,
    typer.Option(
        help="Tell how long sending takes at this rate, for example 20M (bytes a second)."
        " Default: at the speed of the last run."
    ),
]
Detailed = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit 6 when changes are pending.")
]
Online = Annotated[
    bool, typer.Option("--online", help="Also log in and ask the tus server for its limits.")
]


def plan(
    manifests: Manifests,
    output: Output = None,
    html: Html = None,
    uplink: Uplink = None,
    media_root: MediaRoot = None,
    format_: FormatOption = Format.TEXT,
    online: Online = False,
    detailed_exitcode: Detailed = False,
    strict: Strict = False,
    again: Again = None,
    refinish: Refinish = None,
) -> None:
    """Show what would be done, and why."""
    from runner.plan.expectation import Expectation
    from runner.plan.model import Choices
    from runner.plan.saved import save_plan
    from runner.timing import SystemClock, today
    from runner.upload.pace import parse_rate
    from runner.workflow import make_outlook, measured_speed

    console, settings, clock = Console(), settings_here(media_root), SystemClock()
    given = parse_rate(uplink) if uplink else None
    if html is not None:
        _refuse_no_place(html)
    choices = Choices(frozenset(refinish or ()), frozenset(again or ()))
    outlook = make_outlook(manifests, settings, today(clock), choices)
    refuse_warnings(outlook, strict=strict)
    _warn(outlook, console)
    if online:
        _ask_servers(outlook, console)
    expectation = Expectation(given) if given else measured_speed(outlook)
    if expectation and outlook.plan.left:
        console.say(_how_long(outlook.plan.left, expectation))
    made_at = clock.now()
    _show(outlook, made_at.isoformat(), format_, console)
    if output is not None:
        save_plan(outlook.plan, made_at.isoformat(), output)
        console.say(f"saved as {output}; apply it with: sitewalk apply {output}")
    if html is not None:
        from runner.pages.review import gather_review

        console.say(_about_frames())
        command = _apply_command(manifests, media_root, choices, output)
        review = gather_review(outlook, made_at, command, expectation, clock)
        _write_page(review, html, console)
    if outlook.plan.needs_decision:
        raise typer.Exit(ExitStatus.DECISION)
    if detailed_exitcode and outlook.plan.is_pending:
        raise typer.Exit(ExitStatus.PENDING)


def _warn(outlook: "Outlook", console: Console) -> None:
    from runner.diagnostics.full import problems_text
    from runner.ledger.lock import current_holder

    holder = current_holder(outlook.ledger.lock_path)
    if holder:
        console.say(f"a run is at work, and what it creates may look held: {holder}")
    if outlook.problems:
        console.say(problems_text(outlook.problems, outlook.texts))


def _how_long(left: int, expectation: "Expectation") -> str:
    from runner.units import duration, size

    return (
        f"sending {size(left)} takes about {duration(expectation.seconds(left))} at {expectation}"
    )


def _ask_servers(outlook: "Outlook", console: Console) -> None:
    from runner.online import check_online

    for line in check_online(outlook.plan, outlook.settings):
        console.say(line)


def _show(outlook: "Outlook", made_at: str, format_: Format, console: Console) -> None:
    from runner.plan.saved import plan_json
    from runner.plan.text import plan_text

    if format_ is Format.JSON:
        console.data(json.dumps(plan_json(outlook.plan, made_at), indent=2) + "\n")
    else:
        console.data(plan_text(outlook.plan))


def _apply_command(
    manifests: list[Path], media_root: Path | None, choices: "Choices", saved: Path | None
) -> str:
    """The words that carry out what the page shows."""
    words = ["sitewalk", "apply", *map(str, [saved] if saved else manifests)]
    if media_root and "SITEWALK_MEDIA_ROOT" not in os.environ:
        words += ["--media-root", str(media_root)]
    if saved is None:
        words += [word for id_ in sorted(choices.again) for word in ("--again", id_)]
        words += [word for id_ in sorted(choices.refinish) for word in ("--refinish", id_)]
    return shlex.join(words)


def _refuse_no_place(page: Path) -> None:
    """Before the work that goes into a page, not after it."""
    from runner.errors import UsageError

    if page.is_dir() or not page.parent.is_dir():
        message = f"cannot write {page}: it is a folder, or its folder is not there"
        raise UsageError(message, "choose another place with --html")


def _about_frames() -> str:
    from runner.pages.frames import can_make_frames

    if can_make_frames():
        return "taking frames from the videos, for a minute at most"
    return "the page has no frames of the videos: they need pip install 'sitewalk[preview]'"


def _write_page(review: "Review", path: Path, console: Console) -> None:
    from runner.errors import UsageError
    from runner.pages.plan_page import plan_html
    from runner.units import size

    html = plan_html(review)
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        message = f"cannot write {path}: {error.strerror or error}"
        raise UsageError(message, "choose another place with --html") from error
    console.say(f"page: {path} ({size(len(html))})")
