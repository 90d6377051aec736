"""Make the README's screenshots: the demo's plan and report, as a browser shows them.

python -m tests.browser.screenshots FOLDER
"""

import datetime as dt
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from runner.demo import run_demo
from tests.browser.conftest import ARGUMENTS, chromium

DAY = dt.date(2026, 1, 20)


def main(target: Path) -> None:
    """Run the demo and photograph what it leaves."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place) / "demo"
        report = run_demo(folder, DAY, os.environ, lambda _: None)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        for name, file in {"plan": folder / "review.html", "report": report}.items():
            page.goto(file.as_uri())
            page.screenshot(path=target / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
