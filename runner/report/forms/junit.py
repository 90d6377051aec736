"""Results as JUnit XML: one test case for each walkthrough."""

import datetime as dt
import re
import socket
from xml.etree.ElementTree import Element, SubElement, tostring

from runner.base.wording import printable
from runner.report.results import Outcome, Results, WalkthroughResult
from runner.report.summary import WORDS, Attention, only_counted

_PASSED = frozenset({Outcome.DONE, Outcome.NOTHING})
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def results_junit(results: Results) -> str:
    """The report as a test suite; whatever is not on Evercam counts as a failure."""
    counted = only_counted(results)
    failures = sum(
        walkthrough.outcome not in _PASSED for walkthrough in results.walkthroughs
    ) + len(counted)
    suite = Element(
        "testsuite",
        name="sitewalk",
        tests=str(len(results.walkthroughs) + len(counted)),
        failures=str(failures),
        errors="0",
        skipped="0",
        hostname=_clean(socket.gethostname()).strip() or "localhost",
        time=f"{results.seconds:.3f}",
        timestamp=f"{results.started.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}",
    )
    SubElement(suite, "properties")
    for walkthrough in results.walkthroughs:
        _case(suite, walkthrough)
    for attention in counted:
        _counted_case(suite, attention)
    SubElement(suite, "system-out")
    SubElement(suite, "system-err")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suite, encoding="unicode")}\n'


def _case(suite: Element, walkthrough: WalkthroughResult) -> None:
    started, ended = walkthrough.started, walkthrough.ended
    seconds = max(0.0, (ended - started).total_seconds()) if started and ended else 0.0
    group = _clean(f"{walkthrough.project}.{walkthrough.drawing}")
    name = _clean(walkthrough.id)
    case = SubElement(suite, "testcase", classname=group, name=name, time=f"{seconds:.3f}")
    if walkthrough.outcome not in _PASSED:
        reason = _clean(walkthrough.reason)
        failure = SubElement(case, "failure", type=WORDS[walkthrough.outcome], message=reason)
        failure.text = _clean("\n".join((walkthrough.reason, *walkthrough.next_steps)))


def _counted_case(suite: Element, attention: Attention) -> None:
    """Of walkthroughs that are only counted, what waits for a person fails as one case."""
    case = SubElement(suite, "testcase", classname="sitewalk", name=attention.title, time="0.000")
    failure = SubElement(case, "failure", type=WORDS[attention.outcome], message=attention.reason)
    failure.text = _clean("\n".join((attention.reason, *attention.steps)))


def _clean(text: str) -> str:
    """The text without what steers a terminal, and with what XML cannot hold replaced."""
    return _NOT_XML.sub("\ufffd", "\n".join(map(printable, text.split("\n"))))
