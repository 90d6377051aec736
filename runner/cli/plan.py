"""`sitewalk plan`: what an apply would do and why, without sending anything."""

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer

from runner.base.clock import SystemClock, today
from runner.base.errors import ExitStatus
from runner.base.files import write_file
from runner.base.installation import install_command
from runner.base.wording import duration, for_shell, json_text, size
from runner.cli.console import Console
from runner.cli.failures import say_warnings
from runner.cli.options import (
    Again,
    Format,
    FormatOption,
    Manifests,
    MediaRoot,
    NewLedger,
    Refinish,
    RefinishChanged,
    RefinishRoute,
    Strict,
    changed_ones,
    require_page,
    require_place,
    settings_here,
)
from runner.flow.ledgers import is_new
from runner.flow.plan import Request, measured_speed, plan_request
from runner.flow.states import claims_on
from runner.ledger.lock import current_holder
from runner.plan.model import Choices, Plan
from runner.plan.planner import Planned
from runner.plan.saved import plan_json, save_plan
from runner.plan.text import Expectation, plan_text
from runner.settings import Settings

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
    changed: RefinishChanged = False,
    route: RefinishRoute = None,
    new_ledger: NewLedger = False,
) -> None:
    """Show what would be done, and why."""
    console, clock = Console(), SystemClock()
    settings = settings_here(manifests, media_root=media_root, new_ledger=new_ledger)
    given = _given(uplink)
    require_place(output, "--output")
    require_page(html, "--html")
    choices = Choices(frozenset(refinish or ()), frozenset(again or ()))
    selected = changed_ones(route, changed=changed)
    planned = plan_request(Request(manifests, settings, choices, strict, selected), today(clock))
    _warn(planned, console, new_ledger=new_ledger)
    if online:
        from runner.cli.login import with_credentials  # noqa: PLC0415 - it loads an HTTP client

        settings = with_credentials(settings, console, may_ask=True)
        _ask_servers(planned.plan, settings, console)
    expectation = _expectation(planned, given, console)
    command = _apply_command(manifests, media_root, planned.plan.choices, output)
    now = clock.now()
    _show(planned.plan, now, format_, console)
    if output is not None:
        save_plan(planned.plan, now.isoformat(), output, settings.media_root)
        console.say(f"saved as {output}")
    if planned.plan.is_pending:
        console.say(f"apply it with: {command}")
    if html is not None:
        _write_page(planned, now, command, expectation, html, console)
    raise typer.Exit(_status(planned.plan, detailed_exitcode=detailed_exitcode))


def _warn(planned: Planned, console: Console, *, new_ledger: bool) -> None:
    holder = current_holder(planned.ledger.path) if planned.ledger.path else None
    if holder:
        console.say(f"a run is at work, and what it creates may look held: {holder}")
    _tell_who_is_at_work(planned, console)
    say_warnings(planned, console)
    commands = {command for source in planned.sources for command in source.manifest.to_create}
    for command in sorted(commands):
        console.say(f"a drawing of the project file is not on Evercam yet; create it: {command}")
    if new_ledger:
        console.say("planned as with a new ledger: everything shows as new")
    elif planned.plan.is_pending and is_new(planned.ledger):
        console.say(f"there is no ledger at {planned.ledger} yet: everything shows as new")


def _given(uplink: str | None) -> float | None:
    if not uplink:
        return None
    from runner.upload.recording.rate_limit import parse_rate  # noqa: PLC0415 - seldom given

    return parse_rate(uplink)


def _tell_who_is_at_work(planned: Planned, console: Console) -> None:
    claims = claims_on(planned)
    for claim in claims[:_MOST_SHOWN]:
        console.say(f"at work on {claim.walkthrough}: {claim}")
    if len(claims) > _MOST_SHOWN:
        console.say(f"… and {len(claims) - _MOST_SHOWN} more; `sitewalk status` lists them")


_MOST_SHOWN = 10
"""Claims shown before a plan, a line each."""


def _expectation(planned: Planned, given: float | None, console: Console) -> Expectation | None:
    """How fast sending will be, as given or last measured; says how long that takes."""
    expectation = (
        Expectation(given) if given else measured_speed(planned.ledger, planned.plan.destinations)
    )
    left = planned.plan.left
    if expectation and left:
        time = duration(expectation.seconds(left))
        console.say(f"sending {size(left)} takes about {time} at {expectation}")
    return expectation


def _ask_servers(plan: Plan, settings: Settings, console: Console) -> None:
    from runner.flow.online import check_online  # noqa: PLC0415 - it loads an HTTP client

    for line in check_online(plan, settings):
        console.say(line)


def _show(plan: Plan, at: dt.datetime, format_: Format, console: Console) -> None:
    if format_ is Format.JSON:
        console.data(json_text(plan_json(plan, at.isoformat())))
    else:
        console.text(plan_text(plan) + ("Nothing was sent.\n" if plan.is_pending else ""))


def _write_page(
    planned: Planned,
    at: dt.datetime,
    command: str,
    expectation: Expectation | None,
    path: Path,
    console: Console,
) -> None:
    """The plan as a page, with frames where they can be had."""
    from runner.pages.plan.page import gather_review, plan_html  # noqa: PLC0415 - it loads Jinja

    console.say(_about_frames())
    review = gather_review(planned, at, command, expectation, SystemClock())
    html = plan_html(review)
    write_file(path, html, "choose another place with --html")
    console.say(f"page: {path} ({size(len(html))})")


def _about_frames() -> str:
    from runner.pages.frames import can_make_frames  # noqa: PLC0415 - as above

    if can_make_frames():
        return "taking frames from the videos, for a minute at most"
    return f"the page has no frames of the videos: they need {install_command('preview')}"


def _status(plan: Plan, *, detailed_exitcode: bool) -> ExitStatus:
    if plan.needs_decision:
        return ExitStatus.DECISION
    if detailed_exitcode and plan.is_pending:
        return ExitStatus.PENDING
    return ExitStatus.DONE


def _apply_command(
    manifests: list[Path], media_root: str | None, choices: Choices, saved: Path | None
) -> str:
    """The words that carry out what is shown, quoted for a shell."""
    words = [
        "sitewalk",
        "apply",
        *(for_shell(str(path)) for path in ([saved] if saved else manifests)),
    ]
    if media_root and saved is None and os.environ.get("SITEWALK_MEDIA_ROOT") != media_root:
        words += ["--media-root", for_shell(media_root)]
    if saved is None:
        words += [word for id_ in sorted(choices.again) for word in ("--again", for_shell(id_))]
        words += [
            word for id_ in sorted(choices.refinish) for word in ("--refinish", for_shell(id_))
        ]
    return " ".join(words)
