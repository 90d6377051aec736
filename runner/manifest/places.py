"""Own where the values of a manifest stand in its text."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from runner.problems import Place

Span = tuple[int, int, int, int]
"""First line, first column, last line, end column: 0-based, as the parser counts."""

DocumentPath = Sequence[str | int]
"""Keys and list indexes from the top of the document."""


@dataclass(slots=True)
class Branch:
    """Where a mapping or a list stands, and where its keys and values do.

    `incomplete` is a mapping that said more than was read: one of its keys was refused. `merged`
    are the keys that it says through a merge key, which is refused as well; None without one.
    """

    span: Span
    children: "dict[str, Mark] | list[Mark]"
    keys: dict[str, Span] = field(default_factory=dict)
    incomplete: bool = False
    merged: set[str] | None = None

    def may_say(self, key: str | int) -> bool:
        """Whether a key that was not read may have been written all the same."""
        return self.incomplete or key in (self.merged or ())

    def merge(self, other: "Branch") -> None:
        """Know of the keys that a merge key takes from another mapping, or from each of a list."""
        mappings = other.children if isinstance(other.children, list) else [other]
        merged = set[str]() if self.merged is None else self.merged  # grows in place: may be many
        for one in mappings:
            if isinstance(one, Branch):
                merged.update(one.keys, one.merged or ())
                self.incomplete |= one.incomplete
        self.merged = merged


Mark = Span | Branch
"""Where a value stands; a scalar has its span and nothing below."""


def find_mark(mark: Mark, path: DocumentPath) -> Mark:
    """The mark of the value at `path`, or of its nearest parent when it is missing."""
    for step in path:
        if not isinstance(mark, Branch):
            return mark
        try:
            mark = mark.children[step]  # type: ignore[index] # of the wrong kind is told below
        except (KeyError, IndexError, TypeError):
            return mark
    return mark


def span_of(mark: Mark) -> Span:
    """The span of a value of any kind."""
    return mark.span if isinstance(mark, Branch) else mark


def place_of(file: str, span: Span) -> Place:
    """A span as people count: lines and columns from 1."""
    line, column, end_line, end_column = span
    return Place(file, line + 1, column + 1, end_line + 1, end_column + 1)
