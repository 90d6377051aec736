"""A period has every walk, the week it fell in, and the weeks that had none."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from runner.base.destination import Destination
from runner.ledger.events import Event, Kind
from runner.pages.report.period import period_html
from runner.report.period.forms import period_csv, period_json, period_markdown, period_text
from runner.report.period.period import Period, period_of
from tests.report.schemas import check_described

INGEST = "https://ingest2.evercam.io"
DESTINATION = Destination(INGEST, "evercam")
IDENTITY = "7000000-aa"
SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2026, 2, 11)


def walk_events(
    day: str, drawing: str = "level-2", *, destination: Destination = DESTINATION, **more: Any
) -> list[Event]:
    """The events of a finished walk; `done=False` leaves it half sent."""
    name = more.get("name", drawing)
    drawing_id = 6000 + sum(drawing.encode())
    at = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    intent = {"name": name, "date": day, "drawing_id": drawing_id, "drawing": drawing}
    kinds: list[tuple[Kind, str, dict[str, Any]]] = [
        (Kind.CREATING, "", {**intent, "recordings": {IDENTITY: f"{name}.insv"}}),
        (Kind.CREATED, "", {"upload_id": 7}),
        (Kind.TUS_CREATED, IDENTITY, {"url": "https://portal/files/secret"}),
    ]
    if more.get("done", True):
        kinds += [
            (Kind.UPLOADED, IDENTITY, {"sha256": "0f"}),
            (Kind.FINISHING, "", {"recordings": {IDENTITY: f"{name}.insv"}}),
            (Kind.FINISHED, "", {"status": 200}),
        ]
    return [
        Event(at, "r", destination, f"{drawing}-{day}", kind, rec, data)
        for kind, rec, data in kinds
    ]


def _period(*walks: Sequence[Event], project: str | None = None) -> Period:
    return period_of([event for walk in walks for event in walk], SINCE, UNTIL, project)


def test_a_period_in_words() -> None:
    period = _period(
        walk_events("2026-01-06"),
        walk_events("2026-01-13"),
        walk_events("2026-02-03", done=False),
        walk_events("2026-01-20", "roof"),
    )
    assert period_text(period) == snapshot("""\
drawing level-2 (6631), project evercam at https://ingest2.evercam.io
  2026-01-06  on Evercam        level-2-2026-01-06: 1 file, 7.0 MB, upload 7
  2026-01-13  on Evercam        level-2-2026-01-13: 1 file, 7.0 MB, upload 7
  2026-02-03  not finished      level-2-2026-02-03: 1 file, 7.0 MB, upload 7
  no walk in weeks 4 to 5 of 2026

drawing roof (6438), project evercam at https://ingest2.evercam.io
  2026-01-20  on Evercam        roof-2026-01-20: 1 file, 7.0 MB, upload 7
  no walk in weeks 5 to 6 of 2026

