"""Screenshots of README and docs: the demo's pages as a browser shows them.

python -m tests.browser.screenshots FOLDER
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from runner.sandbox.demo import run_demo
from tests.browser.conftest import ARGUMENTS, chromium

DAY = dt.date(2026, 1, 20)


def main(target: Path) -> None:
    """Run the demo and photograph what it leaves."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary) / "demo"
        report = run_demo(folder, DAY, os.environ, lambda _: None)
        picking = folder / "pick.html"
        command = ("pick", "manifest.yaml", "--drawing", "level-2", "--html", picking.name)
        subprocess.run([sys.executable, "-m", "runner", *command], cwd=folder, check=True)
        files = {"plan": folder / "review.html", "report": report, "pick": picking}
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        for name, file in files.items():
            page.goto(file.as_uri())
            page.screenshot(path=target / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
