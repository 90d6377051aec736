"""The page of a period, which people forward."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from runner.ledger.state import Phase
from runner.pages.rendering import render
from runner.report.period.forms import PHASES
from runner.report.period.period import Calendar, Period, Week


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks under one heading: those whose Monday lies in a month."""

    name: str
    weeks: int


_BADGES = {
    Phase.FINISHED: "done",
    Phase.CREATED: "interrupted",
    Phase.HELD: "held",
    Phase.NEW: "interrupted",
}


def period_html(period: Period) -> str:
    """The page of a period, the newest first in all its parts; every value in it is escaped."""
    weeks = period.calendars[0].weeks[::-1] if period.calendars else ()
    newest = period.walks[::-1]
    return render(
        "period.html.j2",
        styles=("report.css", "period.css"),
        scripts=("table.js",),
        period=period,
        newest=newest,
        numbers={walk: number for number, walk in enumerate(newest, start=1)},
        weeks=weeks,
        months=tuple(_months(weeks)),
        missed=sum(calendar.missed for calendar in period.calendars),
        phases=PHASES,
        badges=_BADGES,
        several_projects=len({_project_of(calendar) for calendar in period.calendars}) > 1,
    )


def _project_of(calendar: Calendar) -> tuple[str, str]:
    return calendar.drawing.ingest, calendar.drawing.project


def _months(weeks: Sequence[Week]) -> Iterator[Month]:
    for _, grouped in groupby(weeks, lambda week: (week.monday.year, week.monday.month)):
        month = list(grouped)
        name = f"{month[0].monday:%b %Y}" if len(month) > 1 else f"{month[0].monday:%b}"
        yield Month(name, len(month))