2026-01-01 to 2026-02-11: 4 walks on 2 drawings, 3 on Evercam; 28.0 MB; 4 weeks without a walk
not on Evercam: level-2-2026-02-03 (not finished)
`sitewalk status` says what to do about those that are not on Evercam.
""")


def test_weeks_are_missed_from_a_drawings_first_walk_to_the_last_whole_week() -> None:
    (calendar,) = _period(walk_events("2025-11-20"), walk_events("2026-01-08")).calendars
    missed = [str(week) for week in calendar.weeks if week.is_gap]
    assert missed == ["week 3 of 2026", "week 4 of 2026", "week 5 of 2026", "week 6 of 2026"]
    assert calendar.gaps == ("no walk in weeks 3 to 6 of 2026",)


def test_a_gap_over_new_year_names_both_years() -> None:
    events = [*walk_events("2025-12-09"), *walk_events("2026-01-20")]
    (calendar,) = period_of(events, dt.date(2025, 12, 1), UNTIL).calendars
    assert calendar.gaps[0] == "no walk from week 51 of 2025 to week 3 of 2026"


def test_one_project_can_be_chosen() -> None:
    other = walk_events("2026-01-06", destination=Destination(INGEST, "b"))
    both = _period(walk_events("2026-01-06"), other)
    assert len(both.calendars) == 2
    assert [
        walk.drawing.project
        for walk in _period(walk_events("2026-01-06"), other, project="b").walks
    ]


def test_the_latest_name_of_a_drawing_counts() -> None:
    renamed = [
        Event(
            event.at,
            event.run,
            event.destination,
            "later",
            event.kind,
            event.recording,
            {**event.data, "drawing": "new"},
        )
        for event in walk_events("2026-01-20")
    ]
    (calendar,) = _period(walk_events("2026-01-06"), renamed).calendars
    assert calendar.drawing.name == "new"


@given(
    st.lists(st.dates(dt.date(2025, 10, 1), dt.date(2026, 3, 1)), max_size=12),
    st.dates(dt.date(2025, 11, 1), dt.date(2026, 2, 1)),
)
def test_every_walk_is_in_one_week_and_no_week_is_both(days: list[dt.date], since: dt.date) -> None:
    events = [event for day in sorted(set(days)) for event in walk_events(day.isoformat())]
    period = period_of(events, since, UNTIL)
    assert [walk.date for walk in period.walks] == sorted(
        {day for day in days if since <= day <= UNTIL}
    )
    for calendar in period.calendars:
        walks = [walk for week in calendar.weeks for walk in week.walks]
        assert walks == list(period.walks)
        assert calendar.missed == sum(
            week.expected and not any(_in(week.monday, day) for day in days)
            for week in calendar.weeks
        )


def _in(monday: dt.date, day: dt.date) -> bool:
    return monday <= day < monday + dt.timedelta(weeks=1)


@given(st.text())
def test_json_follows_its_schema(text: str) -> None:
    period = _period(walk_events("2026-01-06", name=text), walk_events("2026-01-20", done=False))
    data = json.loads(json.dumps(period_json(period)))
    check_described("period", data)


HOSTILE = "=1+1<img src=x onerror=alert(1)>|@team\x1b]0;x"


def test_a_name_is_only_text_in_every_form_and_no_form_has_a_tus_address() -> None:
    period = _period(walk_events("2026-01-06", HOSTILE, name=HOSTILE))
    forms = [form(period) for form in (period_text, period_markdown, period_csv, period_html)]
    assert not [form for form in forms if "secret" in form]
    assert "\x1b" not in forms[0]
    assert not re.search(r"<img|@team", forms[1])
    cells = [cell for row in csv.reader(io.StringIO(forms[2], newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith("=")]
    assert "<img" not in forms[3]


def test_markdown_names_gaps_first() -> None:
    text = period_markdown(_period(walk_events("2026-01-20")))
    assert text.index("no walk in weeks 5 to 6") < text.index("| Walk |")


def a_year() -> Period:
    """A thousand walks on 20 drawings, of which two of the newest are not finished."""
    mondays = [dt.date(2025, 2, 17) + dt.timedelta(weeks=week) for week in range(50)]
    walks = [
        walk_events(
            day.isoformat(), f"level-{chr(96 + level)}", done=level > 2 or day < mondays[-1]
        )
        for level in range(1, 21)
        for day in mondays
    ]
    return period_of([event for walk in walks for event in walk], dt.date(2025, 2, 1), UNTIL)


def test_after_a_year_what_is_unfinished_stands_beside_the_summary() -> None:
    end = period_text(a_year())[-300:]
    assert end[end.index("2025-02-01") :] == snapshot("""\
2025-02-01 to 2026-02-11: 1,000 walks on 20 drawings, 998 on Evercam; 7.0 GB; \
20 weeks without a walk
not on Evercam: level-b-2026-01-26 (not finished), level-a-2026-01-26 (not finished)
`sitewalk status` says what to do about those that are not on Evercam.
""")


def test_after_a_year_the_page_tells_first_what_is_unfinished() -> None:
    html = period_html(a_year())
    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html.partition("<header")[2]))
    assert shown.index("level-a") < shown.index("Week by week") < shown.index("Every walk")
    assert len(html) < 1_500_000


def test_all_parts_of_the_page_begin_with_the_newest() -> None:
    html = period_html(_period(walk_events("2026-01-06"), walk_events("2026-01-27")))
    weeks = re.findall(r'<abbr title="week of [^"]+">(\d+)</abbr>', html)
    assert weeks == ["7", "6", "5", "4", "3", "2"]
    rows = re.findall(r'data-label="Walked" data-value="([^"]+)"', html)
    assert rows == ["2026-01-27", "2026-01-06"]


@given(st.permutations(["00_001", "10_001", "00_002", "10_002", "00_003"]))
def test_the_files_of_a_walk_stand_in_the_order_in_which_they_were_recorded(
    parts: list[str],
) -> None:
    names = [f"DCIM/VID_20260106_101500_{part}.insv" for part in parts]
    recordings = {f"{number}-aa": name for number, name in enumerate(names)}
    events = [
        replace(event, data={**event.data, "recordings": recordings})
        if "recordings" in event.data
        else event
        for event in walk_events("2026-01-06")
    ]
    (walk,) = _period(events).walks
    order = ("00_001", "10_001", "00_002", "10_002", "00_003")
    assert [file.name[-11:-5] for file in walk.files] == list(order)
