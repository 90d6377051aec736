"""Own where values stand in a manifest's text, as offsets, for those who write into the text."""

import re
from bisect import bisect_right

from runner.manifest.document import Document, value_at
from runner.manifest.places import DocumentPath

_LINE_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_TO_LINE_END = re.compile(r"[^\n\r\x85\u2028\u2029]*")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
"""An anchor or a tag before a value belongs to the value's place, not to the value."""


class Spots:
    """The offsets of a document's values, keys and lines."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.lines = [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]

    def span(self, path: DocumentPath) -> tuple[int, int]:
        """Where a value stands, without its anchor, and without the line break after a text.

        A block's end may lie behind the comments that follow it; see `end`.
        """
        place = self.document.place(path)
        start = self._offset(place.line, place.column)
        end = self._offset(place.end_line, place.end_column)
        found = _PROPERTIES.match(self.text, start, end)
        start = found.end() if found else start
        return start, max(start, len(self.text[start:end].rstrip()) + start)

    def end(self, path: DocumentPath) -> int:
        """Where a value's last character ends."""
        value = value_at(self.document.data, path)
        if self.is_block(path) and value:
            last = len(value) - 1 if isinstance(value, list) else next(reversed(value))
            return self.end((*path, last))
        return self.span(path)[1]

    def is_block(self, path: DocumentPath) -> bool:
        """Whether a list or mapping stands on lines of its own, not in brackets or by an alias."""
        value = value_at(self.document.data, path)
        nested = isinstance(value, (list, dict))
        return nested and self.text[self.span(path)[0]] not in "{[*"

    def key(self, path: DocumentPath) -> int:
        """Where a key begins."""
        place = self.document.key_place(path)
        return self._offset(place.line, place.column)

    def colon(self, path: DocumentPath) -> int:
        """The offset behind a key's colon."""
        place = self.document.key_place(path)
        return self.text.index(":", self._offset(place.end_line, place.end_column)) + 1

    def column(self, at: int) -> int:
        """How far an offset stands into its line."""
        return at - self.lines[bisect_right(self.lines, at) - 1]

    def line_end(self, at: int) -> int:
        """Where the line of an offset ends, in front of its line break."""
        found = _TO_LINE_END.match(self.text, at)
        return found.end() if found else at

    def next_line(self, at: int) -> int:
        """Where the line below an offset begins, or the text ends."""
        number = bisect_right(self.lines, at)
        return self.lines[number] if number < len(self.lines) else len(self.text)

    @property
    def newline(self) -> str:
        """The line break that the text begins with."""
        found = _LINE_BREAK.search(self.text)
        return found[0] if found else "\n"

    def _offset(self, line: int, column: int) -> int:
        return self.lines[line - 1] + column - 1 if line <= len(self.lines) else len(self.text)
