"""Own the Rule: what a code means, and how a problem that carries it is made."""

from dataclasses import dataclass

from runner.problems import Note, Place, Problem, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong.

    `code` and `name` never change. `wrong` and `right` are the parts of a manifest that matter
    here, or a command where the manifest's text cannot show it.
    """

    code: str
    name: str
    meaning: str
    wrong: str
    right: str
    severity: Severity = Severity.ERROR

    def problem(
        self, message: str, place: Place, help_: str = "", notes: tuple[Note, ...] = ()
    ) -> Problem:
        """This rule broken at a place."""
        return Problem(self.code, message, place, help_, self.severity, notes)
