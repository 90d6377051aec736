"""The documentation's site works from a folder, without a network, for everybody."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import barriers, watched

_ROOT = Path(__file__).parents[2]
_DOCS = _ROOT / "docs"
_PAGES = sorted(path.relative_to(_DOCS).with_suffix("") for path in _DOCS.rglob("*.md"))


@pytest.fixture(scope="module")
def site() -> Path:
    """The site, built anew."""
    subprocess.run([sys.executable, "-m", "docsite"], cwd=_ROOT, check=True, capture_output=True)
    return _ROOT / "site"


@pytest.fixture
def page(site: Path, context: BrowserContext) -> Iterator[Page]:
    """The tutorial; a console error, or a request beyond the site, fails the test."""
    trouble: list[str] = []
    page = watched(context, trouble, site.as_uri())
    page.goto((site / "first-week.html").as_uri())
    yield page
    assert not trouble


def test_search_works_without_a_network(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("lost ledger")
    expect(page.get_by_role("link", name="A lost ledger").last).to_be_visible()


@pytest.mark.parametrize("name", _PAGES, ids=Path.as_posix)
def test_axe_finds_nothing(context: BrowserContext, site: Path, name: Path) -> None:
    page = context.new_page()  # not watched: axe asks for the style sheets, which file:// refuses
    page.goto((site / f"{name}.html").as_uri())
    assert barriers(page) == []
