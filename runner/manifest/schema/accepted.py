"""Accepted values: the parts of a document in which the schema found nothing wrong."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.manifest.yaml.document import Document, value_at
from runner.problems.problem import MAX_PROBLEMS, Problem, Rule

Path = tuple[str | int, ...]


UNKNOWN_KEY = Rule("M012", "unknown-key")
MISSING_KEY = Rule("M013", "missing-key")
WRONG_TYPE = Rule("M014", "wrong-type")
NOT_A_CHOICE = Rule("M015", "not-a-choice")
WRONG_FORM = Rule("M016", "wrong-form")


SchemaError = tuple[Path, Problem | None]
"""A refused value: its path, and its problem unless another value's already covers it."""


@dataclass(slots=True)
class AcceptedValues:
    """A document without its refused values, and the problems found in the rest.

    `refused` are the paths of values that are wrong, missing, or written under a wrong key. Their
    content is not checked again, so that one mistake makes one problem.
    """

    document: Document
    refused: frozenset[Path]
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, document: Document, schema_errors: Iterable[SchemaError]) -> "AcceptedValues":
        """Refuse the values of some errors, and every mapping and list that holds one of them."""
        paths = (path for path, _ in schema_errors)
        above = {path[:end] for path in paths for end in range(1, len(path) + 1)}
        return cls(document, frozenset(above))

    def written(self, path: Path) -> Any:
        """The value at a path, accepted or not; None when there is none."""
        return value_at(self.document.data, path)

    def mapping(self, path: Path) -> Mapping[str, Any]:
        """The accepted values of the mapping at a path; empty where there is no mapping."""
        value = self.written(path)
        if not isinstance(value, dict):
            return {}
        if path and path not in self.refused:
            return value
        return {key: item for key, item in value.items() if (*path, key) not in self.refused}

    def names(self, path: Path) -> Collection[str]:
        """The keys of the mapping at a path, including those of refused values."""
        value = self.written(path)
        return value.keys() if isinstance(value, dict) else ()

    def items(self, path: Path) -> Iterator[tuple[int, Any]]:
        """Yield the accepted entries of the list at a path, each with its index."""
        value = self.written(path)
        for index, item in enumerate(value) if isinstance(value, list) else ():
            if (*path, index) not in self.refused:
                yield index, item

    def is_complete(self, path: Path) -> bool:
        """Whether the mapping at a path was read and accepted with everything in it."""
        return path not in self.refused and not self.document.is_incomplete(path)

    def is_incomplete_at(self, path: Path) -> bool:
        """Whether the key at a path may have been written, but was refused or not readable."""
        mapping = self.written(path[:-1])
        if path in self.refused or not isinstance(mapping, dict):
            return True
        return path[-1] not in mapping and self.document.is_incomplete_at(path[:-1], path[-1])

    def report(self, rule: Rule, message: str, path: Path, help_: str = "") -> None:
        """Record a problem with the value at a path."""
        self.add(self.document.problem(rule, message, path, help_))

    def add(self, problem: Problem) -> None:
        """Record a problem, unless there are already more than will be listed."""
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(problem)
