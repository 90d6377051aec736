"""Positions are picked on the page, by mouse, finger and keyboard, and stand in the manifest."""

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot
from playwright.sync_api import Browser, Page, expect

from runner.base.clock import CancelToken, SystemClock
from runner.pages.pick.page import pick_html
from runner.pages.pick.server import Handlers, PickServer
from runner.pages.pick.session import PickSession, parse_positions
from tests.browser.conftest import Open, barriers, watched
from tests.drawings.pictures import whole_png

MANIFEST = """\
# Walked every week.
version: 1
project: evercam
drawings:
  level-2: {id: 6143, image: level-2.png} # the second floor
routes:
  loop:
    drawing: level-2      # as printed
    start_position: '0.5,0.5'
walkthroughs:
  - id: a                 # the key
    name: "<b>First</b>"
    date: 2026-01-20
    route: loop
    end_position: TODO    # ask Ann
    files: [a.insv]
"""

Serve = Callable[..., Page]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "site" / "m.yaml"
    path.parent.mkdir()
    path.write_text(MANIFEST, encoding="utf-8")
    (path.parent / "level-2.png").write_bytes(whole_png(600, 300))
    return path


@pytest.fixture
def server(manifest: Path) -> Iterator[PickServer]:
    session = PickSession(manifest, dt.date(2026, 1, 26))
    drawing = session.drawing(None)

    def save(request: Mapping[str, Any]) -> str:
        session.save(drawing.name, request["subject"], parse_positions(request))
        return "Written."

    def page() -> str:
        session.reload()
        return pick_html(session.canvas(drawing), "m.yaml", is_served=True)

    server = PickServer(Handlers(page, save), SystemClock(), grace=3600)
    stop = CancelToken()
    thread = threading.Thread(target=server.serve, args=(stop,))
    thread.start()
    yield server
    stop.request()
    thread.join()


@pytest.fixture
def page(browser: Browser, server: PickServer) -> Iterator[Page]:
    """The served page; an error in it, or a request to any other origin, fails the test."""
    trouble: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = watched(context, trouble, server.url)
    page.goto(server.url)
    yield page
    context.close()
    assert not trouble


def _click(page: Page, x: float, y: float) -> None:
    """Click at fractions of the picture's width and height, wherever it is now."""
    box = page.locator("#picture").bounding_box()
    assert box
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def _pick(page: Page, mode: str, x: float, y: float) -> None:
    page.locator(".modes").get_by_text(mode, exact=True).click()
    _click(page, x, y)


def test_clicks_become_positions_in_the_manifest_and_comments_stay(
    page: Page, manifest: Path
) -> None:
    _pick(page, "Start", 0.25, 0.25)
    _pick(page, "End", 0.75, 0.5)
    _pick(page, "Target point", 0.5, 0.75)
    _click(page, 0.25, 0.5)
    page.get_by_role("button", name="Write into m.yaml").click()
    expect(page.get_by_role("status")).to_have_text("Written.")
    page.get_by_label("Positions of").select_option("walkthroughs/a")
    _pick(page, "End", 0.1, 0.9)
    page.get_by_role("button", name="Write into m.yaml").click()
    expect(page.get_by_role("status")).to_have_text("Written.")
    assert manifest.read_text(encoding="utf-8") == snapshot("""\
# Walked every week.
version: 1
project: evercam
drawings:
  level-2: {id: 6143, image: level-2.png} # the second floor
routes:
  loop:
    drawing: level-2      # as printed
    start_position: '0.75,0.25'
    end_position: "0.5, 0.75"
    target_points:
      - "0.25, 0.5"
      - "0.5, 0.25"
walkthroughs:
  - id: a                 # the key
    name: "<b>First</b>"
    date: 2026-01-20
    route: loop
    end_position: "0.1, 0.1"    # ask Ann
    files: [a.insv]
""")


def test_the_keyboard_does_it_all(page: Page, manifest: Path) -> None:
    page.get_by_role("application").focus()
    for key in ("E", "ArrowLeft", "ArrowUp", "Shift+ArrowUp", "Enter"):
        page.keyboard.press(key)
    status = page.get_by_role("status")
    expect(status).to_contain_text("End: 0.5")
    position = (status.text_content() or "").removeprefix("End: ")
    for key in ("t", "ArrowDown", "Space", "ArrowDown", "Space", "Delete"):
        page.keyboard.press(key)
    expect(status).to_have_text("Target point 2 removed, 1 left.")
    page.keyboard.press("Control+z")
    expect(page.locator("#points li")).to_have_count(2)
    page.get_by_role("button", name="Remove target point 1").press("Enter")
    expect(page.get_by_role("button", name="Remove target point 1")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator("#points li")).to_have_count(2)
    page.get_by_role("button", name="Write into m.yaml").focus()
    page.keyboard.press("Enter")
    expect(status).to_have_text("Written.")
    text = manifest.read_text(encoding="utf-8")
    assert f'end_position: "{position}"' in text.replace("'", '"').replace(",", ", ").replace(
        "  ", " "
    )
    assert text.count("    - ") == 2


