"""Positions are picked on the page, by mouse, finger and keyboard, and stand in the manifest."""

import base64
import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot
from playwright.sync_api import Browser, Page, expect

from runner.base.clock import CancelToken, SystemClock
from runner.pages.pick.desk import Desk
from runner.pages.pick.page import pick_html
from runner.pages.pick.server import PickServer
from runner.pages.pick.session import PickSession
from runner.pages.pick.visits import Handlers
from runner.pages.pick.walks import walks_of
from runner.recordings.files import look
from runner.recordings.samples.make import write_recording
from runner.recordings.samples.recipes import RecordingRecipe
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
def desk(manifest: Path) -> Desk:
    return open_desk([manifest])


def open_desk(manifests: Sequence[Path]) -> Desk:
    """A desk with what its manifests and the folder of the first say, and no ledger."""
    sessions = [PickSession(path, dt.date(2026, 1, 26)) for path in manifests]
    walks = [
        walks_of(session.drafts, look(session.drafts, manifests[0].parent).files, {})
        for session in sessions
    ]
    return Desk(sessions, walks)


def _frames(key: str) -> tuple[str, ...]:
    pixel = base64.b64encode(whole_png(3, 3)).decode()
    return (f"data:image/png;base64,{pixel}",) * 3 if key.endswith("/a") else ()


@pytest.fixture
def server(desk: Desk) -> Iterator[PickServer]:
    def save(request: Mapping[str, Any]) -> str:
        desk.save(request)
        return "Written."

    def page() -> str:
        desk.reload()
        return pick_html(desk.view(), is_served=True)

    server = PickServer(Handlers(page, save, _frames), SystemClock(), grace=3600)
    stop = CancelToken()
    thread = threading.Thread(target=server.serve, args=(stop,))
    thread.start()
    yield server
    stop.request()
    thread.join()


@pytest.fixture
def page(browser: Browser, server: PickServer) -> Iterator[Page]:
    """The served page with its route chosen; an error in it, or a request elsewhere, fails."""
    trouble: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = watched(context, trouble, server.url)
    page.goto(server.url)
    _choose(page, "0/routes/loop")
    yield page
    context.close()
    assert not trouble


def _choose(page: Page, key: str) -> None:
    """Choose a walk or a route in the list."""
    page.locator(f"[data-subject='{key}']").click()


WRITE = "Write all into m.yaml"


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
    _choose(page, "0/walkthroughs/a")
    _pick(page, "End", 0.1, 0.9)
    page.get_by_role("button", name=WRITE).click()
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
    page.get_by_role("button", name=WRITE).focus()
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
    expect(page.get_by_role("button", name=WRITE)).to_be_disabled()


def _write(page: Page) -> None:
    """Write what was picked, and wait until that is done."""
    button = page.get_by_role("button", name=WRITE)
    button.click()
    expect(button).to_be_disabled()
    expect(page.get_by_role("status")).to_have_text("Written.")


def test_what_was_written_is_undone(page: Page, manifest: Path) -> None:
    _choose(page, "0/walkthroughs/a")
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
    _choose(page, "0/walkthroughs/a")
    expect(page.locator("#start-value")).to_have_text("0.5, 0.5 (from the route)")
    expect(page.locator(".pin.inherited")).to_have_count(1)
    expect(page.get_by_label("For the manifest")).to_have_value("")


def test_a_manifest_that_changed_meanwhile_is_not_overwritten(
    browser: Browser, server: PickServer, manifest: Path
) -> None:
    page = browser.new_page()  # not a watched one: a refused request is an error on its console
    page.goto(server.url)
    _choose(page, "0/routes/loop")
    changed = MANIFEST.replace("every week", "every day")
    manifest.write_text(changed, encoding="utf-8")
    _click(page, 0.25, 0.25)
    page.get_by_role("button", name=WRITE).click()
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
    page.locator("[data-subject='0/routes/loop']").tap()
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#picture").bounding_box()
    assert box
    page.locator(".modes").get_by_text("Start", exact=True).tap()
    page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"])
    expect(page.locator("#start-value")).to_contain_text("0.7")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_page_alone_gives_yaml_to_paste(open_page: Open, manifest: Path) -> None:
    page = open_page(pick_html(open_desk([manifest]).view(), is_served=False))
    _choose(page, "0/routes/loop")
    _pick(page, "Target point", 0.25, 0.25)
    _click(page, 0.5, 0.75)
    expect(page.get_by_label("For the manifest")).to_have_value(
        'start_position: "0.5, 0.5"\ntarget_points:\n  - "0.75, 0.25"\n  - "0.25, 0.5"'
    )
    expect(page.get_by_role("button", name=WRITE)).to_have_count(0)
    assert barriers(page) == []


def test_a_plain_grid_shows_its_coordinates(open_page: Open, manifest: Path) -> None:
    manifest.write_text(MANIFEST.replace(", image: level-2.png", ""), encoding="utf-8")
    page = open_page(pick_html(open_desk([manifest]).view(), is_served=False))
    _choose(page, "0/routes/loop")
    labels = page.locator("#grid text").all_text_contents()
    assert {"0.0", "0.2", "1.0"} <= {f"{float(label):.1f}" for label in labels}
    _pick(page, "Start", 0.2, 0.4)
    position = [float(number) for number in page.locator("#start-value").inner_text().split(",")]
    assert position == pytest.approx([0.6, 0.2], abs=0.002)


