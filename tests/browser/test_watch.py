"""The watch over pages sees what it is there to see."""

from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.browser.conftest import watched

BAD = """<!doctype html><title>bad</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src https:">
<img src="https://example.com/pixel.png" alt="">
<script>throw new Error("never runs");</script>
"""
WORSE = "<!doctype html><title>worse</title><script>throw new Error('runs');</script>"


def test_requests_refused_scripts_and_errors_are_all_seen(
    context: BrowserContext, tmp_path: Path
) -> None:
    trouble: list[str] = []
    for name, html in {"bad": BAD, "worse": WORSE}.items():
        file = tmp_path / f"{name}.html"
        file.write_text(html, encoding="utf-8")
        watched(context, trouble, file.as_uri()).goto(file.as_uri())
    assert "request: https://example.com/pixel.png" in trouble
    assert any(entry.startswith("error: Executing inline script violates") for entry in trouble)
    assert "error: runs" in trouble
