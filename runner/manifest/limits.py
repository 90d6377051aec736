"""Own what happens when a manifest has more problems than anybody reads."""

from collections.abc import Iterable

from runner.problems import MAX_PROBLEMS, Place, Problem, Severity
from runner.rules.rule import Rule

# A warning, for what stops the work is the errors among those that are listed.
TOO_MANY = Rule("M018", "too-many", Severity.WARNING)


def too_many(file: str) -> Problem:
    """The problem that says that there are more of them than are listed."""
    message = f"there are more than {MAX_PROBLEMS:,} problems; the others are not listed"
    return TOO_MANY.problem(message, Place(file), "mend what repeats first; is this a manifest?")


def first_of(problems: Iterable[Problem], file: str) -> list[Problem]:
    """As many problems as are listed, errors before warnings, so that no error is lost for one."""
    errors, warnings, more = list[Problem](), list[Problem](), False
    for problem in problems:
        group = errors if problem.severity is Severity.ERROR else warnings
        if problem.code == TOO_MANY.code:
            more = True
        elif len(group) <= MAX_PROBLEMS:
            group.append(problem)
        if len(errors) > MAX_PROBLEMS:
            break
    found = [*errors, *warnings]
    if more or len(found) > MAX_PROBLEMS:
        return [*found[:MAX_PROBLEMS], too_many(file)]
    return found
