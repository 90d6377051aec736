"""Own the page of a period: its gaps, a calendar of walks per drawing, and every walk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from runner.pages.rendering import render
from runner.report.period import Calendar, Period, Week
from runner.report.period_forms import PHASES


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks under one heading: those whose Monday lies in a month."""

    name: str
    weeks: int


def period_html(period: Period) -> str:
    """The page; every value in it is escaped."""
    weeks = period.calendars[0].weeks if period.calendars else ()
    return render(
        "period.html.j2",
        styles=("report.css", "period.css"),
        scripts=("table.js",),
        period=period,
        weeks=weeks,
        months=tuple(_months(weeks)),
        missed=sum(one.missed for one in period.calendars),
        phases=PHASES,
        several_projects=len({_place(one) for one in period.calendars}) > 1,
    )


def _place(calendar: Calendar) -> tuple[str, str]:
    return calendar.drawing.ingest, calendar.drawing.project


def _months(weeks: Sequence[Week]) -> Iterator[Month]:
    for _, own in groupby(weeks, lambda week: (week.monday.year, week.monday.month)):
        run = list(own)
        yield Month(f"{run[0].monday:%b %Y}" if len(run) > 1 else f"{run[0].monday:%b}", len(run))
