"""The browser of tests: Chromium, pages that must behave in it, and the accessibility check."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.waiting import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # CI runs as root, where the sandbox cannot be built
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

MILLISECONDS = PATIENCE * 1000

expect.set_options(timeout=MILLISECONDS)

Open = Callable[[str], Page]
"""Opens a page from its HTML."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")


def chromium() -> str:
    """The path of this machine's Chromium."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, f"no browser: install one of {', '.join(NAMES)}"
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; Playwright gives it a new, empty profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser session without any network."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def open_page(context: BrowserContext, tmp_path: Path) -> Iterator[Open]:
    """Open pages from files; a console error, or any request beyond the file, fails the test."""
    trouble: list[str] = []

    def open_it(html: str) -> Page:
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        page = watched(context, trouble, file.as_uri())
        page.goto(file.as_uri())
        return page

    yield open_it
    assert not trouble


def watched(context: BrowserContext, trouble: list[str], home: str) -> Page:
    """A page that writes its errors, and requests that do not begin with `home`, into a list."""
    page = context.new_page()
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("console", lambda message: _note_message(trouble, message.type, message.text))
    page.on("request", lambda request: _note_request(trouble, request.url, home))
    return page


def _note_message(trouble: list[str], kind: str, text: str) -> None:
    if kind in {"error", "warning"}:  # violations of the page's policy are among them
        trouble.append(f"{kind}: {text}")


def _note_request(trouble: list[str], url: str, home: str) -> None:
    if not url.startswith((home, "data:")):
        trouble.append(f"request: {url}")


def barriers(page: Page) -> list[str]:
    """The violations that axe-core finds for people who cannot see or use no mouse, as lines."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html']}" for violation in found for node in violation["nodes"]
    ]
