"""What the plan's page says and draws, without a browser."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from runner.drawings.picture import make_picture
from runner.manifest.model import Bounds, Drawing, MapStyle
from runner.pages.plan.canvas import Canvas, Pictured, canvases_of
from runner.pages.plan.lanes import WIDTH
from runner.pages.plan.page import files_by_need, plan_html
from runner.plan.model import Action
from runner.recordings.files import RecordingFile
from runner.recordings.identity import Identity
from tests.pages.plan.reviews import PLAN_SVG, a_year, hostile, review, walkthrough

SCRIPT = "<img src=x onerror=alert(1)>\"'&{{ 7 * 7 }}</script></style>"
YARD = Drawing("yard", 6150, MapStyle.SATELLITE)
DEGREES = ("53.35,-6.26", "53.34,-6.25")


def _canvas(
    drawing: Drawing,
    ends: tuple[str, str],
    targets: tuple[str, ...] = (),
    *,
    pictured: bool = False,
) -> Canvas:
    walk = walkthrough("a", drawing=(drawing.name, drawing.id), ends=ends, targets=targets)
    picture = make_picture(PLAN_SVG) if pictured else None
    plan = review([walk]).plan
    (canvas,) = canvases_of(plan, {("evercam", drawing.id): Pictured(drawing, picture)})
    return canvas


def test_every_value_is_escaped() -> None:
    html = plan_html(hostile(SCRIPT))
    assert "<img src=x" not in html
    assert html.count("</script>") == 1
    assert html.count("</style>") == 1
    assert "49</" not in html


def test_north_is_up_and_east_is_right_on_a_blank_drawing() -> None:
    canvas = _canvas(Drawing("level-2", 6143), ("1,0", "0,1"))
    assert canvas.lanes[0].stops == ((0, 0), (WIDTH, WIDTH))


def test_target_points_lie_between_start_and_end_in_their_order() -> None:
    canvas = _canvas(Drawing("level-2", 6143), ("1,0", "0,1"), ("0.9,0.5", "0.1,0.6"))
    assert canvas.lanes[0].stops == ((0, 0), (500, 100), (600, 900), (WIDTH, WIDTH))


def test_a_picture_gives_the_drawing_its_shape() -> None:
    canvas = _canvas(Drawing("level-2", 6143, image="a.svg"), ("0,0", "0,1"), pictured=True)
    assert canvas.picture
    assert canvas.lanes[0].stops == ((0, 666.7), (WIDTH, 666.7))


def test_degrees_are_fitted_into_a_grid() -> None:
    canvas = _canvas(YARD, DEGREES)
    (x0, y0), (x1, y1) = canvas.lanes[0].stops
    assert 0 < x0 < x1 < WIDTH
    assert 0 < y0 < y1 < canvas.height
    assert canvas.grid


def test_a_picture_in_degrees_needs_to_know_its_edges() -> None:
    bounds = Bounds(north=53.36, south=53.33, east=-6.24, west=-6.27)
    assert _canvas(YARD, DEGREES, pictured=True).picture is None
    assert _canvas(replace(YARD, bounds=bounds), DEGREES, pictured=True).picture


def test_a_route_is_drawn_once_with_the_numbers_of_its_walks() -> None:
    walks = [walkthrough(f"walk {number}", targets=("0.5,0.5",)) for number in range(20)]
    other = walkthrough("other", ends=("0.5,0.1", "0.6,0.2"))
    made = review([*walks[:3], other, *walks[3:]])
    (canvas,) = canvases_of(made.plan, made.drawings)
    assert [len(lane.walks) for lane in canvas.lanes] == [20, 1]
    assert [[label.text for label in pin.labels] for pin in canvas.pins] == [["1-3, 5-21"], ["4"]]


def test_finished_walks_stand_behind_new_ones_and_are_hidden_at_first() -> None:
    walks = [walkthrough(f"old {number}", Action.NOTHING) for number in range(45)]
    made = review([*walks, walkthrough("new"), walkthrough("newer")])
    (canvas,) = canvases_of(made.plan, made.drawings)
    ((new, old),) = (pin.labels for pin in canvas.pins)
    assert (new.text, old.text) == ("46-47", "1-45")
    html = plan_html(made)
    assert "Show 45 walkthroughs that are done already, too" in html
    assert html.count(' class="finished"') == 45
    assert "show-finished" not in plan_html(review(walks)).partition("<body>")[2]


def test_a_dotted_line_is_explained_where_there_is_one() -> None:
    assert "A dotted line" in plan_html(review([walkthrough("a")]))
    assert "A dotted line" not in plan_html(review([walkthrough("a", targets=("0.5,0.5",))]))


def test_the_command_and_the_expected_time_are_there() -> None:
    html = plan_html(review([walkthrough("a")]))
    assert "sitewalk apply manifest.yaml" in html
    assert "4.0 MB to send, about 2 s." in html
    assert "the speed of the run of 2026-01-20" in html


def test_nothing_is_expected_where_no_speed_is_known() -> None:
    html = plan_html(replace(review([walkthrough("a")]), expectation=None))
    assert "about" not in html.partition("<main")[0].partition("<header")[2]
    assert "Expected time" not in html


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Action.NOTHING, "Nothing is left to do."),
        (Action.HELD, "Nothing can be sent before the decisions above are made."),
    ],
)
def test_without_work_there_is_no_command(action: Action, said: str) -> None:
    html = plan_html(review([walkthrough("a", action)]))
    assert said in html
    assert "sitewalk apply" not in html


def test_after_a_year_the_page_begins_with_what_is_new_or_undecided_and_folds_the_rest() -> None:
    html = plan_html(a_year())
    body = html.partition("<header")[2]
    header, _, main = body.partition("<main")
    assert _text(header) == snapshot(
        [
            "Planned uploads",
            "1 new walkthrough, 998 done already, 1 needs a decision.",
            "4.0 MB to send, about 2 s.",
            "Needs a decision Level 19, week 49 20 January 2026, level-19",
            "New Level 18, week 49 20 January 2026, level-18",
            "Walked20 January 2026",
            "To send4.0 MB",
            "Expected time2 s at 2.0 MB/s, the speed of the run of 2026-01-20",
            "Drawings20",
            "Projectevercam at https://ingest2.evercam.io",
        ]
    )
    assert main.count('<details class="folded"') == 2
    assert "18 drawings on which everything is done already" in main
    assert "998 walkthroughs that are done already" in main
    assert len(html) < 1_500_000


def _text(html: str) -> list[str]:
    lines = (re.sub("<[^>]+>", "", line).strip() for line in html.partition(">")[2].splitlines())
    return [line for line in lines if line]


def test_few_walks_that_are_done_stay_in_the_table_of_all() -> None:
    html = plan_html(review([walkthrough("old", Action.NOTHING), walkthrough("new")]))
    assert '<details class="folded"' not in html
    assert html.count("<table") == 1


def test_walks_that_are_done_have_no_frames_made() -> None:
    walks = [walkthrough("old", Action.NOTHING), walkthrough("new"), walkthrough("u", Action.HELD)]
    files = {
        ("evercam", walk.id, walk.id): RecordingFile(walk.id, Path(walk.id), Identity(7, walk.id))
        for walk in walks
    }
    found = files_by_need(review(walks).plan, files)
    assert [path.name for _, path in found] == ["new", "u"]
