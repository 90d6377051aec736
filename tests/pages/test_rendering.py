"""What every page promises: it is whole, escaped, and lets nothing in."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from runner.pages.rendering import render
from runner.pages.report.page import results_html
from tests.report.hostile import results

ASSETS = Path(str(files("runner.pages") / "assets"))


def test_every_value_is_escaped() -> None:
    hostile = "<img src=x onerror=alert(1)>\"'&{{ 7 * 7 }}</script>"
    assert "<img" not in results_html(results(hostile))
    assert "&#34;&#39;&amp;{{ 7 * 7 }}&lt;/script&gt;" in results_html(results(hostile))


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("report.html.j2", verdict="done")


def test_the_policy_names_no_address_and_no_exception() -> None:
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', results_html(results("a")))
    assert found
    assert "default-src &#39;none&#39;" in found[1]
    assert not re.search(r"unsafe|https?:|\*", found[1])


@pytest.mark.parametrize("path", sorted(ASSETS.iterdir()), ids=lambda path: path.name)
def test_no_asset_ends_its_own_element_or_loads_another(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"</(style|script)|<!--|@import|url\(|https?://", text)
