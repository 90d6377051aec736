"""Own the files of a run: results.json and report.html in a folder of their own."""

import datetime as dt
import json
from pathlib import Path

from runner.report.html import results_html
from runner.report.results import Results, results_json


def run_name(started: dt.datetime, run: str) -> str:
    """A folder name that sorts by time and suits every file system."""
    return f"{started.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{run}"


def write_run(results: Results, folder: Path) -> Path:
    """Write the reports of a run; returns the page's path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(results_json(results), indent=2, ensure_ascii=False)
    (folder / "results.json").write_text(told + "\n", encoding="utf-8")
    page = folder / "report.html"
    page.write_text(results_html(results), encoding="utf-8")
    return page
