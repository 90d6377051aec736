"""JUnit XML by the rules of the schema that CI servers hold it to (windyroad's JUnit.xsd)."""

import datetime as dt
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from runner.report.forms.junit import results_junit
from tests.report.hostile import results

_SUITE = {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}
_ORDER = re.compile(r"properties( testcase)*( system-out)( system-err)")
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")


@given(st.text(min_size=1))
def test_a_suite_has_what_the_schema_requires_in_its_order(text: str) -> None:
    suite = ET.fromstring(results_junit(results(text)).encode())  # noqa: S314 - our own text
    assert suite.tag == "testsuite"
    assert set(suite.attrib) == _SUITE
    assert suite.attrib["hostname"] == suite.attrib["hostname"].strip() != ""
    assert _ORDER.fullmatch(" ".join(child.tag for child in suite))
    for case in suite.iter("testcase"):
        assert set(case.attrib) == {"name", "classname", "time"}
        assert [set(failure.attrib) for failure in case] in ([], [{"type", "message"}])
    for seconds in (float(element.attrib["time"]) for element in (suite, *suite.iter("testcase"))):
        assert seconds >= 0


def test_the_time_has_neither_fraction_nor_zone_and_is_utc() -> None:
    zone = dt.timezone(dt.timedelta(hours=5))
    started = dt.datetime(2026, 1, 20, 10, 15, 0, 123456, tzinfo=zone)
    suite = ET.fromstring(results_junit(replace(results("a"), started=started)).encode())  # noqa: S314 - as above
    assert _SECOND.fullmatch(suite.attrib["timestamp"])
    assert suite.attrib["timestamp"] == "2026-01-20T05:15:00"
