"""Not even where it stands as a part of the page does a cleaned drawing run or load anything."""

from runner.drawings.svg import clean_svg
from tests.browser.conftest import Open
from tests.drawings.hostile import HOSTILE, XMLNS


def test_a_hostile_drawing_is_only_a_drawing(open_page: Open) -> None:
    drawings = [
        clean_svg(f"<svg {XMLNS}>{hostile}</svg>".encode()).data.decode()
        for hostile in HOSTILE.values()
    ]
    page = open_page("<!doctype html><title>drawings</title>" + "".join(drawings))
    page.mouse.click(60, 60)
    assert page.locator("svg").count() == len(drawings)
    assert page.locator("script, iframe, foreignObject, a, set, animate").count() == 0
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0
