"""Own what a file's content makes of it: part of a walk, broken, or something else altogether."""

from runner.preflight.verdict import PROXY, SINGLE_LENS, TIME_LAPSE, verdict
from runner.problems import Severity
from runner.recordings.facts import InsvFacts
from runner.scan.model import Found, LeftOut, Reason

_OTHER_KINDS = {
    SINGLE_LENS: Reason.SINGLE_LENS,
    TIME_LAPSE: Reason.TIME_LAPSE,
    PROXY: Reason.PROXY,
}


def judge(path: str, facts: InsvFacts) -> tuple[Reason | None, str]:
    """Why a recording is not sent, by the rules of `validate`; neither for one that may be.

    A mere suspicion, as of a camera that is not known, keeps nothing out: `validate` tells it.
    """
    for finding in verdict(path, facts):
        if finding.severity is Severity.ERROR:
            return _OTHER_KINDS.get(finding.rule, Reason.BROKEN), finding.what
    return None, ""


def why_no_walk(found: Found) -> LeftOut | None:
    """Why a file is not part of any walk; None for one that is, be it broken or not."""
    if found.fault is None or found.is_broken:
        return None
    return LeftOut(found.fault, (found.path,), found.trouble)
