"""Own the sound parts of a document: those in which the schema layer found nothing wrong."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.manifest.document import Document, value_at
from runner.problems import MAX_PROBLEMS, Problem
from runner.rules.rule import Rule

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that is refused; without a problem where that of another value says it all."""

    path: Path
    problem: Problem | None


@dataclass(slots=True)
class Sound:
    """A document less what was refused, and the problems that a closer look at the rest finds.

    `refused` are the paths of values that are wrong, missing, or written under a wrong key. What
    they hold is not looked at again, so that one mistake makes one problem.
    """

    document: Document
    refused: frozenset[Path]
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, document: Document, faults: Iterable[Fault]) -> "Sound":
        """With every value above a refused one known as not sound itself."""
        paths = (fault.path for fault in faults)
        above = {path[:end] for path in paths for end in range(1, len(path) + 1)}
        return cls(document, frozenset(above))

    def written(self, path: Path) -> Any:
        """What stands at a path, sound or not; None when nothing does."""
        return value_at(self.document.data, path)

    def mapping(self, path: Path) -> Mapping[str, Any]:
        """The sound values of the mapping at a path; none where there is no mapping."""
        value = self.written(path)
        if not isinstance(value, dict):
            return {}
        if path and path not in self.refused:
            return value
        return {key: one for key, one in value.items() if (*path, key) not in self.refused}

    def names(self, path: Path) -> Collection[str]:
        """The keys of the mapping at a path, also those whose values are not sound."""
        value = self.written(path)
        return value.keys() if isinstance(value, dict) else ()

    def items(self, path: Path) -> Iterator[tuple[int, Any]]:
        """The sound entries of the list at a path, with their indexes."""
        value = self.written(path)
        for index, one in enumerate(value) if isinstance(value, list) else ():
            if (*path, index) not in self.refused:
                yield index, one

    def is_whole(self, path: Path) -> bool:
        """Whether the mapping at a path was read and accepted with all that is in it."""
        return path not in self.refused and not self.document.is_incomplete(path)

    def knows(self, path: Path) -> bool:
        """Whether it is known what stands under a key, or that nothing does."""
        mapping = self.written(path[:-1])
        if path in self.refused or not isinstance(mapping, dict):
            return False
        return path[-1] in mapping or not self.document.may_say(path[:-1], path[-1])

    def report(self, rule: Rule, message: str, path: Path, help_: str = "") -> None:
        """Note a problem with the value at a path."""
        self.add(self.document.problem(rule, message, path, help_))

    def add(self, problem: Problem) -> None:
        """Note a problem, unless there are more than will be listed."""
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(problem)