def test_what_was_set_is_said_and_not_where_the_crosshair_was(page: Page) -> None:
    page.clock.install()
    page.reload()
    page.get_by_role("application").focus()
    status = page.get_by_role("status")
    page.keyboard.press("ArrowUp")
    page.clock.run_for(1000)
    expect(status).to_have_text(re.compile(r"0\.\d+, 0\.5"))
    for key in ("ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.clock.run_for(1000)
    expect(status).to_contain_text("End: 0.")


def test_the_crosshair_stays_on_the_drawing_and_in_view(page: Page) -> None:
    page.get_by_role("application").focus()
    before = page.locator("#picture").bounding_box()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("status")).to_have_text("0.5, 0")
    assert page.locator("#picture").bounding_box() == before
    for key in ("+", "+", "+", *["ArrowRight"] * 60):
        page.keyboard.press(key)
    board = page.locator("#map").bounding_box()
    cross = page.locator("#crosshair").bounding_box()
    assert board
    assert cross
    assert board["x"] < cross["x"] + cross["width"] / 2 < board["x"] + board["width"]


def test_a_zoomed_and_moved_drawing_gives_the_right_positions(page: Page) -> None:
    box = page.locator("#picture").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    world = page.locator("#world")
    fitted = world.get_attribute("transform") or ""
    page.mouse.wheel(0, -700)
    expect(world).not_to_have_attribute("transform", fitted)  # a wheel turns in its own time
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"], steps=4)
    page.mouse.up()
    zoomed = page.locator("#picture").bounding_box()
    assert zoomed
    assert zoomed["width"] > 2 * box["width"]
    _pick(page, "Start", 0.7, 0.3)
    position = [float(number) for number in page.locator("#start-value").inner_text().split(",")]
    assert position == pytest.approx([0.7, 0.7], abs=0.002)
    page.get_by_role("button", name="Fit the whole drawing").click()
    assert page.locator("#picture").bounding_box() == box


def test_undo_and_redo(page: Page) -> None:
    start = page.locator("#start-value")
    _pick(page, "Start", 0.25, 0.25)
    expect(start).to_have_text("0.75, 0.25")
    page.get_by_role("button", name="Undo").click()
    expect(start).to_have_text("0.5, 0.5")
    page.keyboard.press("Control+Shift+Z")
    expect(start).to_have_text("0.75, 0.25")
    page.keyboard.press("Control+Z")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.get_by_role("button", name="Write into m.yaml")).to_be_disabled()


def _write(page: Page) -> None:
    """Write what was picked, and wait until that is done."""
    button = page.get_by_role("button", name="Write into m.yaml")
    button.click()
    expect(button).to_be_disabled()
    expect(page.get_by_role("status")).to_have_text("Written.")


def test_what_was_written_is_undone(page: Page, manifest: Path) -> None:
    page.get_by_label("Positions of").select_option("walkthroughs/a")
    _pick(page, "End", 0.1, 0.9)
    _pick(page, "Start", 0.2, 0.9)
    _pick(page, "Target point", 0.3, 0.9)
    _write(page)
    assert manifest.read_text(encoding="utf-8") != MANIFEST
    for _ in range(3):
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#end-value")).to_have_text("not set")
    expect(page.locator("#start-value")).to_have_text("0.5, 0.5 (from the route)")
    _write(page)
    assert manifest.read_text(encoding="utf-8") == MANIFEST


def test_what_the_manifest_says_is_removed_by_click_and_by_keyboard(
    page: Page, manifest: Path
) -> None:
    page.get_by_role("button", name="Remove the start").click()
    expect(page.locator("#start-value")).to_have_text("not set")
    expect(page.get_by_role("button", name="Remove the start")).to_be_disabled()
    expect(page.get_by_role("application")).to_be_focused()
    _write(page)
    placeholder = MANIFEST.replace("'0.5,0.5'", "TODO")
    assert manifest.read_text(encoding="utf-8") == placeholder
    page.get_by_role("button", name="Undo").click()
    _write(page)
    page.get_by_role("application").focus()
    for key in ("s", "Delete"):
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_have_text("Start removed.")
    _write(page)
    assert manifest.read_text(encoding="utf-8") == placeholder


