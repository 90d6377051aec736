"""The tables of all pages: found, sorted and filtered with mouse and keyboard."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from runner.pages.report.page import results_html
from runner.report.results import Outcome
from tests.browser.conftest import Open, barriers
from tests.report.hostile import results

HOSTILE = "<img src=x onerror=alert(1)>\"'</script>"
ENDS = {"Level 10": Outcome.DONE, "Level 9": Outcome.FAILED, HOSTILE: Outcome.DONE}


def _report() -> str:
    walks = [
        replace(results(name, outcome).walkthroughs[0], upload_id=upload_id, recordings=())
        for (name, outcome), upload_id in zip(ENDS.items(), (9, None, 10), strict=True)
    ]
    return results_html(replace(results("x"), walkthroughs=tuple(walks)))


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(_report())


def _names(page: Page) -> list[str]:
    rows = page.locator("tbody:visible").get_by_role("rowheader")
    return [text.partition("\n")[0].strip() for text in rows.all_inner_texts()]


def test_a_heading_sorts_as_people_count_and_says_so(page: Page) -> None:
    heading = page.get_by_role("columnheader", name="Walkthrough")
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert _names(page) == [HOSTILE, "Level 9", "Level 10"]
    assert heading.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert _names(page) == ["Level 10", "Level 9", HOSTILE]
    assert heading.get_attribute("aria-sort") == "descending"


def test_numbers_sort_by_value_and_what_has_none_stands_last(page: Page) -> None:
    button = page.get_by_role("button", name="Upload")
    button.click()
    assert _names(page) == ["Level 10", HOSTILE, "Level 9"]
    button.click()
    assert _names(page) == [HOSTILE, "Level 10", "Level 9"]


def test_words_and_choices_filter_together_and_are_counted(page: Page) -> None:
    count = page.get_by_role("status")
    expect(count).to_have_text("3 walkthroughs")
    page.get_by_label("Find").fill("  LEVEL 9")
    assert _names(page) == ["Level 9"]
    page.get_by_label("Find").fill("level")
    assert _names(page) == ["Level 10", "Level 9"]
    page.get_by_label("Outcome").select_option("failed")
    assert _names(page) == ["Level 9"]
    expect(count).to_have_text("1 of 3 walkthroughs")


def test_a_hostile_name_is_a_choice_like_any_other(page: Page) -> None:
    page.get_by_label("Drawing").select_option(HOSTILE)
    assert _names(page) == [HOSTILE]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert barriers(page) == []


def test_every_part_says_its_role_where_a_style_hides_it(page: Page) -> None:
    parts = page.locator("table.rows, .rows :is(thead, tbody, tr, th, td)")
    roles = parts.evaluate_all("all => all.map(part => `${part.localName} ${part.role}`)")
    assert set(roles) == {
        "table table",
        "thead rowgroup",
        "tbody rowgroup",
        "tr row",
        "th columnheader",
        "th rowheader",
        "td cell",
    }


def test_a_phone_scrolls_in_one_direction_only(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 667})
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.get_by_role("button", name=re.compile("Walkthrough")).click()
    assert _names(page)[0] == HOSTILE
