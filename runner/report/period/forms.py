"""Forms of a period: text, JSON, Markdown and CSV; pages/report/ has its page."""

from collections.abc import Iterator
from typing import Any

from runner.base.wording import counted, printable, size
from runner.ledger.state import Phase
from runner.report.forms.markdown import plain, table
from runner.report.forms.table import csv_text
from runner.report.period.period import Calendar, Period, ReportedWalk, WalkedDrawing
from runner.report.summary import DECISION

PERIOD_VERSION = "1.1"
"""Minor versions add keys, major versions break."""

PHASES = {
    Phase.FINISHED: "on Evercam",
    Phase.CREATED: "not finished",
    Phase.HELD: DECISION,
    Phase.NEW: "not created",
}
"""The phases of a walk, as people say them."""

_MOST_NAMED = 12
"""Unfinished walks that are named beside the summary."""

_CSV_HEAD = (
    "project",
    "walkthrough",
    "name",
    "date",
    "drawing",
    "drawing_id",
    "state",
    "upload_id",
    "finished",
    "file",
    "length",
    "sha256",
    "blake3",
)


def period_headline(period: Period) -> str:
    """The period in one line: `14 walks on 3 drawings, 12 on Evercam; 96.2 GB; 2 weeks missed`."""
    walks = counted(len(period.walks), "walk")
    drawings = counted(len(period.calendars), "drawing")
    missed = sum(calendar.missed for calendar in period.calendars)
    gaps = f"; {counted(missed, 'week')} without a walk" if missed else ""
    return f"{walks} on {drawings}, {period.finished:,} on Evercam; {size(period.length)}{gaps}"


def period_text(period: Period) -> str:
    """The period as text; control characters in names are escaped."""
    return "\n".join([*(printable(line) for line in _lines(period)), ""])


def _lines(period: Period) -> Iterator[str]:
    for calendar in period.calendars:
        drawing = calendar.drawing
        where = f"project {drawing.project} at {drawing.ingest}"
        yield f"drawing {drawing.name} ({drawing.id}), {where}"
        yield from (_line(walk) for walk in period.walks if walk.drawing == drawing)
        yield from (f"  {gap}" for gap in calendar.gaps)
        yield ""
    yield f"{period.since} to {period.until}: {period_headline(period)}"
    open_ = period.unfinished
    if open_:
        named = ", ".join(f"{walk.id} ({PHASES[walk.phase]})" for walk in open_[:_MOST_NAMED])
        more = f" and {len(open_) - _MOST_NAMED:,} more" if len(open_) > _MOST_NAMED else ""
        yield f"not on Evercam: {named}{more}"
        yield "`sitewalk status` says what to do about those that are not on Evercam."


def _line(walk: ReportedWalk) -> str:
    upload = f", upload {walk.upload_id}" if walk.upload_id is not None else ""
    files = counted(len(walk.files), "file")
    what = f"{walk.id}: {files}, {size(walk.length)}{upload}"
    return f"  {walk.date}  {PHASES[walk.phase]:<16}  {what}"


def period_json(period: Period) -> dict[str, Any]:
    """The period as schemas/period.schema.json describes it."""
    return {
        "sitewalk_period": PERIOD_VERSION,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "totals": {
            "walks": len(period.walks),
            "finished": period.finished,
            "bytes": period.length,
            "weeks_missed": sum(calendar.missed for calendar in period.calendars),
        },
        "drawings": [_calendar_json(calendar) for calendar in period.calendars],
        "walks": [_walk_json(walk) for walk in period.walks],
    }


def _drawing_json(drawing: WalkedDrawing) -> dict[str, Any]:
    return {
        "ingest": drawing.ingest,
        "project": drawing.project,
        "drawing": drawing.name,
        "drawing_id": drawing.id,
    }


def _calendar_json(calendar: Calendar) -> dict[str, Any]:
    return {
        **_drawing_json(calendar.drawing),
        "gaps": list(calendar.gaps),
        "weeks": [
            {
                "monday": week.monday.isoformat(),
                "week": f"{week.year}-W{week.number:02}",
                "walks": [walk.id for walk in week.walks],
                "missed": week.is_gap,
            }
            for week in calendar.weeks
        ],
    }


def _walk_json(walk: ReportedWalk) -> dict[str, Any]:
    return {
        **_drawing_json(walk.drawing),
        "id": walk.id,
        "name": walk.name,
        "date": walk.date.isoformat(),
        "state": str(walk.phase),
        "upload_id": walk.upload_id,
        "began": walk.began.isoformat(),
        "finished": walk.finished.isoformat() if walk.finished else None,
        "retries": walk.retries,
        "files": [
            {
                "name": file.name,
                "length": file.length,
                "sha256": file.sha256,
                "blake3": file.blake3,
            }
            for file in walk.files
        ],
    }


def period_markdown(period: Period) -> str:
    """The period for a pull-request comment: the gaps first, then a table of walks."""
    gaps = [
        f"- {plain(calendar.drawing.name)}: {gap}\n"
        for calendar in period.calendars
        for gap in calendar.gaps
    ]
    rows = [_row(walk) for walk in reversed(period.walks)]
    title = f"**{period.since} to {period.until}: {plain(period_headline(period))}**\n\n"
    listed, left = gaps[:_MOST_GAPS], len(gaps) - _MOST_GAPS
    more = f"- {counted(left, 'more gap')}\n" if left > 0 else ""
    return title + "".join(
        [*listed, more, "\n" if gaps else "", table(_MARKDOWN_HEAD, rows, "walk")]
    )


_MOST_GAPS = 20
_MARKDOWN_HEAD = ("Walk", "Date", "Drawing", "State", "Upload", "Size")


def _row(walk: ReportedWalk) -> tuple[str, ...]:
    upload = "none" if walk.upload_id is None else str(walk.upload_id)
    drawing, state = plain(walk.drawing.name), PHASES[walk.phase]
    return (plain(walk.name), walk.date.isoformat(), drawing, state, upload, size(walk.length))


def period_csv(period: Period) -> str:
    """The period as a table with one line for each file, safe to open in a spreadsheet."""
    return csv_text(_CSV_HEAD, _csv_rows(period))


def _csv_rows(period: Period) -> Iterator[tuple[object, ...]]:
    for walk in period.walks:
        for file in walk.files:
            yield (
                walk.drawing.project,
                walk.id,
                walk.name,
                walk.date,
                walk.drawing.name,
                walk.drawing.id,
                PHASES[walk.phase],
                "" if walk.upload_id is None else walk.upload_id,
                walk.finished.isoformat() if walk.finished else "",
                file.name,
                file.length,
                file.sha256 or "",
                file.blake3 or "",
            )
