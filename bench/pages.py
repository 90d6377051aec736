"""How much of a browser's main thread the pages of many walkthroughs take, beside a bare table.

    .venv/bin/python bench/pages.py --walkthroughs 1000 --rounds 5

Opening, sorting and filtering the pages of a plan, of a run and of a period, in Chromium. The bare
table has as many rows and cells as the run's, no style at all, and turns its rows round instead of
sorting and filtering them. Times are the processor's; the pages take turns, and the medians count.
"""

import argparse
import datetime as dt
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from runner.ledger.events import Event
from runner.pages.plan.page import plan_html
from runner.pages.report.page import period_html, results_html
from runner.plan.model import PlannedWalkthrough
from runner.report.period.period import period_of
from runner.report.results import Outcome, RecordingOutcome, Results, WalkthroughResult
from tests.browser.conftest import ARGUMENTS, chromium
from tests.pages.plan.reviews import review, walkthrough
from tests.report.hostile import results
from tests.report.test_period import walk_events

BARE = "bare table"
ON_EACH_DRAWING = 50
FILES = 2
CELLS = 8
TURN = "table => table.append(...[...table.tBodies].reverse())"
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


@dataclass(frozen=True)
class Subject:
    """A page, and what is done with it once it is open."""

    html: str
    sort: Callable[[Page], None]
    filter: Callable[[Page], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walkthroughs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    told = parser.parse_args()
    subjects = all_subjects(told.walkthroughs)
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        for _ in range(told.rounds):
            for name, subject in subjects.items():
                for step, taken in measured(browser, subject, Path(folder) / "page.html"):
                    seconds[name, step].append(taken)
        browser.close()
    print(f"{told.walkthroughs:,} walkthroughs, medians of {told.rounds}; ratio to the bare table")
    for name, subject in subjects.items():
        print(f"{name:<17}{len(subject.html) / 1e6:4.1f} MB", *columns(seconds, name), sep="   ")


def columns(seconds: dict[tuple[str, str], list[float]], name: str) -> Iterator[str]:
    for step in ("open", "sort", "filter"):
        taken, bare = (statistics.median(seconds[one, step]) for one in (name, BARE))
        yield f"{step} {taken:.2f} s ({taken / bare:.1f})"


def measured(browser: Browser, subject: Subject, file: Path) -> Iterator[tuple[str, float]]:
    """Seconds of the main thread for each step, in a page of its own."""
    file.write_text(subject.html, encoding="utf-8")
    page = browser.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    steps: dict[str, Callable[[Page], object]] = {
        "open": lambda page: page.goto(file.as_uri()),
        "sort": subject.sort,
        "filter": subject.filter,
    }
    for name, step in steps.items():
        before = busy(session)
        step(page)
        page.evaluate(PAINTED)
        yield name, busy(session) - before
    page.close()


def busy(session: CDPSession) -> float:
    """Seconds of work on the main thread so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def all_subjects(count: int) -> dict[str, Subject]:
    pages = {
        "plan": plan_html(review(planned(count))),
        "run, all done": results_html(run(count, bad=lambda _: False)),
        "run, a third bad": results_html(run(count, bad=lambda number: number % 3 == 0)),
        "period": period_html(period_of(walked(count), day(0), day(count))),
    }
    return {
        BARE: Subject(bare(count), turn_round, turn_round),
        **{name: Subject(html, sort, find) for name, html in pages.items()},
    }


def turn_round(page: Page) -> None:
    page.locator("table").evaluate(TURN)


def sort(page: Page) -> None:
    page.locator("[data-enhance]").last.get_by_role("button").first.click()


def find(page: Page) -> None:
    page.get_by_role("searchbox").last.fill("walk 77")


def day(number: int) -> dt.date:
    return dt.date(2026, 1, 1) + dt.timedelta(days=number // 4)


def drawing(number: int) -> str:
    return f"level-{number // ON_EACH_DRAWING}"


def planned(count: int) -> list[PlannedWalkthrough]:
    return [
        walkthrough(
            f"Walk {number}",
            drawing=(drawing(number), 1 + number // ON_EACH_DRAWING),
            ends=(f"0.{number * 37 % 100:02},0.3", f"0.{number * 61 % 100:02},0.7"),
        )
        for number in range(count)
    ]


def run(count: int, bad: Callable[[int], bool]) -> Results:
    whole = results("the server refused it")
    walks = (ended(whole.walkthroughs[0], number, is_bad=bad(number)) for number in range(count))
    return replace(whole, walkthroughs=tuple(walks))


def ended(like: WalkthroughResult, number: int, *, is_bad: bool) -> WalkthroughResult:
    outcome, fate = (
        (Outcome.FAILED, RecordingOutcome.PARTIAL)
        if is_bad
        else (Outcome.DONE, RecordingOutcome.SENT)
    )
    files = (
        replace(
            like.recordings[0], name=f"VID_{number}_{lens}0.insv", outcome=fate, sha256="0f" * 32
        )
        for lens in range(FILES)
    )
    return replace(
        like,
        id=f"walk-{number}",
        name=f"Walk {number}",
        date=day(number),
        drawing=drawing(number),
        outcome=outcome,
        recordings=tuple(files),
    )


def walked(count: int) -> list[Event]:
    return [
        event
        for number in range(count)
        for event in walk_events(day(number).isoformat(), f"level-{number % 20}")
    ]


def bare(count: int) -> str:
    row = f"<tr>{'<td>as many cells</td>' * CELLS}</tr>"
    return f"<!doctype html><table>{f'<tbody>{row * (1 + FILES)}</tbody>' * count}</table>"


if __name__ == "__main__":
    main()
