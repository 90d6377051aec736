"""The report in a browser: read, filtered, sorted, printed, on a phone, with hostile names."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from runner.pages.report.page import results_html
from runner.report.results import Outcome, RecordingOutcome, Results
from runner.report.timeline.timeline import NO_TIMELINE
from tests.browser.conftest import Open, barriers
from tests.report.hostile import results

HOSTILE = "<img src=x onerror=alert(1)>\"'</script>{{ 7 * 7 }}"


def _run(name: str = "Level 2", walkthroughs: int = 12) -> Results:
    """A run of which every third walkthrough failed after one of its two files."""
    whole = results(name)
    (walk,), (file,) = whole.walkthroughs, whole.walkthroughs[0].recordings
    walkthroughs_of_run = []
    for number in range(walkthroughs):
        failed = number % 3 == 2
        sent = replace(
            file, name=f"VID_{number}_00.insv", outcome=RecordingOutcome.SENT, sha256="0f" * 32
        )
        second = replace(file, name=f"VID_{number}_10.insv", outcome=RecordingOutcome.PARTIAL)
        walkthroughs_of_run.append(
            replace(
                walk,
                id=f"walk-{number}",
                name=f"{name} {number}",
                outcome=Outcome.FAILED if failed else Outcome.DONE,
                recordings=(sent, second if failed else replace(sent, name=second.name)),
                upload_id=1000 + number,
            )
        )
    return replace(whole, walkthroughs=tuple(walkthroughs_of_run))


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(results_html(_run()))


def test_the_outcome_comes_first_in_words(page: Page) -> None:
    expect(page.locator(".lead")).to_have_text("8 of 12 walkthroughs are on Evercam: 4 failed.")
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings == [
        "What to do",
        "Files that are not on Evercam yet",
        "The run over time",
        "Every walkthrough and file",
    ]


def test_which_files_are_missing_is_seen_at_a_glance_and_by_filter(page: Page) -> None:
    expect(page.locator(".figures")).to_contain_text("16 of 24")
    page.get_by_role("link", name="8 missing").click()
    missing = page.get_by_role("table", name=re.compile("8 files of 24"))
    assert missing.locator("tbody").count() == 8
    page.get_by_label("State").select_option("partly sent")
    names = missing.get_by_role("rowheader").filter(visible=True).all_inner_texts()
    assert names == [f"VID_{number}_10.insv" for number in (2, 5, 8, 11)]


def test_a_case_leads_to_its_row(page: Page) -> None:
    page.get_by_label("Outcome").select_option("done")
    page.locator(".notice").get_by_role("link", name="Level 2 5").click()
    expect(page.locator("#walk-6")).to_be_in_viewport()


def test_the_timeline_leads_to_rows_by_keyboard(page: Page) -> None:
    block = page.locator(".chart a").first
    block.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#walk-\d+$"))
    page.locator(".timeline summary").filter(has_text=", in words").click()
    expect(page.get_by_role("cell", name="waited · Level 2")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert barriers(page) == []


def test_hostile_names_stay_text(open_page: Open) -> None:
    page = open_page(results_html(_run(HOSTILE)))
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator("#walk-1").inner_text()
    assert HOSTILE in (page.locator(".chart").text_content() or "")
    assert barriers(page) == []


def test_a_name_from_right_to_left_leaves_what_follows_where_it_is(open_page: Open) -> None:
    page = open_page(results_html(results("קומה ב")))  # else the size would stand left of it
    name = page.locator(".walks .part bdi").bounding_box()
    size = page.locator(".walks .part .quiet").bounding_box()
    assert name
    assert size
    assert name["x"] + name["width"] <= size["x"]


def test_a_run_of_nothing_has_no_empty_tables(open_page: Open) -> None:
    page = open_page(results_html(replace(results("x"), walkthroughs=(), timeline=NO_TIMELINE)))
    expect(page.locator(".lead")).to_have_text("There was no walkthrough to upload.")
    expect(page.get_by_role("table")).to_have_count(0)


def test_a_phone_scrolls_in_one_direction_only(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 667})
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_it_prints_whole(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 690, "height": 900})  # what A4 leaves
    page.emulate_media(media="print")
    cells = page.locator("#walk-12 > *").all()
    assert len({box["y"] for cell in cells if (box := cell.bounding_box())}) == 1  # no card
    assert page.locator(".table-tools").filter(visible=True).count() == 0
    expect(page.locator("#walk-12")).to_be_visible()
    assert page.pdf(path=tmp_path / "report.pdf", format="A4").startswith(b"%PDF")


def _laid_out(page: Page) -> int:
    script = (
        "cells => cells.filter(cell => cell.checkVisibility({contentVisibilityAuto: true})).length"
    )
    return int(page.locator(".walks tbody th").evaluate_all(script))


def test_of_many_walkthroughs_those_in_view_are_laid_out_and_all_are_printed(
    open_page: Open,
) -> None:
    page = open_page(results_html(_run(walkthroughs=300)))
    page.get_by_role("link", name="Level 2 2", exact=True).last.click()
    expect(page.locator("#walk-3")).to_be_in_viewport()
    assert _laid_out(page) < 100
    page.goto(f"{page.url.partition('#')[0]}#walk-280")
    expect(page.locator("#walk-280")).to_be_in_viewport()
    page.emulate_media(media="print")
    rows = page.locator(".walks tbody")
    kinds = rows.evaluate_all("rows => rows.map(row => getComputedStyle(row).contentVisibility)")
    assert kinds == ["visible"] * 300


def test_a_thousand_walkthroughs_sort_and_filter(open_page: Open) -> None:
    page = open_page(results_html(_run(walkthroughs=1000)))
    walks = page.get_by_role("table", name=re.compile("What became of each"))
    walks.get_by_role("button", name="Upload").click()
    walks.get_by_role("button", name="Upload").click()
    expect(walks.get_by_role("rowheader").first).to_contain_text("Level 2 999")
    page.get_by_label("Outcome").select_option("failed")
    expect(page.get_by_text("333 of 1000 walkthroughs")).to_be_visible()
