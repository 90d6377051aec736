"""How much time of a browser's main thread the plan's page of many walkthroughs takes.

python bench/pages.py [WALKTHROUGHS]: opening it, sorting it, and filtering it, in Chromium.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import CDPSession, sync_playwright

from runner.pages.plan_page import plan_html
from runner.plan.model import PlannedWalkthrough
from tests.pages.reviews import review, walkthrough

ON_EACH_DRAWING = 50


def many(count: int) -> list[PlannedWalkthrough]:
    return [
        walkthrough(
            f"Walk {number}",
            drawing=(f"level-{number // ON_EACH_DRAWING}", 1 + number // ON_EACH_DRAWING),
            ends=(f"0.{number * 37 % 100:02},0.3", f"0.{number * 61 % 100:02},0.7"),
        )
        for number in range(count)
    ]


def busy(session: CDPSession) -> float:
    """Seconds of work on the main thread so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    html = plan_html(review(many(count)))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.html"
        file.write_text(html, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        print(f"{count} walkthroughs, {len(html) / 1e6:.1f} MB")
        steps = {
            "open": lambda: page.goto(file.as_uri()),
            "sort": lambda: page.get_by_role("button", name="Walkthrough").click(),
            "filter": lambda: page.get_by_label("Find").fill("walk 77"),
        }
        for name, step in steps.items():
            before = busy(session)
            step()
            page.evaluate(
                "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
            )
            print(f"{name:<8} {busy(session) - before:.2f} s")
        browser.close()


if __name__ == "__main__":
    main()
