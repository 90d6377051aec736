"""Diagnoses: what a check found, whether that is as it should be, and what to do."""

from dataclasses import dataclass

OK, NOTE, PROBLEM = "ok", "note", "problem"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a check found; `status` is OK, NOTE (nothing to worry about) or PROBLEM."""

    topic: str
    status: str
    what: str
    help: str = ""
