"""What a notice says of a run: short plain text, in which no name means anything to a service."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runner.base.errors import SitewalkError
from runner.base.wording import counted, printable, shorten
from runner.report.forms.text import headline
from runner.report.results import Outcome, Results, WalkthroughResult
from runner.report.summary import ON_EVERCAM, WORDS, is_all_there

_MOST = 10
_LONGEST_NAME = 100
_LONGEST_REASON = 300

_ORDER = (Outcome.HELD, Outcome.CHANGED, Outcome.FAILED, Outcome.NOT_STARTED, Outcome.INTERRUPTED)
"""What is not on Evercam, the most pressing first."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for people who are not at the machine."""

    title: str
    body: str


def end_notice(results: Results, host: str, report: Path) -> Notice:
    """The outcome of a run, what needs a person, and where its report is."""
    title = f"sitewalk on {plain_words(host)}: {_state(results)}"
    return Notice(title, "\n".join(_lines(results, report)))


def need_notice(host: str, what: str, walkthrough: str = "") -> Notice:
    """That a run which goes on begins to need a person, and what for."""
    title = f"sitewalk on {plain_words(host)}: needs a person"
    about = f"{plain_words(walkthrough)}: {what}" if walkthrough else what
    return Notice(title, f"{about}\nThe run goes on with the rest.\nSee: sitewalk status")


def failure_notice(host: str, error: SitewalkError) -> Notice:
    """That nothing was done, and why."""
    reason = plain_words(str(error), _LONGEST_REASON)
    return Notice(f"sitewalk on {plain_words(host)}: nothing was sent", reason)


def is_news(results: Results) -> bool:
    """Whether anybody has to hear of a run: not where there was nothing to do."""
    counts = results.counts()
    return bool(results.exit_status) or any(
        count for outcome, count in counts.items() if outcome is not Outcome.NOTHING
    )


def _state(results: Results) -> str:
    counts = results.counts()
    if results.refused or counts[Outcome.HELD] or counts[Outcome.CHANGED]:
        return "needs a person"
    if results.interrupted and not is_all_there(results):
        return "stopped before its end"
    return "done" if results.interrupted or not results.exit_status else "not all is done"


def _lines(results: Results, report: Path) -> Iterator[str]:
    yield headline(results)
    if results.refused:
        yield "Evercam refused the credentials."
    if results.interrupted and not is_all_there(results):
        yield "It was stopped before its end; the same command goes on."
    open_ = [
        walkthrough for walkthrough in results.walkthroughs if walkthrough.outcome not in ON_EVERCAM
    ]
    open_.sort(key=lambda walkthrough: _ORDER.index(walkthrough.outcome))
    yield from map(_line, open_[:_MOST])
    if len(open_) > _MOST:
        yield f"and {counted(len(open_) - _MOST, 'more', 'more')}"
    yield f"Report: {report.absolute()}"


def _line(walkthrough: WalkthroughResult) -> str:
    upload = "" if walkthrough.upload_id is None else f", upload {walkthrough.upload_id}"
    return f"{plain_words(walkthrough.id)}: {WORDS[walkthrough.outcome]}{upload}"


_FULL_WIDTH = 0xFEE0
_MEANINGFUL = {ord(char): ord(char) + _FULL_WIDTH for char in "!\"#$%&'()*+/:;<=>?@[\\]^`{|}~"}
_AT_AN_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])|\.(?=\w)|^-")


def plain_words(text: str, longest: int = _LONGEST_NAME) -> str:
    """A stranger's words without any meaning to a service, on one line.

    What could be Markdown, HTML, an emoji, an address or a mention stands in its full-width form:
    each service reads another language, and some make links of bare text.
    """
    line = shorten(printable(" ".join(text.split())), longest).translate(_MEANINGFUL)
    return _AT_AN_EDGE.sub(lambda found: chr(ord(found[0]) + _FULL_WIDTH), line)
