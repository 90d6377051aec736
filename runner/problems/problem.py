"""Problems: what is wrong with a text or a file, where it stands, and what to do about it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from runner.base.errors import SitewalkError
from runner.base.wording import counted

MAX_PROBLEMS = 10_000
"""Listed for one manifest: one for every walkthrough of a large one; more only fill memory."""

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""YAML's line breaks, by which its parser counts lines, and no others."""


def text_lines(text: str) -> list[str]:
    """Split a text into lines without their ends; after a final line break comes an empty line."""
    return LINE_BREAK.split(text)


class Severity(StrEnum):
    """Whether a problem stops the work."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span of a text file; lines and columns count characters from 1, the end is exclusive.

    Without a span, a place is the file as a whole.
    """

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    @property
    def is_whole_file(self) -> bool:
        """Whether there is no line to show."""
        return (self.line, self.column) == (self.end_line, self.end_column) == (1, 1)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Note:
    """A second place that explains a problem, such as the first of two equal ids."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a stable code, a message in the manifest's words, a place, and what to do."""

    code: str
    message: str
    place: Place
    help: str = ""
    severity: Severity = Severity.ERROR
    notes: tuple[Note, ...] = ()


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put problems in reading order: by file, place, code, message."""
    return tuple(sorted(problems, key=lambda p: (p.place, p.code, p.message)))


def has_errors(problems: tuple[Problem, ...]) -> bool:
    """Whether any of the problems stops the work."""
    return any(problem.severity is Severity.ERROR for problem in problems)


class InvalidManifestError(SitewalkError):
    """A manifest or a recording has errors; `texts` holds the text of each manifest by file."""

    def __init__(
        self, problems: Sequence[Problem], texts: Mapping[str, str], help_: str = ""
    ) -> None:
        first = min(problems, key=lambda problem: problem.severity is not Severity.ERROR)
        found = f"{counted(len(problems), 'problem')}; the first: {first.place}: {first.code}"
        super().__init__(f"{found} {first.message}", help_)
        self.problems = tuple(problems)
        self.texts = texts


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong; docs/rules.md explains it. `code` and `name` never change."""

    code: str
    name: str
    severity: Severity = Severity.ERROR

    def problem(
        self, message: str, place: Place, help_: str = "", notes: tuple[Note, ...] = ()
    ) -> Problem:
        """The problem of breaking this rule at a place."""
        return Problem(self.code, message, place, help_, self.severity, notes)


# A warning: what stops the work are the errors among the listed problems.
TOO_MANY = Rule("M018", "too-many", Severity.WARNING)


def too_many(file: str) -> Problem:
    """The problem that says that more problems were found than are listed."""
    message = f"there are more than {MAX_PROBLEMS:,} problems; the others are not listed"
    return TOO_MANY.problem(message, Place(file), "mend what repeats first; is this a manifest?")


def first_of(problems: Iterable[Problem], file: str) -> list[Problem]:
    """The first MAX_PROBLEMS problems, errors before warnings: no warning displaces an error."""
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