WEEK = """\
version: 1
project: evercam
drawings:
  level-1: {id: 6142}
  level-2: {id: 6143, image: level-2.png}
routes:
  level-1-loop: {drawing: level-1, start_position: "0.1, 0.2", end_position: "0.3, 0.4"}
  level-2-loop: {drawing: level-2, start_position: "0.5, 0.2", end_position: "0.5, 0.4"}
walkthroughs:
"""
OPEN = """\
  - id: {0}          # Insta360 X4
    date: 2026-01-20
    drawing: TODO
    start_position: TODO # GPS: 53.1, -6.2
    end_position: TODO
    files: [VID_20260120_{1}_00_001.insv]
"""


@pytest.fixture
def week(manifest: Path) -> list[Path]:
    """Two manifests with a walk that is placed, and three that are not."""
    placed = "  - {id: old, date: 2026-01-13, route: level-2-loop, files: [old.insv]}\n"
    other = manifest.with_name("other.yaml")
    walks = OPEN.format("a", "101500") + OPEN.format("b", "110000")
    manifest.write_text(WEEK + placed + walks, encoding="utf-8")
    other.write_text(WEEK + OPEN.format("c", "120000"), encoding="utf-8")
    write_recording(manifest.with_name("VID_20260120_101500_00_001.insv"), RecordingRecipe())
    return [manifest, other]


@pytest.fixture
def desk_page(browser: Browser, week: list[Path]) -> Iterator[Page]:
    """The served page of two manifests."""
    desk = open_desk(week)
    handlers = Handlers(
        lambda: pick_html(desk.view(), is_served=True),
        lambda request: f"Written: {len(desk.save(request))}.",
        _frames,
    )
    server = PickServer(handlers, SystemClock(), grace=3600)
    stop = CancelToken()
    thread = threading.Thread(target=server.serve, args=(stop,))
    thread.start()
    trouble: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = watched(context, trouble, server.url)
    page.goto(server.url)
    yield page
    context.close()
    stop.request()
    thread.join()
    assert not trouble


def test_walks_to_place_come_first_each_with_what_helps_to_tell_it(desk_page: Page) -> None:
    cards = desk_page.locator("[data-subject]")
    keys = [card.get_attribute("data-subject") for card in cards.all()]
    assert keys[:4] == [
        "0/walkthroughs/a",
        "0/walkthroughs/b",
        "1/walkthroughs/c",
        "0/walkthroughs/old",
    ]
    first = cards.first
    expect(first.get_by_role("radio")).to_be_checked()
    expect(first).to_contain_text("Insta360")
    expect(first).to_contain_text("20 January 2026, ")
    expect(first).to_contain_text("not placed yet")
    expect(first.locator(".frames img")).to_have_count(3)
    expect(first.locator(".frames img").last).to_be_in_viewport()
    expect(cards.nth(1)).to_contain_text("11:00")
    expect(cards.nth(1).locator("img")).to_have_count(0)


def test_the_route_of_an_earlier_week_is_offered_first(desk_page: Page) -> None:
    offered = desk_page.locator("#route").locator("option").all_text_contents()
    assert offered == [
        "none: a drawing of its own",
        "level-2-loop (1st on 13 January 2026)",
        "level-1-loop",
    ]


def test_routes_and_positions_of_all_walks_are_written_at_once_and_comments_stay(
    desk_page: Page, week: list[Path]
) -> None:
    page = desk_page
    page.locator("#route").select_option("level-2-loop")
    expect(page.locator(".pin.inherited")).to_have_count(2)
    expect(page.locator("[data-subject='0/walkthroughs/a'] .state")).to_have_text(
        "level-2-loop, not written yet"
    )
    _choose(page, "0/walkthroughs/b")
    page.locator("#drawing").select_option("level-1")
    _click(page, 0.25, 0.25)
    _click(page, 0.75, 0.5)
    _choose(page, "1/walkthroughs/c")
    page.locator("#route").select_option("level-1-loop")
    page.get_by_role("button", name="Write all into the manifests").click()
    expect(page.get_by_role("status")).to_have_text("Written: 3.")
    texts = [path.read_text(encoding="utf-8").partition("old.insv]}\n") for path in week]
    assert texts[0][2] == snapshot("""\
  - id: a          # Insta360 X4
    date: 2026-01-20
    route: level-2-loop
    # GPS: 53.1, -6.2
    files: [VID_20260120_101500_00_001.insv]
  - id: b          # Insta360 X4
    date: 2026-01-20
    drawing: level-1
    start_position: "0.75, 0.25" # GPS: 53.1, -6.2
    end_position: "0.5, 0.75"
    files: [VID_20260120_110000_00_001.insv]
""")
    assert texts[1][0].partition("walkthroughs:\n")[2] == snapshot("""\
  - id: c          # Insta360 X4
    date: 2026-01-20
    route: level-1-loop
    # GPS: 53.1, -6.2
    files: [VID_20260120_120000_00_001.insv]
""")


def test_a_route_is_undone_with_all_that_it_brought(desk_page: Page) -> None:
    page = desk_page
    page.locator("#route").select_option("level-2-loop")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#route")).to_have_value("")
    expect(page.locator(".pin")).to_have_count(0)
    expect(page.get_by_role("button", name="Write all")).to_be_disabled()


def test_the_desk_is_used_by_keyboard(desk_page: Page) -> None:
    page = desk_page
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#chosen")).to_have_text("b")
    page.locator("#route").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-subject='0/walkthroughs/b'] .state")).to_contain_text("level-2-loop")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["laptop", "phone"])
def test_axe_finds_nothing_on_the_desk(desk_page: Page, size: tuple[int, int]) -> None:
    desk_page.set_viewport_size({"width": size[0], "height": size[1]})
    desk_page.locator("#route").select_option("level-2-loop")
    assert barriers(desk_page) == []
    assert desk_page.evaluate("document.documentElement.scrollWidth") <= size[0]
