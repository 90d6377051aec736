"""The plan's page as its reader meets it."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from runner.drawings.picture import make_picture
from runner.manifest.model import Drawing
from runner.pages.plan.canvas import Pictured
from runner.pages.plan.page import Review, plan_html
from runner.plan.model import Action, PlannedWalkthrough
from tests.browser.conftest import Open, barriers
from tests.pages.plan.reviews import PLAN_SVG, a_year, hostile, review, walkthrough

HOSTILE = "<img src=x onerror=alert(1)>\"'</script>&"
YARD = ("yard", 6150)
WALKS = (
    walkthrough("Level 10", targets=("0.5,0.4", "0.6,0.6")),
    walkthrough("Level 9", Action.RESUME, ends=("0.3,0.3", "0.4,0.9")),
    walkthrough("Fence", Action.HELD, YARD, ends=("0.5,0.5", "0.5,0.5")),
    walkthrough("Gate", Action.NOTHING, YARD, ends=("0.5,0.5", "0.1,0.1")),
)


def _review(picture: bytes = PLAN_SVG) -> Review:
    return _with_picture(WALKS, picture)


def _with_picture(walks: Sequence[PlannedWalkthrough], picture: bytes = PLAN_SVG) -> Review:
    made = review(walks)
    drawing = Pictured(Drawing("level-2", 6143), make_picture(picture))
    return replace(made, drawings={**made.drawings, ("evercam", 6143): drawing})


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(plan_html(_review()))


def test_it_says_in_words_first_what_will_happen(page: Page) -> None:
    words = "1 new walkthrough, 1 resumed, 1 done already, 1 needs a decision"
    assert page.locator(".lead").inner_text().startswith(f"{words}. 8.0 MB to send, about 4 s.")
    expect(page).to_have_title(f"Planned uploads: {words}")


@pytest.mark.parametrize("pin", ["1: Level 10, start", "2: Level 9, start"])
def test_a_click_on_a_pin_leads_to_its_row_even_when_that_is_filtered_away(
    page: Page, pin: str
) -> None:
    page.get_by_label("Find").fill("fence")
    page.locator("a.pin", has_text=pin).click()
    row = page.locator("tr:target")
    expect(row).to_be_in_viewport()
    expect(row.get_by_role("rowheader")).to_contain_text(pin[3:].partition(",")[0])
    expect(page.get_by_role("status")).to_have_text("4 walkthroughs")


def test_a_pin_can_be_reached_and_followed_by_keyboard(page: Page) -> None:
    pin = page.get_by_role("link", name="2: Level 9, start")
    pin.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#walk-2")).to_be_in_viewport()


def test_pins_on_one_spot_do_not_cover_each_other(page: Page) -> None:
    page.get_by_role("checkbox", name="done already").check()
    boxes = [pin.bounding_box() for pin in page.locator("#drawing-2 a.pin").all()]
    assert len(boxes) == 2
    tops = sorted(box["y"] for box in boxes if box)
    assert all(lower - upper > 15 for upper, lower in itertools.pairwise(tops))


def test_finished_walks_are_drawn_when_asked_for(page: Page) -> None:
    gate, entry = page.locator("a.pin", has_text="4: Gate"), page.locator("#legend-4")
    expect(gate).to_be_hidden()
    expect(entry).to_be_hidden()
    page.get_by_role("checkbox", name="Show 1 walkthrough that is done already, too").check()
    expect(gate).to_be_visible()
    expect(entry).to_be_visible()


def test_the_number_of_several_walks_leads_to_their_names(open_page: Open) -> None:
    page = open_page(plan_html(review([walkthrough(f"Walk {number}") for number in range(3)])))
    page.locator("a.pin", has_text="1-3").click()
    expect(page.locator("li:target")).to_contain_text("Walk 0")


def test_what_will_happen_can_be_chosen(page: Page) -> None:
    page.get_by_role("combobox", name="What will happen").select_option("Needs a decision")
    shown = page.locator("table.plan tbody:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Fence")


def test_what_will_be_sent_sorts_by_size(page: Page) -> None:
    page.get_by_role("button", name="To send").click()
    names = page.locator("table.plan").get_by_role("rowheader").all_inner_texts()
    assert names == ["Fence", "Gate", "Level 10", "Level 9"]


def test_sorting_lays_the_page_out_once_and_not_for_every_row(open_page: Open) -> None:
    page = open_page(plan_html(review([walkthrough(f"Walk {number}") for number in range(200)])))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = _layouts(session)
    page.evaluate("document.querySelectorAll('thead button')[1].click()")
    assert _layouts(session) - before < 20


def _layouts(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "LayoutCount"))


def test_a_link_from_outside_opens_its_row(open_page: Open) -> None:
    walks = [walkthrough(f"Walk {number}") for number in range(40)]
    page = open_page(plan_html(review(walks)))
    row = "tbody:has(#walk-33) details"
    assert page.locator(row).get_attribute("open") is None
    visitor = page.context.new_page()  # a reload would scroll to where the reader was
    visitor.goto(page.url + "#walk-33")
    assert visitor.locator(row).get_attribute("open") is not None
    expect(visitor.locator("#walk-33")).to_be_in_viewport()


def test_the_picture_is_shown_and_its_scripts_never_run(open_page: Open) -> None:
    bad = PLAN_SVG.replace(b"<path", b'<script>alert(1)</script><path onload="alert(2)"')
    page = open_page(plan_html(_review(bad)))
    size = page.evaluate(
        """async () => {
            const image = new Image();
            image.src = document.querySelector("svg image").getAttribute("href");
            await image.decode();
            return [image.naturalWidth, image.naturalHeight];
        }"""
    )
    assert size == [2400, 1600]


def test_hostile_names_stay_text_everywhere(open_page: Open) -> None:
    page = open_page(plan_html(hostile(HOSTILE)))
    assert page.locator("img[src='x'], [onerror]").count() == 0
    assert page.locator("img").count() > 0
    assert page.locator("table.plan").inner_text().count(HOSTILE) > 20
    page.locator("a.pin").first.click()
    page.get_by_label("Find").fill(HOSTILE)
    expect(page.get_by_role("status")).to_have_text("7 walkthroughs")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_nothing(open_page: Open, width: int, dark: bool) -> None:  # noqa: FBT001 - parametrized
    page = open_page(plan_html(hostile("A name")))
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if dark else "light")
    assert barriers(page) == []


def test_a_phone_scrolls_in_one_direction_only(open_page: Open) -> None:
    page = open_page(plan_html(hostile("A-name-without-any-space-" * 8)))
    page.set_viewport_size({"width": 375, "height": 667})
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_on_paper_everything_is_open_and_nothing_dark(open_page: Open) -> None:
    walks = [walkthrough(f"Walk {number}") for number in range(40)]
    page = open_page(plan_html(review(walks)))
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_label("Find")).to_be_hidden()
    expect(page.locator("ul.recordings").last).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 33, 38)"
    assert page.pdf().startswith(b"%PDF")


def test_without_script_the_page_says_the_same(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(plan_html(_review()), encoding="utf-8")
    with browser.new_context(java_script_enabled=False, offline=True) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        expect(page.locator("table.plan tbody")).to_have_count(len(WALKS))
        assert page.get_by_role("button").count() == 0


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["laptop", "phone"])
def test_after_a_year_the_first_screen_has_what_is_new_or_undecided(
    open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(plan_html(a_year()))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    first = page.get_by_role("list", name="What is not done yet")
    expect(first.get_by_role("listitem").nth(0)).to_contain_text("Needs a decision")
    for name in ("Level 18, week 49", "Level 19, week 49"):
        expect(first.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("status").first).to_have_text("2 walkthroughs")
    expect(page.locator("figure.drawing:visible")).to_have_count(2)
    assert barriers(page) == []


def test_a_link_to_a_walk_that_is_folded_unfolds_it(open_page: Open) -> None:
    page = open_page(plan_html(a_year()))
    row = page.locator("#walk-7")
    expect(row).to_be_hidden()
    page.evaluate("location.hash = '#walk-7'")
    expect(row).to_be_in_viewport()


def test_no_pin_is_cut_off_on_a_phone(open_page: Open) -> None:
    corners = ("0,0", "0,1", "1,0", "1,1")
    walks = [
        walkthrough(f"{at}-{number}", ends=(at, "0.5,0.5")) for at in corners for number in range(3)
    ]
    page = open_page(plan_html(_with_picture(walks)))
    page.set_viewport_size({"width": 390, "height": 844})
    drawing = page.locator("figure.drawing svg").bounding_box()
    assert drawing
    for pin in page.locator("a.pin rect").all():
        box = pin.bounding_box()
        assert box
        assert box["x"] >= drawing["x"]
        assert box["y"] >= drawing["y"]
        assert box["x"] + box["width"] <= drawing["x"] + drawing["width"]
        assert box["y"] + box["height"] <= drawing["y"] + drawing["height"]


def test_the_first_page_on_paper_has_a_drawing_on_it(open_page: Open) -> None:
    walks = [walkthrough(f"Walk {number}") for number in range(15)]
    page = open_page(plan_html(_with_picture(walks)))
    page.set_viewport_size({"width": 690, "height": 1000})  # A4 at 96 dots to the inch
    with pdfium.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True)) as document:
        first = [thing.type for thing in document[0].get_objects()]
    assert pdfium_c.FPDF_PAGEOBJ_IMAGE in first
