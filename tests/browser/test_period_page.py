"""The calendar of walks in a browser: read, filtered, on a phone, with hostile names."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from runner.pages.report.period import period_html
from runner.report.period.period import period_of
from tests.browser.conftest import Open, barriers
from tests.report.test_period import HOSTILE, a_year, walk_events

SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2026, 11, 25)


@pytest.fixture
def page(open_page: Open) -> Page:
    walks = [
        *walk_events("2026-01-06"),
        *walk_events("2026-01-20", HOSTILE, name=HOSTILE),
        *walk_events("2026-11-24", done=False),
    ]
    return open_page(period_html(period_of(walks, SINCE, UNTIL)))


def test_gaps_are_named_and_drawn(page: Page) -> None:
    expect(page.locator(".gaps")).to_contain_text("no walk in weeks 3 to 47 of 2026")
    level = page.locator(".calendar").get_by_role("row").filter(has_text="level-2")
    assert level.locator(".walked").count() == 1
    assert level.locator(".gap").count() == 45
    assert level.locator(".open").count() == 1


def test_walks_are_found_by_state(page: Page) -> None:
    page.get_by_label("State").select_option("not finished")
    expect(page.get_by_text("1 of 3 walks")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert barriers(page) == []


def test_a_hostile_name_stays_text_and_a_phone_scrolls_in_one_direction(page: Page) -> None:
    assert page.locator("img").count() == 0
    page.set_viewport_size({"width": 375, "height": 667})
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_a_year_of_weeks_fits_on_paper(page: Page) -> None:
    page.set_viewport_size({"width": 690, "height": 900})  # what A4 leaves
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == 690


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["laptop", "phone"])
def test_after_a_year_the_first_screen_has_what_is_unfinished_and_this_week(
    open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(period_html(a_year()))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for name in ("level-a", "level-b"):
        expect(page.locator(".open-walks").get_by_text(name, exact=True)).to_be_in_viewport()
    week = page.locator(".calendar [aria-current]")
    expect(week).to_have_text("7")
    left = week.evaluate("element => element.getBoundingClientRect().right")
    assert left <= size[0]
    page.locator(".open-walks").get_by_role("link", name="level-a").click()
    expect(page.locator("tr:target")).to_be_in_viewport()