def test_the_walk_goes_by_its_target_points(page: Page) -> None:
    walk = page.locator("#pins .walk:not(.halo)")
    _pick(page, "End", 0.75, 0.5)
    assert (walk.get_attribute("d") or "").count("L") == 1
    _pick(page, "Target point", 0.5, 0.75)
    assert (walk.get_attribute("d") or "").count("L") == 2


def test_a_click_sets_what_is_missing_and_goes_on_to_the_next(page: Page) -> None:
    _click(page, 0.75, 0.5)
    _click(page, 0.5, 0.75)
    _click(page, 0.25, 0.5)
    expect(page.locator("#start-value")).to_have_text("0.5, 0.5")
    expect(page.locator("#end-value")).to_have_text("0.5, 0.75")
    expect(page.locator("#points li")).to_have_count(2)


def test_a_pin_is_dragged(page: Page) -> None:
    box = page.locator("#picture").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"], steps=3)
    page.mouse.up()
    expect(page.locator("#start-value")).to_have_text("0.8, 0.8")
    assert page.locator("#picture").bounding_box() == box


def test_a_walkthrough_shows_its_routes_positions_as_not_its_own(page: Page) -> None:
    page.get_by_label("Positions of").select_option("walkthroughs/a")
    expect(page.locator("#start-value")).to_have_text("0.5, 0.5 (from the route)")
    expect(page.locator(".pin.inherited")).to_have_count(1)
    expect(page.get_by_label("For the manifest")).to_have_value("")


def test_a_manifest_that_changed_meanwhile_is_not_overwritten(
    browser: Browser, server: PickServer, manifest: Path
) -> None:
    page = browser.new_page()  # not a watched one: a refused request is an error on its console
    page.goto(server.url)
    changed = MANIFEST.replace("every week", "every day")
    manifest.write_text(changed, encoding="utf-8")
    _click(page, 0.25, 0.25)
    page.get_by_role("button", name="Write into m.yaml").click()
    expect(page.get_by_role("status")).to_contain_text("has changed since it was opened")
    assert manifest.read_text(encoding="utf-8") == changed
    page.close()


def test_done_asks_before_it_leaves_something_out(page: Page, server: PickServer) -> None:
    _click(page, 0.25, 0.25)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("status")).to_contain_text("Not written yet: loop.")
    assert not server.done.is_set()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("status")).to_have_text("You can close this page.")
    assert server.done.wait(20)  # it answers first


def test_closing_the_page_is_heard(
    page: Page, server: PickServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = threading.Event()
    monkeypatch.setattr(server.pages, "closed", heard.set)
    page.goto("about:blank")
    assert heard.wait(20)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, server: PickServer, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url)
    _pick(page, "Target point", 0.5, 0.75)
    assert barriers(page) == []
    context.close()


def test_the_page_works_by_touch_on_a_small_screen(browser: Browser, server: PickServer) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.url)
    box = page.locator("#picture").bounding_box()
    assert box
    page.locator(".modes").get_by_text("Start", exact=True).tap()
    page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"])
    expect(page.locator("#start-value")).to_contain_text("0.7")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_page_alone_gives_yaml_to_paste(open_page: Open, manifest: Path) -> None:
    session = PickSession(manifest, dt.date(2026, 1, 26))
    page = open_page(pick_html(session.canvas(session.drawing(None)), "m.yaml", is_served=False))
    _pick(page, "Target point", 0.25, 0.25)
    _click(page, 0.5, 0.75)
    expect(page.get_by_label("For the manifest")).to_have_value(
        'start_position: "0.5, 0.5"\ntarget_points:\n  - "0.75, 0.25"\n  - "0.25, 0.5"'
    )
    expect(page.get_by_role("button", name="Write into m.yaml")).to_have_count(0)
    assert barriers(page) == []


def test_a_plain_grid_shows_its_coordinates(open_page: Open, manifest: Path) -> None:
    manifest.write_text(MANIFEST.replace(", image: level-2.png", ""), encoding="utf-8")
    session = PickSession(manifest, dt.date(2026, 1, 26))
    page = open_page(pick_html(session.canvas(session.drawing(None)), "m.yaml", is_served=False))
    labels = page.locator("#grid text").all_text_contents()
    assert {"0.0", "0.2", "1.0"} <= {f"{float(label):.1f}" for label in labels}
    _pick(page, "Start", 0.2, 0.4)
    position = [float(number) for number in page.locator("#start-value").inner_text().split(",")]
    assert position == pytest.approx([0.6, 0.2], abs=0.002)
