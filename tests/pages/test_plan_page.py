import datetime as dt

from runner.evercam.addresses import Addresses
from runner.pages.plan_page import plan_html, sheets
from runner.plan.model import Action, Plan, PlannedRecording, PlannedWalkthrough, Transfer

SCRIPT = "<img src=x onerror=alert(1)>\"'"


def plan(start: str = "1,0", end: str = "0,1", text: str = "a") -> Plan:
    recording = PlannedRecording(text, text, "7-aa", 7, Transfer.SEND, text)
    walkthrough = PlannedWalkthrough(
        project="evercam",
        manifest="manifest.yaml",
        id=text,
        action=Action.CREATE,
        reason=text,
        name=text,
        date=dt.date(2026, 1, 20),
        drawing=text,
        drawing_id=6143,
        uploaded_by=None,
        start_position=start,
        end_position=end,
        target_points_count=0,
        recordings=(recording,),
    )
    return Plan(Addresses(), (), (walkthrough,))


def test_every_value_is_escaped() -> None:
    assert "<img" not in plan_html(plan(text=SCRIPT))


def test_north_is_up_and_east_is_right_on_a_blank_drawing() -> None:
    walk = sheets(plan())[0].walks[0]
    assert (walk.start, walk.end) == ((0, 0), (1000, 1000))


def test_degrees_are_fitted_into_the_grid() -> None:
    walk = sheets(plan("53.35,-6.26", "53.34,-6.25"))[0].walks[0]
    assert all(0 < value < 1000 for value in (*walk.start, *walk.end))
    assert walk.start[1] < walk.end[1]
