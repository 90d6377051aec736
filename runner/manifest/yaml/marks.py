"""Marks: where the values of a manifest stand in its text, as lines and columns or as offsets."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from runner.problems.problem import LINE_BREAK, Place

_TO_LINE_END = re.compile(r"[^\n\r\x85\u2028\u2029]*")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
"""Anchors and tags before a value: they belong to its mark, not to the value."""

Span = tuple[int, int, int, int]
"""First line, first column, last line, end column: 0-based, as the parser counts."""

DocumentPath = Sequence[str | int]
"""Keys and list indexes from the top of the document."""


@dataclass(slots=True)
class Branch:
    """Where a mapping or a list stands, and where its keys and values stand.

    `incomplete` marks a mapping that holds more than was read: one of its keys was refused.
    `merged` are the keys it takes from a merge key, which is refused as well; None without one.
    """

    span: Span
    children: "dict[str, Mark] | list[Mark]"
    keys: dict[str, Span] = field(default_factory=dict)
    incomplete: bool = False
    merged: set[str] | None = None

    def is_incomplete_at(self, key: str | int) -> bool:
        """Whether a key that was not read may have been written even so."""
        return self.incomplete or key in (self.merged or ())

    def merge(self, other: "Branch") -> None:
        """Note the keys that a merge key takes from another mapping, or from a list of them."""
        mappings = other.children if isinstance(other.children, list) else [other]
        merged = set[str]() if self.merged is None else self.merged  # grows in place: may be many
        for mapping in mappings:
            if isinstance(mapping, Branch):
                merged.update(mapping.keys, mapping.merged or ())
                self.incomplete |= mapping.incomplete
        self.merged = merged


Mark = Span | Branch
"""Where a value stands; a scalar has its span and nothing below."""


def find_mark(mark: Mark, path: DocumentPath) -> Mark:
    """The mark of the value at `path`, or of its nearest parent when it is missing."""
    for step in path:
        if not isinstance(mark, Branch):
            return mark
        try:
            mark = mark.children[step]  # type: ignore[index] # a wrong kind of step is caught below
        except (KeyError, IndexError, TypeError):
            return mark
    return mark


def span_of(mark: Mark) -> Span:
    """The span of a value of any kind."""
    return mark.span if isinstance(mark, Branch) else mark


def key_span(mark: Mark, path: DocumentPath) -> Span:
    """The span of the last key of `path`; for an item of a list, of the item itself."""
    parent = find_mark(mark, path[:-1])
    span = parent.keys.get(str(path[-1])) if path and isinstance(parent, Branch) else None
    return span or span_of(find_mark(mark, path))


def place_of(file: str, span: Span) -> Place:
    """The place of a span, as people count: lines and columns from 1."""
    line, column, end_line, end_column = span
    return Place(file, line + 1, column + 1, end_line + 1, end_column + 1)


class TextOffsets:
    """The offsets of the values, keys and lines of a text, for writing into it."""

    def __init__(self, text: str, mark: Mark) -> None:
        self.text = text
        self._mark = mark
        self._lines = [0, *(found.end() for found in LINE_BREAK.finditer(text))]

    def start(self, path: DocumentPath) -> int:
        """The offset where a value begins, including its anchor."""
        line, column, _, _ = span_of(find_mark(self._mark, path))
        return self._offset(line, column)

    def span(self, path: DocumentPath) -> tuple[int, int]:
        """The start and end of a value, without its anchor and without a text's final line break.

        A block's end may lie behind the comments that follow it; see `end`.
        """
        start, end = self.start(path), self._marked_end(path)
        found = _PROPERTIES.match(self.text, start, end)
        start = found.end() if found else start
        return start, max(start, len(self.text[start:end].rstrip()) + start)

    def end(self, path: DocumentPath) -> int:
        """The offset behind a value's last character."""
        return self.span(self._last(path))[1]

    def end_with_breaks(self, path: DocumentPath) -> int:
        """The end of a value, including the line breaks that belong to a text of several lines."""
        return self._marked_end(self._last(path))

    def is_block(self, path: DocumentPath) -> bool:
        """Whether a list or mapping stands on lines of its own, not in brackets or as an alias."""
        is_nested = isinstance(find_mark(self._mark, path), Branch)
        return is_nested and self.text[self.span(path)[0]] not in "{[*"

    def is_in_brackets(self, path: DocumentPath) -> bool:
        """Whether a list is written in brackets."""
        return self.text.startswith("[", self.span(path)[0])

    def key(self, path: DocumentPath) -> int:
        """The offset where a key begins."""
        line, column, _, _ = key_span(self._mark, path)
        return self._offset(line, column)

    def colon(self, path: DocumentPath) -> int:
        """The offset just behind a key's colon."""
        _, _, line, column = key_span(self._mark, path)
        return self.text.index(":", self._offset(line, column)) + 1

    def column(self, at: int) -> int:
        """How many characters an offset lies into its line."""
        return at - self._lines[bisect_right(self._lines, at) - 1]

    def line_end(self, at: int) -> int:
        """Where the line of an offset ends, before its line break."""
        found = _TO_LINE_END.match(self.text, at)
        return found.end() if found else at

    def next_line(self, at: int) -> int:
        """Where the line after an offset begins, or the text ends."""
        number = bisect_right(self._lines, at)
        return self._lines[number] if number < len(self._lines) else len(self.text)

    @property
    def newline(self) -> str:
        """The line break that most lines of the text end with."""
        return "\r\n" if self.text.count("\r\n") * 2 > self.text.count("\n") else "\n"

    def _last(self, path: DocumentPath) -> DocumentPath:
        """The path of the last value in a block; the path itself when it is no block."""
        mark = find_mark(self._mark, path)
        if isinstance(mark, Branch) and mark.children and self.is_block(path):
            below = mark.children
            last = len(below) - 1 if isinstance(below, list) else next(reversed(below))
            return self._last((*path, last))
        return path

    def _marked_end(self, path: DocumentPath) -> int:
        _, _, line, column = span_of(find_mark(self._mark, path))
        return self._offset(line, column)

    def _offset(self, line: int, column: int) -> int:
        return self._lines[line] + column if line < len(self._lines) else len(self.text)
