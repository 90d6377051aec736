import csv
import io
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from runner.pages.report_page import results_html
from runner.report.junit import results_junit
from runner.report.markdown import LONGEST, results_markdown
from runner.report.results import Outcome
from runner.report.table import results_csv
from tests.report.hostile import results

SCRIPT = "<img src=x onerror=alert(1)>"


def test_html_escapes_every_value() -> None:
    assert "<img" not in results_html(results(SCRIPT))


@given(st.text(min_size=1))
def test_junit_is_well_formed_whatever_a_name_holds(text: str) -> None:
    suite = ET.fromstring(results_junit(results(text)))  # noqa: S314 - our own text
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert len(suite.findall("testcase/failure")) == 1


def test_junit_passes_what_is_on_evercam() -> None:
    suite = ET.fromstring(results_junit(results("a", Outcome.NOTHING)))  # noqa: S314 - our own text
    assert suite.get("failures") == "0"
    assert suite.find("testcase/failure") is None


@given(st.text(min_size=1))
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(results_csv(results(text)), newline="")))
    assert len(rows) == 2
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in rows[1])
    assert rows[1][9].endswith(text)


def test_markdown_leaves_names_without_meaning() -> None:
    text = results_markdown(results(f"{SCRIPT} | @team #12 [a](http://b)\n# x"))
    assert "<img" not in text
    assert "@team" not in text
    assert "[a](" not in text
    assert len(text.splitlines()) == 5


def test_markdown_collapses_and_fits_a_comment() -> None:
    text = results_markdown(results("a name of some length", count=1000))
    assert "<details>" in text
    assert "more walkthroughs in results.json" in text
    assert len(text) < LONGEST + 1000
