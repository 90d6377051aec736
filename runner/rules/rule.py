"""A rule: one thing that can be wrong, and how a problem that breaks it is made."""

from dataclasses import dataclass

from runner.problems import Note, Place, Problem, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong; docs/rules.md says what it means.

    `code` and `name` never change.
    """

    code: str
    name: str
    severity: Severity = Severity.ERROR

    def problem(
        self, message: str, place: Place, help_: str = "", notes: tuple[Note, ...] = ()
    ) -> Problem:
        """This rule broken at a place."""
        return Problem(self.code, message, place, help_, self.severity, notes)
