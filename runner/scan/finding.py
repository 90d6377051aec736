"""Files of a card: what each says of itself, and whether it is fit to be sent."""

import os

from runner.base.errors import reason_of
from runner.problems.problem import Severity
from runner.recordings.checks.verdict import PROXY, SINGLE_LENS, TIME_LAPSE, verdict
from runner.recordings.identity import Identity, identify, open_to_examine
from runner.recordings.insv.facts import InsvFacts
from runner.recordings.insv.reader import NotInsvError, PhotoError, read_recording
from runner.recordings.stored import StoredObject
from runner.scan.model import Candidate, Reason, ScannedFile

_OTHER_KINDS = {
    SINGLE_LENS: Reason.SINGLE_LENS,
    TIME_LAPSE: Reason.TIME_LAPSE,
    PROXY: Reason.PROXY,
}


def look_into(candidate: Candidate) -> ScannedFile:
    """Read what a file says of itself, and judge whether it is fit to be sent."""
    facts, size = None, 0
    fault: Reason | None = Reason.BROKEN
    try:
        with open_to_examine(candidate.location) as file:
            size = file.seek(0, os.SEEK_END)
            facts = read_recording(file, size=size)
        fault, trouble = _judge(candidate.path, facts)
    except PhotoError as error:
        fault, trouble = Reason.PHOTO, f"is {error}"
    except NotInsvError as error:
        trouble = f"is {error}"
    except OSError as error:
        trouble = f"cannot be read: {reason_of(error)}"
    return ScannedFile(
        candidate.location, candidate.path, size, candidate.name, facts, fault, trouble
    )


def _judge(path: str, facts: InsvFacts) -> tuple[Reason | None, str]:
    """Why a recording is not fit to be sent, by the rules of `validate`; (None, "") when it is.

    A suspicion, as for an unknown camera, keeps nothing out: `validate` warns of it.
    """
    for finding in verdict(path, facts):
        if finding.severity is Severity.ERROR:
            return _OTHER_KINDS.get(finding.rule, Reason.BROKEN), finding.what
    return None, ""


def identify_file(location: str | StoredObject) -> Identity | None:
    """The identity of a file; None when it cannot be read."""
    try:
        with open_to_examine(location) as file:
            return identify(file, file.seek(0, os.SEEK_END))
    except OSError:
        return None
