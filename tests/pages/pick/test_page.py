"""What the pick page says, without a browser."""

import json
import re

import pytest

from runner.drawings.frame import frame_of
from runner.drawings.picture import make_picture
from runner.manifest.edit.positions import Positions
from runner.manifest.model import Drawing, Position
from runner.pages.pick.desk import DeskView, PickCanvas, PickSubject
from runner.pages.pick.page import pick_html
from runner.pages.pick.subjects import Subject
from runner.pages.pick.walks import LikelyRoute, Walk, WalkFacts
from tests.drawings.pictures import SVG
from tests.pages.plan.test_page import SCRIPT


def _view(text: str) -> DeskView:
    drawing = Drawing(text, 6143)
    frame = frame_of(drawing, 2.0)
    assert frame
    subject = Subject(("walkthroughs", 0), text, text, Positions(Position(0.1, 0.2)))
    walk = Walk(text, None, None, 0, WalkFacts(text), is_finished=False)
    one = PickSubject(0, subject, walk, (LikelyRoute(text, text),))
    canvas = PickCanvas(drawing, frame, make_picture(SVG.encode()), text)
    return DeskView((text,), (one,), (canvas,), ({text: 0},), ({text: Positions()},))


@pytest.mark.slow
@pytest.mark.parametrize("is_served", [True, False])
@pytest.mark.parametrize("text", [SCRIPT, "</script><script>alert(1)</script>", "<!--<script>"])
def test_every_value_is_escaped(text: str, *, is_served: bool) -> None:
    html = pick_html(_view(text), is_served=is_served, first_drawing=text)
    assert text not in html
    assert "<img" not in html
    assert html.count("<script") == 2
    data = re.search(r'id="pick-data">(.*?)</script>', html)
    assert data
    assert json.loads(data[1])["subjects"][f"0/walkthroughs/{text}"]["name"] == text


def test_only_a_served_page_may_talk_and_only_to_where_it_came_from() -> None:
    assert "connect-src &#39;self&#39;" in pick_html(_view("a"), is_served=True)
    assert "connect-src &#39;none&#39;" in pick_html(_view("a"), is_served=False)
