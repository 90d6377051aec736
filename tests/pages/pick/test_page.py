"""What the pick page says, without a browser."""

import json
import re

import pytest

from runner.drawings.frame import frame_of
from runner.drawings.picture import make_picture
from runner.manifest.edit.positions import Positions
from runner.manifest.model import Drawing, Position
from runner.pages.pick.page import pick_html
from runner.pages.pick.session import PickCanvas
from runner.pages.pick.subjects import Subject
from tests.drawings.pictures import SVG
from tests.pages.plan.test_page import SCRIPT


def _canvas(text: str) -> PickCanvas:
    drawing = Drawing(text, 6143)
    frame = frame_of(drawing, 2.0)
    assert frame
    subject = Subject(("routes", text), text, text, Positions(Position(0.1, 0.2)))
    return PickCanvas(drawing, frame, (subject,), make_picture(SVG.encode()), text)


@pytest.mark.parametrize("is_served", [True, False])
@pytest.mark.parametrize("text", [SCRIPT, "</script><script>alert(1)</script>", "<!--<script>"])
def test_every_value_is_escaped(text: str, *, is_served: bool) -> None:
    html = pick_html(_canvas(text), text, is_served=is_served)
    assert text not in html
    assert "<img" not in html
    assert html.count("<script") == 2
    data = re.search(r'id="pick-data">(.*?)</script>', html)
    assert data
    assert json.loads(data[1])["subjects"][f"routes/{text}"]["name"] == text


def test_only_a_served_page_may_talk_and_only_to_where_it_came_from() -> None:
    assert "connect-src &#39;self&#39;" in pick_html(_canvas("a"), "m.yaml", is_served=True)
    assert "connect-src &#39;none&#39;" in pick_html(_canvas("a"), "m.yaml", is_served=False)
